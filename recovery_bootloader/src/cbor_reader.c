/* SPDX-License-Identifier: Apache-2.0 */
#include "cbor_reader.h"

#include "mem.h"

enum cbor_major {
    MAJOR_UINT = 0,
    MAJOR_NEGATIVE = 1,
    MAJOR_BYTES = 2,
    MAJOR_TEXT = 3,
    MAJOR_ARRAY = 4,
    MAJOR_MAP = 5,
    MAJOR_TAG = 6,
    MAJOR_SIMPLE = 7,
};

#define INFO_ONE_BYTE 24u
#define INFO_EIGHT_BYTES 27u
#define INFO_INDEFINITE 31u
#define SIMPLE_FALSE 20u
#define SIMPLE_TRUE 21u
#define MAX_KEY_SIZE 32u

struct reader {
    const uint8_t *data;
    size_t length;
    size_t at;
};

struct head {
    uint8_t major;
    uint8_t info;
    bool is_indefinite; /* or a break, when major is MAJOR_SIMPLE */
    uint64_t value;
};

static bool read_head(struct reader *reader, struct head *head)
{
    if (reader->at >= reader->length) {
        return false;
    }
    uint8_t first = reader->data[reader->at++];
    head->major = first >> 5;
    head->info = first & 0x1fu;
    head->is_indefinite = head->info == INFO_INDEFINITE;
    head->value = head->info;
    if (head->info < INFO_ONE_BYTE) {
        return true;
    }
    if (head->info > INFO_EIGHT_BYTES) {
        bool may_be_indefinite = head->major >= MAJOR_BYTES && head->major != MAJOR_TAG;
        return head->is_indefinite && may_be_indefinite;
    }
    size_t size = (size_t)1 << (head->info - INFO_ONE_BYTE);
    if (size > reader->length - reader->at) {
        return false;
    }
    head->value = 0;
    for (size_t i = 0; i < size; i++) {
        head->value = head->value << 8 | reader->data[reader->at++];
    }
    return true;
}

static bool is_break(const struct head *head)
{
    return head->major == MAJOR_SIMPLE && head->is_indefinite;
}

static bool skip_bytes(struct reader *reader, uint64_t count)
{
    if (count > reader->length - reader->at) {
        return false;
    }
    reader->at += (size_t)count;
    return true;
}

/* How many items a container has still to come; ITEMS_UNTIL_BREAK when a break ends it. */
#define ITEMS_UNTIL_BREAK UINT64_MAX

struct nesting {
    uint64_t items[CBOR_MAX_NESTING];
    size_t depth;
};

static bool open_container(struct nesting *nesting, const struct head *head)
{
    bool is_map = head->major == MAJOR_MAP;
    if (nesting->depth == CBOR_MAX_NESTING || head->value > UINT32_MAX) {
        return false;
    }
    uint64_t items = is_map ? head->value * 2 : head->value;
    nesting->items[nesting->depth++] = head->is_indefinite ? ITEMS_UNTIL_BREAK : items;
    return true;
}

/* What follows the head of one item; a container is opened and its items come in the next rounds. */
static bool skip_content(struct reader *reader, struct nesting *nesting, const struct head *head)
{
    switch (head->major) {
    case MAJOR_BYTES:
    case MAJOR_TEXT:
        /* The chunks of an indefinite string are items up to a break, as in an array. */
        return head->is_indefinite ? open_container(nesting, head) : skip_bytes(reader, head->value);
    case MAJOR_ARRAY:
    case MAJOR_MAP:
        return open_container(nesting, head);
    case MAJOR_TAG: {
        struct head content = *head;
        content.value = 1;
        return open_container(nesting, &content);
    }
    default:
        return true;
    }
}

static void close_finished(struct nesting *nesting)
{
    while (nesting->depth > 0 && nesting->items[nesting->depth - 1] == 0) {
        nesting->depth--;
    }
}

/* Skips what belongs to an item whose head has been read. */
static bool skip_item(struct reader *reader, struct head head)
{
    struct nesting nesting = {.depth = 0};
    for (;;) {
        if (is_break(&head)) {
            if (nesting.depth == 0 || nesting.items[nesting.depth - 1] != ITEMS_UNTIL_BREAK) {
                return false;
            }
            nesting.depth--;
        } else if (!skip_content(reader, &nesting, &head)) {
            return false;
        }
        close_finished(&nesting);
        if (nesting.depth == 0) {
            return true;
        }
        if (!read_head(reader, &head)) {
            return false;
        }
        if (nesting.items[nesting.depth - 1] != ITEMS_UNTIL_BREAK) {
            nesting.items[nesting.depth - 1]--;
        }
    }
}

static bool take_string(struct reader *reader, const struct head *head, struct cbor_value *value)
{
    value->data = reader->data + reader->at;
    value->length = (size_t)head->value;
    value->is_present = true;
    return !head->is_indefinite && skip_bytes(reader, head->value);
}

static bool take_number(const struct head *head, struct cbor_value *value)
{
    value->number = (uint32_t)head->value;
    value->is_present = true;
    return head->value <= UINT32_MAX;
}

static bool take_bool(const struct head *head, struct cbor_value *value)
{
    value->number = head->info == SIMPLE_TRUE ? 1 : 0;
    value->is_present = true;
    return head->info == SIMPLE_FALSE || head->info == SIMPLE_TRUE;
}

static bool take_value(struct reader *reader, const struct cbor_field *field)
{
    struct head head;
    if (!read_head(reader, &head)) {
        return false;
    }
    switch (field->type) {
    case CBOR_FIELD_UINT:
        return head.major == MAJOR_UINT && take_number(&head, field->value);
    case CBOR_FIELD_BOOL:
        return head.major == MAJOR_SIMPLE && take_bool(&head, field->value);
    case CBOR_FIELD_BYTES:
        return head.major == MAJOR_BYTES && take_string(reader, &head, field->value);
    default:
        return head.major == MAJOR_TEXT && take_string(reader, &head, field->value);
    }
}

static const struct cbor_field *find_field(const struct cbor_field *fields, size_t count, const uint8_t *key,
                                           size_t length)
{
    for (size_t i = 0; i < count; i++) {
        if (text_length(fields[i].key, MAX_KEY_SIZE) == length && memcmp(fields[i].key, key, length) == 0) {
            return &fields[i];
        }
    }
    return NULL;
}

/* One pair of key and value, the key's head having been read. */
static bool read_pair(struct reader *reader, struct head key, const struct cbor_field *fields, size_t count)
{
    const struct cbor_field *field = NULL;
    size_t start = reader->at;
    if (!skip_item(reader, key)) {
        return false;
    }
    if (key.major == MAJOR_TEXT && !key.is_indefinite) {
        field = find_field(fields, count, reader->data + start, (size_t)key.value);
    }
    if (field != NULL) {
        return take_value(reader, field);
    }
    struct head value;
    return read_head(reader, &value) && skip_item(reader, value);
}

bool cbor_read_fields(const uint8_t *payload, size_t length, const struct cbor_field *fields, size_t count)
{
    struct reader reader = {.data = payload, .length = length, .at = 0};
    struct head map;
    if (length == 0) {
        return true;
    }
    if (!read_head(&reader, &map) || map.major != MAJOR_MAP) {
        return false;
    }
    for (uint64_t pairs = 0; map.is_indefinite || pairs < map.value; pairs++) {
        struct head key;
        if (!read_head(&reader, &key)) {
            return false;
        }
        if (is_break(&key)) {
            return map.is_indefinite;
        }
        if (!read_pair(&reader, key, fields, count)) {
            return false;
        }
    }
    return true;
}
