/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BOOTMEND_QEMU_RISCV_VIRT_FLASH_MAP_H
#define BOOTMEND_QEMU_RISCV_VIRT_FLASH_MAP_H

/*
 * How the writable flash (pflash unit 1) of this port is divided. Numbers only, so that the firmware and the
 * host's provisioning tool include the same header; C11 and C++20. Offsets count from the start of the unit.
 */

#define BM_QEMU_BOOT_SIZE 0x2000000u /* pflash unit 0; QEMU wants the file to have exactly this size */
#define BM_QEMU_FLASH_SIZE 0x2000000u /* pflash unit 1; the same holds */
#define BM_QEMU_FLASH_ADDRESS 0x22000000u
#define BM_QEMU_SECTOR_SIZE 0x40000u /* two interleaved chips with sectors of 128 KiB */
#define BM_QEMU_WRITE_SIZE 4u /* one 16-bit word in each chip */

#define BM_QEMU_STATE_OFFSET 0u
#define BM_QEMU_STATE_SIZE (2u * BM_QEMU_SECTOR_SIZE)
#define BM_QEMU_EVIDENCE_OFFSET (BM_QEMU_STATE_OFFSET + BM_QEMU_STATE_SIZE)
#define BM_QEMU_EVIDENCE_SIZE (2u * BM_QEMU_SECTOR_SIZE)
#define BM_QEMU_IDENTITY_OFFSET (BM_QEMU_EVIDENCE_OFFSET + BM_QEMU_EVIDENCE_SIZE)
#define BM_QEMU_IDENTITY_SIZE BM_QEMU_SECTOR_SIZE
#define BM_QEMU_CONFIG_A_OFFSET (BM_QEMU_IDENTITY_OFFSET + BM_QEMU_IDENTITY_SIZE)
#define BM_QEMU_CONFIG_B_OFFSET (BM_QEMU_CONFIG_A_OFFSET + BM_QEMU_CONFIG_SIZE)
#define BM_QEMU_CONFIG_SIZE BM_QEMU_SECTOR_SIZE
#define BM_QEMU_SLOT_A_OFFSET (BM_QEMU_CONFIG_B_OFFSET + BM_QEMU_CONFIG_SIZE)
#define BM_QEMU_SLOT_B_OFFSET (BM_QEMU_SLOT_A_OFFSET + BM_QEMU_SLOT_SIZE)
#define BM_QEMU_SLOT_SIZE (4u * BM_QEMU_SECTOR_SIZE)

/* Initialises a struct bm_flash_map; the regions stand in the order of enum bm_region. */
#define BM_QEMU_FLASH_MAP                                                                                    \
    {                                                                                                        \
        BM_QEMU_SECTOR_SIZE, BM_QEMU_WRITE_SIZE, BM_QEMU_FLASH_ADDRESS,                                      \
        {                                                                                                    \
            {BM_QEMU_STATE_OFFSET, BM_QEMU_STATE_SIZE}, {BM_QEMU_EVIDENCE_OFFSET, BM_QEMU_EVIDENCE_SIZE},    \
                {BM_QEMU_IDENTITY_OFFSET, BM_QEMU_IDENTITY_SIZE},                                            \
                {BM_QEMU_CONFIG_A_OFFSET, BM_QEMU_CONFIG_SIZE},                                              \
                {BM_QEMU_CONFIG_B_OFFSET, BM_QEMU_CONFIG_SIZE}, {BM_QEMU_SLOT_A_OFFSET, BM_QEMU_SLOT_SIZE},  \
                {BM_QEMU_SLOT_B_OFFSET, BM_QEMU_SLOT_SIZE},                                                  \
        }                                                                                                    \
    }

#endif
