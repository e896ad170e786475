/* SPDX-License-Identifier: Apache-2.0 */
#include "cbor_writer.h"

#include "bytes.h"
#include "mem.h"

/* Major types, in a head's upper three bits, and single bytes. */
#define UINT_HEAD 0x00u
#define BYTES_HEAD 0x40u
#define TEXT_HEAD 0x60u
#define OPEN_ARRAY 0x9fu
#define OPEN_MAP 0xbfu
#define FALSE_BYTE 0xf4u
#define BREAK 0xffu
#define ONE_BYTE_FOLLOWS 24u

static void put_raw(struct cbor_writer *writer, const void *data, size_t length)
{
    if (writer->has_overflown || length > writer->capacity - writer->length) {
        writer->has_overflown = true;
        return;
    }
    memcpy(writer->buffer + writer->length, data, length);
    writer->length += length;
}

static void put_byte(struct cbor_writer *writer, uint32_t value)
{
    uint8_t byte = (uint8_t)value;
    put_raw(writer, &byte, 1);
}

/* The value in the head's first byte, or in 1, 2 or 4 bytes behind it. */
static void put_head(struct cbor_writer *writer, uint32_t major, uint32_t value)
{
    uint32_t log2_size = value > 0xffffu ? 2 : value > 0xffu;
    if (value < ONE_BYTE_FOLLOWS) {
        put_byte(writer, major | value);
        return;
    }
    put_byte(writer, major | (ONE_BYTE_FOLLOWS + log2_size));
    for (uint32_t shift = 8u << log2_size; shift > 0;) {
        shift -= 8;
        put_byte(writer, value >> shift);
    }
}

void cbor_start(struct cbor_writer *writer, uint8_t *buffer, size_t capacity)
{
    writer->buffer = buffer;
    writer->capacity = capacity;
    writer->length = 0;
    writer->has_overflown = false;
    cbor_open_map(writer);
}

void cbor_open_map(struct cbor_writer *writer)
{
    put_byte(writer, OPEN_MAP);
}

void cbor_open_array(struct cbor_writer *writer)
{
    put_byte(writer, OPEN_ARRAY);
}

void cbor_close(struct cbor_writer *writer)
{
    put_byte(writer, BREAK);
}

void cbor_put_uint(struct cbor_writer *writer, uint32_t value)
{
    put_head(writer, UINT_HEAD, value);
}

void cbor_put_bytes(struct cbor_writer *writer, const uint8_t *data, size_t length)
{
    put_head(writer, BYTES_HEAD, (uint32_t)length);
    put_raw(writer, data, length);
}

void cbor_put_text(struct cbor_writer *writer, const char *text, size_t length)
{
    put_head(writer, TEXT_HEAD, (uint32_t)length);
    put_raw(writer, text, length);
}

void cbor_put_key(struct cbor_writer *writer, const char *key)
{
    cbor_put_text(writer, key, text_length(key, SIZE_MAX));
}

void cbor_open_key_array(struct cbor_writer *writer, const char *key)
{
    cbor_put_key(writer, key);
    cbor_open_array(writer);
}

void cbor_put_key_uint(struct cbor_writer *writer, const char *key, uint32_t value)
{
    cbor_put_key(writer, key);
    cbor_put_uint(writer, value);
}

void cbor_put_key_bool(struct cbor_writer *writer, const char *key, bool value)
{
    cbor_put_key(writer, key);
    put_byte(writer, FALSE_BYTE + value);
}

void cbor_put_key_bytes(struct cbor_writer *writer, const char *key, const uint8_t *data, size_t length)
{
    cbor_put_key(writer, key);
    cbor_put_bytes(writer, data, length);
}

void cbor_put_key_text(struct cbor_writer *writer, const char *key, const char *text)
{
    cbor_put_key(writer, key);
    cbor_put_key(writer, text);
}

static void put_member(struct cbor_writer *writer, uint32_t form, const uint8_t *data)
{
    uint32_t number = *data;
    size_t size = form & CBOR_SIZE_MASK;
    if (form >= CBOR_TEXT) {
        const char *text = (const char *)data;
        cbor_put_text(writer, text, text_length(text, size));
    } else if (form >= CBOR_BYTES) {
        cbor_put_bytes(writer, data, size);
    } else if (form == CBOR_BOOL) {
        put_byte(writer, FALSE_BYTE + number);
    } else {
        if (form == CBOR_U32) {
            memcpy(&number, data, sizeof number);
        }
        cbor_put_uint(writer, number);
    }
}

void cbor_put_members(struct cbor_writer *writer, const void *base, const struct cbor_member *members,
                      size_t count)
{
    const uint8_t *bytes = base;
    for (; count > 0; count--, members++) {
        if (members->absent == CBOR_ALWAYS || members->absent != bytes[members->guard]) {
            cbor_put_key(writer, members->key);
            put_member(writer, members->form, bytes + members->offset);
        }
    }
}
