/* SPDX-License-Identifier: Apache-2.0 */
#include "cbor_writer.h"

#include "mem.h"

static void put_raw(struct cbor_writer *writer, const uint8_t *data, size_t length)
{
    if (writer->has_overflown || length > writer->capacity - writer->length) {
        writer->has_overflown = true;
        return;
    }
    memcpy(writer->buffer + writer->length, data, length);
    writer->length += length;
}

static void put_head(struct cbor_writer *writer, uint8_t major, uint32_t value)
{
    uint8_t head[5] = {(uint8_t)(major << 5)};
    size_t length = 1;
    if (value < 24) {
        head[0] |= (uint8_t)value;
    } else if (value <= 0xff) {
        head[0] |= 24;
        head[length++] = (uint8_t)value;
    } else if (value <= 0xffff) {
        head[0] |= 25;
        head[length++] = (uint8_t)(value >> 8);
        head[length++] = (uint8_t)value;
    } else {
        head[0] |= 26;
        head[length++] = (uint8_t)(value >> 24);
        head[length++] = (uint8_t)(value >> 16);
        head[length++] = (uint8_t)(value >> 8);
        head[length++] = (uint8_t)value;
    }
    put_raw(writer, head, length);
}

static void put_byte(struct cbor_writer *writer, uint8_t byte)
{
    put_raw(writer, &byte, 1);
}

void cbor_open_map(struct cbor_writer *writer)
{
    put_byte(writer, 0xbf);
}

void cbor_open_array(struct cbor_writer *writer)
{
    put_byte(writer, 0x9f);
}

void cbor_close(struct cbor_writer *writer)
{
    put_byte(writer, 0xff);
}

void cbor_put_uint(struct cbor_writer *writer, uint32_t value)
{
    put_head(writer, 0, value);
}

void cbor_put_bool(struct cbor_writer *writer, bool value)
{
    put_byte(writer, value ? 0xf5 : 0xf4);
}

void cbor_put_bytes(struct cbor_writer *writer, const uint8_t *data, size_t length)
{
    put_head(writer, 2, (uint32_t)length);
    put_raw(writer, data, length);
}

void cbor_put_text(struct cbor_writer *writer, const char *text, size_t length)
{
    put_head(writer, 3, (uint32_t)length);
    put_raw(writer, (const uint8_t *)text, length);
}

void cbor_put_key(struct cbor_writer *writer, const char *key)
{
    cbor_put_text(writer, key, text_length(key, SIZE_MAX));
}

void cbor_put_key_uint(struct cbor_writer *writer, const char *key, uint32_t value)
{
    cbor_put_key(writer, key);
    cbor_put_uint(writer, value);
}

void cbor_put_key_bool(struct cbor_writer *writer, const char *key, bool value)
{
    cbor_put_key(writer, key);
    cbor_put_bool(writer, value);
}

void cbor_put_key_bytes(struct cbor_writer *writer, const char *key, const uint8_t *data, size_t length)
{
    cbor_put_key(writer, key);
    cbor_put_bytes(writer, data, length);
}

void cbor_put_key_text(struct cbor_writer *writer, const char *key, const char *text)
{
    cbor_put_key(writer, key);
    cbor_put_text(writer, text, text_length(text, SIZE_MAX));
}
