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

/* Empties the buffer, and opens a map in it. */
void cbor_start(struct cbor_writer *writer, uint8_t *buffer, size_t capacity);

void cbor_open_map(struct cbor_writer *writer); /* indefinite length, as MCUmgr servers send it */
void cbor_open_array(struct cbor_writer *writer); /* indefinite length */
void cbor_close(struct cbor_writer *writer);

void cbor_put_uint(struct cbor_writer *writer, uint32_t value);
void cbor_put_bytes(struct cbor_writer *writer, const uint8_t *data, size_t length);
void cbor_put_text(struct cbor_writer *writer, const char *text, size_t length);

/* A key, which ends with a zero byte, and its value. */
void cbor_put_key(struct cbor_writer *writer, const char *key);
void cbor_open_key_array(struct cbor_writer *writer, const char *key);
void cbor_put_key_uint(struct cbor_writer *writer, const char *key, uint32_t value);
void cbor_put_key_bool(struct cbor_writer *writer, const char *key, bool value);
void cbor_put_key_bytes(struct cbor_writer *writer, const char *key, const uint8_t *data, size_t length);
void cbor_put_key_text(struct cbor_writer *writer, const char *key, const char *text);

/* The form of a member: one of these, or a size of at most 32 bytes with CBOR_BYTES or CBOR_TEXT. */
#define CBOR_U8 0u
#define CBOR_BOOL 1u
#define CBOR_U32 2u
#define CBOR_BYTES 0x40u
#define CBOR_TEXT 0x80u /* ends with a zero byte, or fills its member */
#define CBOR_SIZE_MASK 0x3fu

/* One member of a struct that goes into an answer under its key. */
struct cbor_member {
    const char *key;
    uint8_t form;
    uint8_t offset; /* in the struct */
    uint8_t guard; /* offset of a byte of the struct: the member is left out when that byte is `absent` */
    uint8_t absent; /* or CBOR_ALWAYS */
};

#define CBOR_ALWAYS 0xfeu

#define CBOR_MEMBER(type, key, member, form) CBOR_MEMBER_UNLESS(type, key, member, form, member, CBOR_ALWAYS)
#define CBOR_MEMBER_UNLESS(type, key, member, form, guard, absent)                                           \
    {                                                                                                        \
        key, form, offsetof(struct type, member), offsetof(struct type, guard), absent                       \
    }

/* Keys and values of `count` members of the struct at `base`. */
void cbor_put_members(struct cbor_writer *writer, const void *base, const struct cbor_member *members,
                      size_t count);

#endif
