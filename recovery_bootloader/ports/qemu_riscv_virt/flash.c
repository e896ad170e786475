/* SPDX-License-Identifier: Apache-2.0 */
#include "bootmend/port.h"
#include "flash_map.h"
#include "machine.h"

#include <string.h>

/*
 * Two 16-bit NOR chips side by side, with Intel's command set (CFI 0001; Intel StrataFlash J3 datasheet,
 * "Command definitions"). Each command and each status stands in both halves of a 32-bit word.
 */
#define BOTH(x) ((uint32_t)(x) | ((uint32_t)(x) << 16))
#define COMMAND_ERASE BOTH(0x20)
#define COMMAND_CONFIRM BOTH(0xd0)
#define COMMAND_BUFFERED_PROGRAM BOTH(0xe8)
#define COMMAND_CLEAR_STATUS BOTH(0x50)
#define COMMAND_READ_ARRAY BOTH(0xff)
#define STATUS_READY BOTH(0x80)
#define STATUS_FAILED BOTH(0x3a) /* erase, program, voltage, locked */

/* A program that crosses a buffer's boundary is cut there: 2 KiB in one go, aligned to 2 KiB. */
#define PROGRAM_BUFFER_SIZE 2048u

/* The slowest sector erase of the family takes 4 s at most. */
#define OPERATION_LIMIT_MS 5000u

static const struct bm_flash_map flash_map = BM_QEMU_FLASH_MAP;

static volatile uint32_t *word_at(uint32_t offset)
{
    return (volatile uint32_t *)(uintptr_t)(MACHINE_FLASH_1 + offset);
}

static bool is_inside(uint32_t offset, size_t length)
{
    return offset <= BM_QEMU_FLASH_SIZE && length <= BM_QEMU_FLASH_SIZE - offset;
}

static bool wait_until_ready(volatile uint32_t *word)
{
    const uint64_t deadline = clock_deadline(OPERATION_LIMIT_MS);
    while ((*word & STATUS_READY) != STATUS_READY) {
        if (clock_ticks() >= deadline) {
            return false;
        }
    }
    return true;
}

/* Back to reading; true when neither chip reported a failure. */
static bool finish(volatile uint32_t *word)
{
    const bool is_done = wait_until_ready(word) && (*word & STATUS_FAILED) == 0;
    *word = COMMAND_CLEAR_STATUS;
    *word = COMMAND_READ_ARRAY;
    line_wake_emulator();
    return is_done;
}

static uint32_t load_word(const uint8_t *bytes)
{
    uint32_t word;
    memcpy(&word, bytes, sizeof word);
    return word;
}

/* QEMU's flash would let a program set bits, which no NOR flash does. */
static bool only_clears_bits(uint32_t offset, const uint8_t *data, size_t length)
{
    for (size_t at = 0; at < length; at += BM_QEMU_WRITE_SIZE) {
        if ((load_word(data + at) & ~*word_at(offset + (uint32_t)at)) != 0) {
            return false;
        }
    }
    return true;
}

static bool program_buffer(uint32_t offset, const uint8_t *data, uint32_t length)
{
    volatile uint32_t *const words = word_at(offset);
    const uint32_t count = length / BM_QEMU_WRITE_SIZE;
    *words = COMMAND_BUFFERED_PROGRAM;
    if (!wait_until_ready(words)) {
        return finish(words);
    }
    *words = BOTH(count - 1);
    for (uint32_t i = 0; i < count; i++) {
        words[i] = load_word(data + i * BM_QEMU_WRITE_SIZE);
    }
    *words = COMMAND_CONFIRM;
    return finish(words);
}

const struct bm_flash_map *port_flash_map(void)
{
    return &flash_map;
}

const uint8_t *port_flash_memory(void)
{
    return (const uint8_t *)(uintptr_t)MACHINE_FLASH_1;
}

bool port_flash_program(uint32_t offset, const void *data, size_t length)
{
    const uint8_t *const bytes = data;
    if (!is_inside(offset, length) || offset % BM_QEMU_WRITE_SIZE != 0 || length % BM_QEMU_WRITE_SIZE != 0
        || !only_clears_bits(offset, bytes, length)) {
        return false;
    }
    uint32_t done = 0;
    while (done < length) {
        const uint32_t room = PROGRAM_BUFFER_SIZE - (offset + done) % PROGRAM_BUFFER_SIZE;
        const uint32_t left = (uint32_t)length - done;
        const uint32_t step = left < room ? left : room;
        if (!program_buffer(offset + done, bytes + done, step)) {
            return false;
        }
        done += step;
    }
    return memcmp((const void *)(uintptr_t)(MACHINE_FLASH_1 + offset), data, length) == 0;
}

bool port_flash_erase(uint32_t offset)
{
    if (!is_inside(offset, BM_QEMU_SECTOR_SIZE) || offset % BM_QEMU_SECTOR_SIZE != 0) {
        return false;
    }
    volatile uint32_t *const word = word_at(offset);
    *word = COMMAND_ERASE;
    *word = COMMAND_CONFIRM;
    return finish(word);
}
