/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BOOTMEND_CBOR_READER_H
#define BOOTMEND_CBOR_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Reads the map that an SMP request carries (RFC 8949): definite and indefinite lengths, unknown keys
 * skipped, containers nested at most CBOR_MAX_NESTING deep. Never reads beyond the payload, never recurses.
 */

#define CBOR_MAX_NESTING 8u

/* Numbered as CBOR's major types. */
enum cbor_field_type {
    CBOR_FIELD_UINT = 0,
    CBOR_FIELD_BYTES = 2,
    CBOR_FIELD_TEXT = 3,
    CBOR_FIELD_BOOL = 7,
};

struct cbor_value {
    bool is_present;
    uint32_t number; /* of a UINT, and 0 or 1 of a BOOL */
    const uint8_t *data; /* of BYTES and TEXT: inside the payload, not ended by a zero byte */
    size_t length;
};

struct cbor_field {
    const char *key;
    enum cbor_field_type type;
    bool is_required;
};

/*
 * Fills values[i] with what the map holds under fields[i].key; `values` has `count` members. False when the
 * payload is no well-formed map, a known key has a value of another type, a required one is missing, or a
 * number does not fit 32 bits. An empty payload counts as an empty map; when a key occurs twice, the last one
 * counts.
 */
bool cbor_read_fields(const uint8_t *payload, size_t length, const struct cbor_field *fields, size_t count,
                      struct cbor_value *values);

#endif
