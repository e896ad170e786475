/* SPDX-License-Identifier: Apache-2.0 */
#include "crc.h"

#define CRC16_POLYNOMIAL 0x10210000u /* in the upper half, as the whole of that CRC */

/* The polynomial 0xedb88320 over four bits: every boot checks its records, and a bit at a time takes 50
 * instructions a byte more. */
static const uint32_t crc32_of_nibble[] = {
    0x00000000u, 0x1db71064u, 0x3b6e20c8u, 0x26d930acu, 0x76dc4190u, 0x6b6b51f4u, 0x4db26158u, 0x5005713cu,
    0xedb88320u, 0xf00f9344u, 0xd6d6a3e8u, 0xcb61b38cu, 0x9b64c2b0u, 0x86d3d2d4u, 0xa00ae278u, 0xbdbdf21cu};

uint32_t crc32_of(const void *data, size_t length)
{
    const uint8_t *bytes = data;
    const uint8_t *end = bytes + length;
    uint32_t crc = 0xffffffffu;
    while (bytes < end) {
        crc ^= *bytes++;
        crc = (crc >> 4) ^ crc32_of_nibble[crc & 15u];
        crc = (crc >> 4) ^ crc32_of_nibble[crc & 15u];
    }
    return ~crc;
}

uint16_t crc16_of(const void *data, size_t length)
{
    const uint8_t *bytes = data;
    const uint8_t *end = bytes + length;
    uint32_t crc = 0;
    while (bytes < end) {
        crc ^= (uint32_t)*bytes++ << 24;
        for (int bit = 0; bit < 8; bit++) {
            crc = (crc << 1) ^ (CRC16_POLYNOMIAL & (0u - (crc >> 31)));
        }
    }
    return (uint16_t)(crc >> 16);
}
