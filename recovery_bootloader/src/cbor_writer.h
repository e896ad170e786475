/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BOOTMEND_CBOR_WRITER_H
#define BOOTMEND_CBOR_WRITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Writes CBOR (RFC 8949) into a buffer; what does not fit is left out and has_overflown says so. */
struct cbor_writer {
    uint8_t *buffer;
    size_t capacity;
    size_t length;
    bool has_overflown;
};

void cbor_open_map(struct cbor_writer *writer); /* indefinite length, as MCUmgr servers send it */
void cbor_open_array(struct cbor_writer *writer); /* indefinite length */
void cbor_close(struct cbor_writer *writer);

void cbor_put_uint(struct cbor_writer *writer, uint32_t value);
void cbor_put_bool(struct cbor_writer *writer, bool value);
void cbor_put_bytes(struct cbor_writer *writer, const uint8_t *data, size_t length);
void cbor_put_text(struct cbor_writer *writer, const char *text, size_t length);

/* A key, which ends with a zero byte, and its value. */
void cbor_put_key(struct cbor_writer *writer, const char *key);
void cbor_put_key_uint(struct cbor_writer *writer, const char *key, uint32_t value);
void cbor_put_key_bool(struct cbor_writer *writer, const char *key, bool value);
void cbor_put_key_bytes(struct cbor_writer *writer, const char *key, const uint8_t *data, size_t length);
void cbor_put_key_text(struct cbor_writer *writer, const char *key, const char *text);

#endif
