/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BOOTMEND_MICROBIT_FLASH_MAP_H
#define BOOTMEND_MICROBIT_FLASH_MAP_H

/*
 * How the 256 KiB of flash are divided: the bootloader first, and behind it what it writes. Numbers only, as
 * the host's provisioning tool includes this too. Offsets count from the end of the bootloader's part.
 */

#define BM_MICROBIT_BOOT_SIZE 0xc000u
#define BM_MICROBIT_FLASH_SIZE (0x40000u - BM_MICROBIT_BOOT_SIZE)
#define BM_MICROBIT_SECTOR_SIZE 0x400u
#define BM_MICROBIT_WRITE_SIZE 4u

/* clang-format off: a table */
#define BM_MICROBIT_FLASH_MAP                                                                                \
    {                                                                                                        \
        BM_MICROBIT_SECTOR_SIZE, BM_MICROBIT_WRITE_SIZE, BM_MICROBIT_BOOT_SIZE,                              \
        {                                                                                                    \
            {0x00000u, 0x01000u}, /* state */                                                                \
                {0x01000u, 0x01000u}, /* evidence */                                                         \
                {0x02000u, 0x00400u}, /* identity */                                                         \
                {0x02400u, 0x00c00u}, /* config A */                                                         \
                {0x03000u, 0x00c00u}, /* config B */                                                         \
                {0x04000u, 0x18000u}, /* slot A, at 0x10000 */                                               \
                {0x1c000u, 0x18000u}, /* slot B, at 0x28000 */                                               \
        }                                                                                                    \
    }
/* clang-format on */

#endif
