/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BOOTMEND_FUZZ_REFERENCE_CBOR_H
#define BOOTMEND_FUZZ_REFERENCE_CBOR_H

#include "cbor_reader.h"

/*
 * cbor_read_fields() once more, after the pseudocode of RFC 8949, appendix C: recursive, strict about the
 * chunks of strings, and with 64-bit numbers. It may refuse what the other one takes, never the other way.
 */
bool reference_read_fields(const uint8_t *payload, size_t length, const struct cbor_field *fields,
                           size_t count, struct cbor_value *values);

#endif
