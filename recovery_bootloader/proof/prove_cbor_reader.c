/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Every payload of 0 to BM_PACKET_SIZE bytes, of any content, against fields of all types. The payload ends
 * where its object ends, so a byte read behind it is an alarm. The reader is entered below
 * cbor_read_fields(): what that one does for a payload of one length holds for all of them.
 */
/* sources: bytes.c */
#include "cbor_reader.c"
#include <string.h>

#include "bootmend/port.h"

#include <__fc_builtin.h>

static uint8_t payload[BM_PACKET_SIZE];

static const struct cbor_field fields[] = {
    {"off", CBOR_FIELD_UINT, true},
    {"data", CBOR_FIELD_BYTES, false},
    {"name", CBOR_FIELD_TEXT, false},
    {"force", CBOR_FIELD_BOOL, false},
};

#define FIELD_COUNT (sizeof fields / sizeof fields[0])

int main(void)
{
    struct cbor_value values[FIELD_COUNT];
    Frama_C_make_unknown((char *)payload, sizeof payload);
    if (Frama_C_interval(0, 1)) {
        cbor_read_fields(payload, 0, fields, FIELD_COUNT, values);
        cbor_read_fields(payload + sizeof payload - 1, 1, fields, FIELD_COUNT, values);
    }
    struct reader reader = {.end = payload + sizeof payload,
                            .left = (size_t)Frama_C_interval(0, BM_PACKET_SIZE)};
    read_map(&reader, fields, FIELD_COUNT, values);
    return 0;
}
