/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BOOTMEND_BYTES_H
#define BOOTMEND_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes that lie anywhere, and what they mean. */

uint32_t load_le32(const uint8_t *from);

/* Length of a text in a field of `capacity` bytes; `capacity` when no zero byte ends it. */
size_t text_length(const char *text, size_t capacity);

/* All bits are set, as an erase leaves them. Goes by words: `data` and `length` are multiples of 4. */
bool is_blank(const void *data, size_t length);

static inline uint16_t load_le16(const uint8_t *from)
{
    return (uint16_t)(from[0] | from[1] << 8);
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
