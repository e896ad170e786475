/* SPDX-License-Identifier: Apache-2.0 */
#include "flash_region.h"

static bool is_inside(enum bm_region region, uint32_t offset, uint32_t length)
{
    uint32_t size = region_size(region);
    return offset <= size && length <= size - offset;
}

uint32_t region_size(enum bm_region region)
{
    return port_flash_map()->regions[region].size;
}

bool region_read(enum bm_region region, uint32_t offset, void *to, uint32_t length)
{
    return is_inside(region, offset, length)
        && port_flash_read(port_flash_map()->regions[region].offset + offset, to, length);
}

bool region_program(enum bm_region region, uint32_t offset, const void *data, uint32_t length)
{
    uint32_t unit = port_flash_map()->write_size;
    return is_inside(region, offset, length) && offset % unit == 0 && length % unit == 0
        && port_flash_program(port_flash_map()->regions[region].offset + offset, data, length);
}

bool region_erase_sector(enum bm_region region, uint32_t offset)
{
    uint32_t sector = port_flash_map()->sector_size;
    return offset % sector == 0 && is_inside(region, offset, sector)
        && port_flash_erase(port_flash_map()->regions[region].offset + offset);
}
