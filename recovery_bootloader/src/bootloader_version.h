/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BOOTMEND_BOOTLOADER_VERSION_H
#define BOOTMEND_BOOTLOADER_VERSION_H

/* As text, and as major << 24 | minor << 16 | patch, which an image's BM_TLV_MIN_BOOTLOADER is compared with.
 */
#define BOOTLOADER_VERSION "1.1.0"
#define BOOTLOADER_VERSION_NUMBER 0x01010000u

#endif
