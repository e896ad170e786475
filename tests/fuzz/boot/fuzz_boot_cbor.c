/* SPDX-License-Identifier: Apache-2.0 */
#include "cbor_reader.h"
#include "cbor_writer.h"
#include "promise.h"
#include "reference_cbor.h"

#include <string.h>

/*
 * The reader of requests: what it finds lies in the payload, and is found again when the writer has written
 * it. A payload that a reader of its own, made after RFC 8949 without a look at this one, finds right is
 * found right here as well, with the same values.
 */

static const struct cbor_field fields[] = {
    {"image", CBOR_FIELD_UINT, false}, {"off", CBOR_FIELD_UINT, true},      {"sha", CBOR_FIELD_BYTES, false},
    {"data", CBOR_FIELD_BYTES, false}, {"upgrade", CBOR_FIELD_BOOL, false}, {"d", CBOR_FIELD_TEXT, false},
};

#define FIELD_COUNT (sizeof fields / sizeof fields[0])
#define LARGEST 512u

static int is_text_or_bytes(size_t field)
{
    return fields[field].type == CBOR_FIELD_BYTES || fields[field].type == CBOR_FIELD_TEXT;
}

static void check_place(const struct cbor_value *value, size_t field, const uint8_t *data, size_t size)
{
    if (value->is_present && is_text_or_bytes(field)) {
        PROMISE(value->data >= data && value->length <= size
                    && (size_t)(value->data - data) <= size - value->length,
                "values lie in the payload");
    }
}

static void write_value(struct cbor_writer *writer, const struct cbor_value *value, size_t field)
{
    switch (fields[field].type) {
    case CBOR_FIELD_UINT:
        cbor_put_key_uint(writer, fields[field].key, value->number);
        break;
    case CBOR_FIELD_BOOL:
        cbor_put_key_bool(writer, fields[field].key, value->number != 0);
        break;
    case CBOR_FIELD_BYTES:
        cbor_put_key_bytes(writer, fields[field].key, value->data, value->length);
        break;
    default:
        cbor_put_key(writer, fields[field].key);
        cbor_put_text(writer, (const char *)value->data, value->length);
        break;
    }
}

static int is_same(const struct cbor_value *left, const struct cbor_value *right, size_t field)
{
    if (left->is_present != right->is_present || !left->is_present) {
        return left->is_present == right->is_present;
    }
    return is_text_or_bytes(field)
        ? left->length == right->length && memcmp(left->data, right->data, left->length) == 0
        : left->number == right->number;
}

static void write_and_read(const struct cbor_value *values)
{
    uint8_t written[LARGEST + 64];
    struct cbor_writer writer;
    struct cbor_value again[FIELD_COUNT];
    cbor_start(&writer, written, sizeof written);
    for (size_t i = 0; i < FIELD_COUNT; i++) {
        if (values[i].is_present) {
            write_value(&writer, &values[i], i);
        }
    }
    cbor_close(&writer);
    PROMISE(!writer.has_overflown, "what was read has room");
    PROMISE(cbor_read_fields(written, writer.length, fields, FIELD_COUNT, again), "what is written is right");
    for (size_t i = 0; i < FIELD_COUNT; i++) {
        PROMISE(is_same(&values[i], &again[i], i), "what is written is read");
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cbor_value values[FIELD_COUNT];
    struct cbor_value reference[FIELD_COUNT];
    if (size > LARGEST) {
        return 0;
    }
    bool is_right = cbor_read_fields(data, size, fields, FIELD_COUNT, values);
    for (size_t i = 0; is_right && i < FIELD_COUNT; i++) {
        check_place(&values[i], i, data, size);
    }
    if (is_right) {
        write_and_read(values);
    }
    if (reference_read_fields(data, size, fields, FIELD_COUNT, reference)) {
        PROMISE(is_right, "what is right is taken");
        for (size_t i = 0; i < FIELD_COUNT; i++) {
            PROMISE(is_same(&values[i], &reference[i], i), "both readers find the same");
        }
    }
    return 0;
}
