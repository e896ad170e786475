/* SPDX-License-Identifier: Apache-2.0 */
#include "crc.h"

#define CRC32_POLYNOMIAL 0xedb88320u
#define CRC16_POLYNOMIAL 0x1021u

uint32_t crc32_of(const void *data, size_t length)
{
    const uint8_t *bytes = data;
    uint32_t crc = 0xffffffffu;
    for (size_t i = 0; i < length; i++) {
        crc ^= bytes[i];
        for (int bit = 0; bit < 8; bit++) {
            crc = (crc >> 1) ^ (CRC32_POLYNOMIAL & (0u - (crc & 1u)));
        }
    }
    return ~crc;
}

uint16_t crc16_of(const void *data, size_t length)
{
    const uint8_t *bytes = data;
    uint32_t crc = 0;
    for (size_t i = 0; i < length; i++) {
        crc ^= (uint32_t)bytes[i] << 8;
        for (int bit = 0; bit < 8; bit++) {
            crc = (crc << 1) ^ ((crc & 0x8000u) != 0 ? CRC16_POLYNOMIAL : 0u);
        }
        crc &= 0xffffu;
    }
    return (uint16_t)crc;
}
