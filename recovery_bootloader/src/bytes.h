/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BOOTMEND_BYTES_H
#define BOOTMEND_BYTES_H

#include <stdint.h>

static inline uint16_t load_le16(const uint8_t *from)
{
    return (uint16_t)(from[0] | from[1] << 8);
}

static inline uint32_t load_le32(const uint8_t *from)
{
    return (uint32_t)load_le16(from) | (uint32_t)load_le16(from + 2) << 16;
}

static inline void store_le32(uint8_t *to, uint32_t value)
{
    to[0] = (uint8_t)value;
    to[1] = (uint8_t)(value >> 8);
    to[2] = (uint8_t)(value >> 16);
    to[3] = (uint8_t)(value >> 24);
}

static inline uint16_t load_be16(const uint8_t *from)
{
    return (uint16_t)(from[0] << 8 | from[1]);
}

static inline void store_be16(uint8_t *to, uint16_t value)
{
    to[0] = (uint8_t)(value >> 8);
    to[1] = (uint8_t)value;
}

#endif
