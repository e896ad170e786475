/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BOOTMEND_FLASH_REGION_H
#define BOOTMEND_FLASH_REGION_H

#include "bootmend/port.h"

/* The port's flash, seen one region at a time: no offset or length reaches beyond the region it names. */

uint32_t region_size(enum bm_region region);
bool region_read(enum bm_region region, uint32_t offset, void *to, uint32_t length);
/* Offset and length are multiples of the write size. */
bool region_program(enum bm_region region, uint32_t offset, const void *data, uint32_t length);
/* The sector that starts at `offset`. */
bool region_erase_sector(enum bm_region region, uint32_t offset);

static inline enum bm_region region_of_slot(uint8_t slot)
{
    return slot == 0 ? BM_REGION_SLOT_A : BM_REGION_SLOT_B;
}

#endif
