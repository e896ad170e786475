/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BOOTMEND_FLASH_REGION_H
#define BOOTMEND_FLASH_REGION_H

#include "bootmend/boot_services.h"

/* The regions of the port's flash map, by enum bm_region; offsets count from the region's start, and nothing
 * leaves a region. */

uint32_t region_size(uint32_t region);
const uint8_t *region_memory(uint32_t region);
bool region_program(uint32_t region, uint32_t offset, const void *data, uint32_t length);
bool region_erase_sector(uint32_t region, uint32_t offset);
/* Every sector of it, with a kick of the watchdog between them. */
bool region_erase_all(uint32_t region);

static inline uint32_t region_of_slot(uint32_t slot)
{
    return BM_REGION_SLOT_A + slot;
}

/* Start of the sector that `offset` lies in. */
static inline uint32_t sector_start(uint32_t offset)
{
    return offset & ~(port_flash_map()->sector_size - 1);
}

#endif
