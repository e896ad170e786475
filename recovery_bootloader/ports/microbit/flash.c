/* SPDX-License-Identifier: Apache-2.0 */
#include "flash_map.h"
#include "machine.h"

#include <string.h>

/*
 * Nordic's reference manual, section 6. The processor stands still while the flash is busy: 22 ms for a page,
 * 46 us for a word.
 */
#define NVMC_READY 0x400u
#define NVMC_CONFIG 0x504u
#define NVMC_ERASE_PAGE 0x508u
#define CONFIG_READ 0u
#define CONFIG_WRITE 1u
#define CONFIG_ERASE 2u

static const struct bm_flash_map flash_map = BM_MICROBIT_FLASH_MAP;

static void set_mode(uint32_t mode)
{
    while (NVMC(NVMC_READY) == 0) { }
    NVMC(NVMC_CONFIG) = mode;
}

const struct bm_flash_map *port_flash_map(void)
{
    return &flash_map;
}

const uint8_t *port_flash_memory(void)
{
    return (const uint8_t *)(uintptr_t)BM_MICROBIT_BOOT_SIZE;
}

bool port_flash_program(uint32_t offset, const void *data, size_t length)
{
    if (!is_flash_range(BM_MICROBIT_FLASH_SIZE, offset, length, BM_MICROBIT_WRITE_SIZE)) {
        return false;
    }
    const uint8_t *const memory = port_flash_memory() + offset;
    for (size_t at = 0; at < length; at += BM_MICROBIT_WRITE_SIZE) {
        uint32_t word;
        memcpy(&word, (const uint8_t *)data + at, sizeof word);
        set_mode(CONFIG_WRITE);
        REGISTER(memory + at) = word;
    }
    set_mode(CONFIG_READ);
    return memcmp(memory, data, length) == 0;
}

bool port_flash_erase(uint32_t offset)
{
    if (offset % BM_MICROBIT_SECTOR_SIZE != 0 || offset >= BM_MICROBIT_FLASH_SIZE) {
        return false;
    }
    set_mode(CONFIG_ERASE);
    NVMC(NVMC_ERASE_PAGE) = BM_MICROBIT_BOOT_SIZE + offset;
    set_mode(CONFIG_READ);
    return true;
}
