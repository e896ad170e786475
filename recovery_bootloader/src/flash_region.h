/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BOOTMEND_FLASH_REGION_H
#define BOOTMEND_FLASH_REGION_H

#include "bootmend/boot_services.h"

/* The regions of the port's flash map; offsets count from the region's start, and nothing leaves a region. */

uint32_t region_size(enum bm_region region);
const uint8_t *region_memory(enum bm_region region);
bool region_program(enum bm_region region, uint32_t offset, const void *data, uint32_t length);
bool region_erase_sector(enum bm_region region, uint32_t offset);
/* Every sector of it, with a kick of the watchdog between them. */
bool region_erase_all(enum bm_region region);

static inline enum bm_region region_of_slot(uint8_t slot)
{
    return (enum bm_region)(BM_REGION_SLOT_A + slot);
}

/* Start of the sector that `offset` lies in. */
static inline uint32_t sector_start(uint32_t offset)
{
    return offset & ~(port_flash_map()->sector_size - 1);
}

#endif
