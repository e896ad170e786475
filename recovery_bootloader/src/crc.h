/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BOOTMEND_CRC_H
#define BOOTMEND_CRC_H

#include <stddef.h>
#include <stdint.h>

/* CRC-32 (IEEE 802.3, reflected); "123456789" gives 0xcbf43926. */
uint32_t crc32_of(const void *data, size_t length);

/* The CRC-32 of any bytes that are followed by their own, little endian. */
#define CRC32_OF_VALID 0x2144df1cu

/* CRC-16/XMODEM (polynomial 0x1021, start 0); "123456789" gives 0x31c3. */
uint16_t crc16_of(const void *data, size_t length);

#endif
