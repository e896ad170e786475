/* SPDX-License-Identifier: Apache-2.0 */
#include "base64.h"

#define NOT_A_DIGIT 0xffu

static uint8_t to_character(uint32_t digit)
{
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    return (uint8_t)alphabet[digit & 63u];
}

static uint8_t to_digit(uint8_t character)
{
    if (character >= 'A' && character <= 'Z') {
        return (uint8_t)(character - 'A');
    }
    if (character >= 'a' && character <= 'z') {
        return (uint8_t)(character - 'a' + 26);
    }
    if (character >= '0' && character <= '9') {
        return (uint8_t)(character - '0' + 52);
    }
    return character == '+' ? 62 : character == '/' ? 63 : NOT_A_DIGIT;
}

size_t base64_encode(const uint8_t *data, size_t length, uint8_t *text)
{
    size_t written = 0;
    for (size_t at = 0; at < length; at += 3) {
        size_t left = length - at;
        uint32_t group = (uint32_t)data[at] << 16 | (left > 1 ? (uint32_t)data[at + 1] << 8 : 0)
            | (left > 2 ? data[at + 2] : 0u);
        text[written++] = to_character(group >> 18);
        text[written++] = to_character(group >> 12);
        text[written++] = left > 1 ? to_character(group >> 6) : '=';
        text[written++] = left > 2 ? to_character(group) : '=';
    }
    return written;
}

static size_t padding_of(const uint8_t *text, size_t length)
{
    if (length == 0 || text[length - 1] != '=') {
        return 0;
    }
    return text[length - 2] == '=' ? 2 : 1;
}

bool base64_decode(const uint8_t *text, size_t length, uint8_t *to, size_t *decoded)
{
    if (length % 4 != 0) {
        return false;
    }
    size_t padding = padding_of(text, length);
    size_t written = 0;
    for (size_t at = 0; at < length; at += 4) {
        uint32_t group = 0;
        for (size_t i = 0; i < 4; i++) {
            bool is_padding = at + i >= length - padding;
            uint8_t digit = is_padding ? 0 : to_digit(text[at + i]);
            if (digit == NOT_A_DIGIT) {
                return false;
            }
            group = group << 6 | digit;
        }
        to[written++] = (uint8_t)(group >> 16);
        to[written++] = (uint8_t)(group >> 8);
        to[written++] = (uint8_t)group;
    }
    *decoded = written - padding;
    return true;
}
