/* SPDX-License-Identifier: Apache-2.0 */
#include "flash_region.h"

#include "boot_session.h"

static const struct bm_flash_region *find(uint32_t region)
{
    return &port_flash_map()->regions[region];
}

static bool is_inside(uint32_t region, uint32_t offset, uint32_t length)
{
    uint32_t size = find(region)->size;
    return offset <= size && length <= size - offset;
}

uint32_t region_size(uint32_t region)
{
    return find(region)->size;
}

const uint8_t *region_memory(uint32_t region)
{
    return port_flash_memory() + find(region)->offset;
}

bool region_program(uint32_t region, uint32_t offset, const void *data, uint32_t length)
{
    return ((offset | length) & (port_flash_map()->write_size - 1)) == 0 && is_inside(region, offset, length)
        && port_flash_program(find(region)->offset + offset, data, length);
}

bool region_erase_sector(uint32_t region, uint32_t offset)
{
    return sector_start(offset) == offset && is_inside(region, offset, port_flash_map()->sector_size)
        && port_flash_erase(find(region)->offset + offset);
}

bool region_erase_all(uint32_t region)
{
    for (uint32_t offset = 0; offset < region_size(region); offset += port_flash_map()->sector_size) {
        boot_session_kick_watchdog();
        if (!region_erase_sector(region, offset)) {
            return false;
        }
    }
    return true;
}
