/* SPDX-License-Identifier: Apache-2.0 */
#include "base64.h"

struct range {
    uint8_t first;
    uint8_t count;
};

/* The digits in their order; a table of the 64 characters would be longer than both loops over this one. */
static const struct range alphabet[] = {{'A', 26}, {'a', 26}, {'0', 10}, {'+', 1}, {'/', 1}};

#define RANGE_COUNT (sizeof alphabet / sizeof alphabet[0])

static uint8_t to_character(uint32_t digit)
{
    const struct range *range = alphabet;
    digit &= 63u;
    while (digit >= range->count) {
        digit -= range->count;
        range++;
    }
    return (uint8_t)(range->first + digit);
}

uint8_t base64_digit(uint8_t character)
{
    uint32_t before = 0;
    for (size_t i = 0; i < RANGE_COUNT; i++) {
        uint32_t at = (uint32_t)character - alphabet[i].first;
        if (at < alphabet[i].count) {
            return (uint8_t)(before + at);
        }
        before += alphabet[i].count;
    }
    return BASE64_NO_DIGIT;
}

size_t base64_encode(const uint8_t *data, size_t length, uint8_t *text)
{
    size_t written = 0;
    for (size_t at = 0; at < length; at += 3) {
        size_t left = length - at;
        uint32_t group = 0;
        for (size_t i = 0; i < 3; i++) {
            group = group << 8 | (i < left ? data[at + i] : 0u);
        }
        for (size_t i = 0; i < 4; i++) {
            text[written++] = i <= left ? to_character(group >> 18) : '=';
            group <<= 6;
        }
    }
    return written;
}
