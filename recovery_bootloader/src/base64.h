/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BOOTMEND_BASE64_H
#define BOOTMEND_BASE64_H

#include <stddef.h>
#include <stdint.h>

/* RFC 4648, section 4. */

#define BASE64_NO_DIGIT 64u

/* What one character stands for, 0 to 63; BASE64_NO_DIGIT when it is none, as the padding. */
uint8_t base64_digit(uint8_t character);

/* Writes (length + 2) / 3 * 4 characters; returns how many. */
size_t base64_encode(const uint8_t *data, size_t length, uint8_t *text);

#endif
