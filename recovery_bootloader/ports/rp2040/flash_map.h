/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BOOTMEND_RP2040_FLASH_MAP_H
#define BOOTMEND_RP2040_FLASH_MAP_H

/*
 * How the 2 MiB of flash of a Raspberry Pi Pico are divided: the bootloader first, and behind it what it
 * writes. Numbers only, as the host's provisioning tool includes this too. Offsets count from the end of the
 * bootloader's part.
 */

#define BM_RP2040_BOOT_SIZE 0x10000u
#define BM_RP2040_FLASH_ADDRESS 0x10010000u
#define BM_RP2040_FLASH_SIZE (0x200000u - BM_RP2040_BOOT_SIZE)
#define BM_RP2040_SECTOR_SIZE 0x1000u
#define BM_RP2040_WRITE_SIZE 4u

#define BM_RP2040_FLASH_MAP                                                                                  \
    {                                                                                                        \
        BM_RP2040_SECTOR_SIZE, BM_RP2040_WRITE_SIZE, BM_RP2040_FLASH_ADDRESS,                                \
        {                                                                                                    \
            {0x000000u, 0x004000u}, /* state */                                                              \
                {0x004000u, 0x004000u}, /* evidence */                                                       \
                {0x008000u, 0x001000u}, /* identity */                                                       \
                {0x009000u, 0x003000u}, /* config A */                                                       \
                {0x00c000u, 0x003000u}, /* config B */                                                       \
                {0x010000u, 0x0f0000u}, /* slot A, at 0x10020000 */                                          \
                {0x100000u, 0x0f0000u}, /* slot B, at 0x10110000 */                                          \
        }                                                                                                    \
    }

#endif
