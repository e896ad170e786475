/* SPDX-License-Identifier: Apache-2.0 */
#include "bytes.h"

uint32_t load_le32(const uint8_t *from)
{
    return (uint32_t)load_le16(from) | (uint32_t)load_le16(from + 2) << 16;
}

size_t text_length(const char *text, size_t capacity)
{
    size_t length = 0;
    while (length < capacity && text[length] != 0) {
        length++;
    }
    return length;
}

bool is_blank(const void *data, size_t length)
{
    const uint32_t *words = data;
    size_t left = length / sizeof *words;
    while (left > 0 && *words == UINT32_MAX) {
        words++;
        left--;
    }
    return left == 0;
}
