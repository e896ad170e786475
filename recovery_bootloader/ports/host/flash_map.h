/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BOOTMEND_HOST_FLASH_MAP_H
#define BOOTMEND_HOST_FLASH_MAP_H

/*
 * How the flash file of the host port is divided; like the NOR flash of a small microcontroller. Numbers
 * only, C11 and C++20.
 */

#define BM_HOST_FLASH_SIZE 0x110000u
#define BM_HOST_SECTOR_SIZE 0x1000u
#define BM_HOST_WRITE_SIZE 8u
#define BM_HOST_SLOT_SIZE 0x80000u

/* Initialises a struct bm_flash_map; the regions stand in the order of enum bm_region. */
#define BM_HOST_FLASH_MAP                                                                                    \
    {                                                                                                        \
        BM_HOST_SECTOR_SIZE, BM_HOST_WRITE_SIZE, 0u,                                                         \
        {                                                                                                    \
            {0x00000u, 0x2000u}, {0x02000u, 0x4000u}, {0x06000u, 0x1000u}, {0x08000u, 0x4000u},              \
                {0x0c000u, 0x4000u}, {0x10000u, BM_HOST_SLOT_SIZE}, {0x90000u, BM_HOST_SLOT_SIZE},           \
        }                                                                                                    \
    }

#endif
