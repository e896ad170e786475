/* SPDX-License-Identifier: Apache-2.0 */
#include "crc.h"

#define CRC32_POLYNOMIAL 0xedb88320u
#define CRC16_POLYNOMIAL 0x10210000u /* in the upper half, as the whole of that CRC */

uint32_t crc32_of(const void *data, size_t length)
{
    const uint8_t *bytes = data;
    const uint8_t *end = bytes + length;
    uint32_t crc = 0xffffffffu;
    while (bytes < end) {
        crc ^= *bytes++;
        for (int bit = 0; bit < 8; bit++) {
            crc = (crc >> 1) ^ (CRC32_POLYNOMIAL & (0u - (crc & 1u)));
        }
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
