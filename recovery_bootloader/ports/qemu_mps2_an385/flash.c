/* SPDX-License-Identifier: Apache-2.0 */
#include "flash_map.h"
#include "machine.h"

#include <string.h>

/* RAM in a file that plays a NOR flash: what a store has written survives the end of QEMU, whatever ends it.
 */

static const struct bm_flash_map flash_map = BM_MPS2_FLASH_MAP;

static uint8_t *at(uint32_t offset)
{
    return (uint8_t *)(uintptr_t)(BM_MPS2_FLASH_ADDRESS + offset);
}

const struct bm_flash_map *port_flash_map(void)
{
    return &flash_map;
}

const uint8_t *port_flash_memory(void)
{
    return at(0);
}

/* As in a NOR flash, a program only clears bits; the one that should set some has failed. */
bool port_flash_program(uint32_t offset, const void *data, size_t length)
{
    if (!is_flash_range(BM_MPS2_FLASH_SIZE, offset, length, BM_MPS2_WRITE_SIZE)) {
        return false;
    }
    const uint8_t *const bytes = data;
    volatile uint8_t *const memory = at(offset);
    for (size_t i = 0; i < length; i++) {
        memory[i] &= bytes[i];
    }
    return memcmp(at(offset), data, length) == 0;
}

bool port_flash_erase(uint32_t offset)
{
    if (offset % BM_MPS2_SECTOR_SIZE != 0 || offset >= BM_MPS2_FLASH_SIZE) {
        return false;
    }
    memset(at(offset), 0xff, BM_MPS2_SECTOR_SIZE);
    return true;
}
