/* SPDX-License-Identifier: Apache-2.0 */
#include "flash_map.h"
#include "machine.h"

#include <string.h>

/*
 * RP2040 datasheet, section 2.8.3 (bootrom contents). While the flash is programmed nothing can be read from
 * it, neither code nor data: what runs then lies in RAM or in the ROM, and interrupts wait.
 */
#define ROM_CODE(first, second) ((uint32_t)(first) | (uint32_t)(second) << 8)

#define PAGE_SIZE 256u
#define BLOCK_SIZE 0x10000u
#define COMMAND_ERASE_BLOCK 0xd8u

typedef void (*rom_call)(void);
typedef rom_call (*rom_table_lookup)(const uint16_t *table, uint32_t code);
typedef void (*rom_erase)(uint32_t address, size_t count, uint32_t block_size, uint8_t block_command);
typedef void (*rom_program)(uint32_t address, const uint8_t *data, size_t count);

struct rom {
    rom_call connect_flash;
    rom_call leave_reading;
    rom_erase erase;
    rom_program program;
    rom_call flush_cache;
    rom_call resume_reading; /* by plain 03h reads, as boot2.c sets them up */
};

static const struct bm_flash_map flash_map = BM_RP2040_FLASH_MAP;

/* bootloader.ld: half words of the ROM that point into it. */
extern const uint16_t _rom_function_table;
extern const uint16_t _rom_table_lookup;

static rom_call rom_function(char first, char second)
{
    const rom_table_lookup look_up = (rom_table_lookup)(uintptr_t)_rom_table_lookup;
    const uint16_t *const table = (const uint16_t *)(uintptr_t)_rom_function_table;
    return look_up(table, ROM_CODE(first, second));
}

/* In RAM: `page` is null for an erase of the sector, otherwise what to program. */
__attribute__((section(".in_ram"), noinline)) static void change_flash(const struct rom *rom,
                                                                       uint32_t address, const uint8_t *page)
{
    mask_interrupts();
    rom->connect_flash();
    rom->leave_reading();
    if (page == NULL) {
        rom->erase(address, BM_RP2040_SECTOR_SIZE, BLOCK_SIZE, COMMAND_ERASE_BLOCK);
    } else {
        rom->program(address, page, PAGE_SIZE);
    }
    rom->flush_cache();
    rom->resume_reading();
    unmask_interrupts();
}

static void change(uint32_t offset, const uint8_t *page)
{
    const struct rom rom = {
        .connect_flash = rom_function('I', 'F'),
        .leave_reading = rom_function('E', 'X'),
        .erase = (rom_erase)rom_function('R', 'E'),
        .program = (rom_program)rom_function('R', 'P'),
        .flush_cache = rom_function('F', 'C'),
        .resume_reading = rom_function('C', 'X'),
    };
    change_flash(&rom, BM_RP2040_BOOT_SIZE + offset, page);
}

const struct bm_flash_map *port_flash_map(void)
{
    return &flash_map;
}

const uint8_t *port_flash_memory(void)
{
    return (const uint8_t *)(uintptr_t)BM_RP2040_FLASH_ADDRESS;
}

/* Whole pages: what is not to change is filled with ones, which change nothing. */
bool port_flash_program(uint32_t offset, const void *data, size_t length)
{
    if (!is_flash_range(BM_RP2040_FLASH_SIZE, offset, length, BM_RP2040_WRITE_SIZE)) {
        return false;
    }
    uint8_t page[PAGE_SIZE];
    const uint8_t *const bytes = data;
    size_t done = 0;
    while (done < length) {
        const uint32_t start = (offset + done) % PAGE_SIZE;
        const size_t room = PAGE_SIZE - start;
        const size_t step = length - done < room ? length - done : room;
        memset(page, 0xff, sizeof page);
        memcpy(page + start, bytes + done, step);
        change(offset + done - start, page);
        done += step;
    }
    return memcmp(port_flash_memory() + offset, data, length) == 0;
}

bool port_flash_erase(uint32_t offset)
{
    if (offset % BM_RP2040_SECTOR_SIZE != 0 || offset >= BM_RP2040_FLASH_SIZE) {
        return false;
    }
    change(offset, NULL);
    return port_flash_memory()[offset] == 0xff;
}
