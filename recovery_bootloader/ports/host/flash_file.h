/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BOOTMEND_HOST_FLASH_FILE_H
#define BOOTMEND_HOST_FLASH_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A file that behaves like NOR flash: programming clears bits, erasing a sector sets them. */
struct flash_file {
    int descriptor;
    const uint8_t *memory; /* the file as it is, read-only */
    uint32_t size;
    uint32_t sector_size;
    uint32_t write_size;
};

enum flash_result {
    FLASH_OK,
    FLASH_FAILED, /* outside the flash, unaligned, or the file could not be read or written */
    FLASH_RULE_VIOLATED, /* a program would have turned a 0 into a 1 */
};

/*
 * Opens the file, creates an erased one when there is none, and locks it against a second user. False with
 * the reason in errno; EFBIG when the file has another size than the flash.
 */
bool flash_file_open(struct flash_file *file, const char *path);
void flash_file_close(struct flash_file *file);

/* `limit`: only so many bytes reach the file, as when the power is cut in the middle of the operation. */
enum flash_result flash_file_program(const struct flash_file *file, uint32_t offset, const void *data,
                                     size_t length, size_t limit);
enum flash_result flash_file_erase(const struct flash_file *file, uint32_t offset, size_t limit);

#endif
