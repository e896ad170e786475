/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "flash_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define STEP_SIZE 1024u
#define LOCK_ATTEMPTS 200
#define LOCK_PAUSE_NS 10000000L

static size_t smaller(size_t left, size_t right)
{
    return left < right ? left : right;
}

static bool write_all(int descriptor, const void *data, size_t length, uint32_t offset)
{
    return pwrite(descriptor, data, length, (off_t)offset) == (ssize_t)length;
}

static bool fill_erased(const struct flash_file *file, uint32_t offset, size_t length)
{
    uint8_t erased[STEP_SIZE];
    memset(erased, 0xff, sizeof erased);
    while (length > 0) {
        size_t step = smaller(length, sizeof erased);
        if (!write_all(file->descriptor, erased, step, offset)) {
            return false;
        }
        offset += (uint32_t)step;
        length -= step;
    }
    return true;
}

/* The process of a unit that was killed may hold its lock for a moment longer than it answers. */
static bool lock(int descriptor)
{
    const struct timespec pause = {.tv_nsec = LOCK_PAUSE_NS};
    for (int attempt = 0; attempt < LOCK_ATTEMPTS; attempt++) {
        if (flock(descriptor, LOCK_EX | LOCK_NB) == 0) {
            return true;
        }
        nanosleep(&pause, NULL);
    }
    return false;
}

static bool lock_and_size(const struct flash_file *file)
{
    struct stat status;
    if (!lock(file->descriptor) || fstat(file->descriptor, &status) != 0) {
        return false;
    }
    if (status.st_size == 0) {
        return fill_erased(file, 0, file->size);
    }
    if (status.st_size != (off_t)file->size) {
        errno = EFBIG;
        return false;
    }
    return true;
}

bool flash_file_open(struct flash_file *file, const char *path)
{
    file->descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (file->descriptor < 0) {
        return false;
    }
    void *memory = MAP_FAILED;
    if (lock_and_size(file)) {
        memory = mmap(NULL, file->size, PROT_READ, MAP_SHARED, file->descriptor, 0);
    }
    if (memory == MAP_FAILED) {
        int reason = errno;
        close(file->descriptor);
        errno = reason;
        return false;
    }
    file->memory = memory;
    return true;
}

void flash_file_close(struct flash_file *file)
{
    munmap((void *)file->memory, file->size);
    close(file->descriptor);
}

static bool is_inside(const struct flash_file *file, uint32_t offset, size_t length)
{
    return offset <= file->size && length <= file->size - offset;
}

/* One step of a program: what is there decides which bits may still be cleared. */
static enum flash_result program_step(const struct flash_file *file, uint32_t offset, const uint8_t *data,
                                      size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if ((~file->memory[offset + i] & data[i]) != 0) {
            return FLASH_RULE_VIOLATED;
        }
    }
    return write_all(file->descriptor, data, length, offset) ? FLASH_OK : FLASH_FAILED;
}

enum flash_result flash_file_program(const struct flash_file *file, uint32_t offset, const void *data,
                                     size_t length, size_t limit)
{
    const uint8_t *bytes = data;
    if (!is_inside(file, offset, length) || offset % file->write_size != 0
        || length % file->write_size != 0) {
        return FLASH_FAILED;
    }
    length = smaller(length, limit);
    while (length > 0) {
        size_t step = smaller(length, STEP_SIZE);
        enum flash_result result = program_step(file, offset, bytes, step);
        if (result != FLASH_OK) {
            return result;
        }
        offset += (uint32_t)step;
        bytes += step;
        length -= step;
    }
    return FLASH_OK;
}

enum flash_result flash_file_erase(const struct flash_file *file, uint32_t offset, size_t limit)
{
    if (!is_inside(file, offset, file->sector_size) || offset % file->sector_size != 0) {
        return FLASH_FAILED;
    }
    return fill_erased(file, offset, smaller(file->sector_size, limit)) ? FLASH_OK : FLASH_FAILED;
}
