/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BOOTMEND_QEMU_MPS2_AN385_FLASH_MAP_H
#define BOOTMEND_QEMU_MPS2_AN385_FLASH_MAP_H

/*
 * How the file-backed RAM that plays the flash is divided. Numbers only, as the host's provisioning tool
 * includes this too. Offsets count from the start of that memory.
 */

#define BM_MPS2_FLASH_ADDRESS 0x21000000u /* PSRAM, the first MiB of its 16 */
#define BM_MPS2_FLASH_SIZE 0x100000u
#define BM_MPS2_SECTOR_SIZE 0x1000u
#define BM_MPS2_WRITE_SIZE 8u

#define BM_MPS2_FLASH_MAP                                                                                    \
    {                                                                                                        \
        BM_MPS2_SECTOR_SIZE, BM_MPS2_WRITE_SIZE, BM_MPS2_FLASH_ADDRESS,                                      \
        {                                                                                                    \
            {0x00000u, 0x02000u}, /* state */                                                                \
                {0x02000u, 0x02000u}, /* evidence */                                                         \
                {0x04000u, 0x01000u}, /* identity */                                                         \
                {0x05000u, 0x01000u}, /* config A */                                                         \
                {0x06000u, 0x01000u}, /* config B */                                                         \
                {0x10000u, 0x70000u}, /* slot A, at 0x21010000 */                                            \
                {0x80000u, 0x70000u}, /* slot B, at 0x21080000 */                                            \
        }                                                                                                    \
    }

#endif
