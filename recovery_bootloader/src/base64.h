/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BOOTMEND_BASE64_H
#define BOOTMEND_BASE64_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* RFC 4648, section 4. Writes (length + 2) / 3 * 4 characters; returns how many. */
size_t base64_encode(const uint8_t *data, size_t length, uint8_t *text);

/*
 * Decodes a text whose length is a multiple of 4, padding only at its end. `to` holds length / 4 * 3 bytes;
 * it may be `text` itself. False when the text is not base64.
 */
bool base64_decode(const uint8_t *text, size_t length, uint8_t *to, size_t *decoded);

#endif
