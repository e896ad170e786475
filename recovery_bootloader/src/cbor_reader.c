/* SPDX-License-Identifier: Apache-2.0 */
#include "cbor_reader.h"

#include "bytes.h"
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
#define BREAK 0xffu
#define MAX_KEY_SIZE 32u

/* Of containers that a break ends; no payload has room for that many items. */
#define ITEMS_UNTIL_BREAK SIZE_MAX

/* One number says both where it stands and how much it may still read. */
struct reader {
    const uint8_t *end;
    size_t left;
};

static const uint8_t *place_of(const struct reader *reader)
{
    return reader->end - reader->left;
}

static uint8_t read_byte(struct reader *reader)
{
    const uint8_t *place = place_of(reader);
    reader->left--;
    return *place;
}

struct head {
    uint8_t major;
    uint8_t info;
    bool is_large; /* the value does not fit; it is UINT32_MAX then, which exceeds any payload */
    uint32_t value;
};

static bool is_indefinite(const struct head *head)
{
    return head->info == INFO_INDEFINITE;
}

static bool is_break(const struct head *head)
{
    return head->major == MAJOR_SIMPLE && is_indefinite(head);
}

/* The value that follows a head's first byte, most significant byte first. */
static bool read_value(struct reader *reader, struct head *head, size_t size)
{
    /*@ split size; */
    if (size > reader->left) {
        return false;
    }
    head->value = 0;
    while (size-- > 0) {
        head->is_large = head->is_large || head->value >> 24 != 0;
        head->value = head->value << 8 | read_byte(reader);
    }
    if (head->is_large) {
        head->value = UINT32_MAX;
    }
    return true;
}

static bool read_head(struct reader *reader, struct head *head)
{
    if (reader->left == 0) {
        return false;
    }
    uint8_t first = read_byte(reader);
    head->major = first >> 5;
    head->info = first & 0x1fu;
    head->is_large = false;
    head->value = head->info;
    if (head->info < INFO_ONE_BYTE) {
        return true;
    }
    if (head->info <= INFO_EIGHT_BYTES) {
        return read_value(reader, head, (size_t)1 << (head->info - INFO_ONE_BYTE));
    }
    return is_indefinite(head) && head->major >= MAJOR_BYTES && head->major != MAJOR_TAG;
}

static bool skip_bytes(struct reader *reader, uint32_t count)
{
    /*@ split reader->left; */
    if (count > reader->left) {
        return false;
    }
    reader->left -= count;
    return true;
}

/* How many items the open containers have still to come, the outermost one first. */
struct nesting {
    size_t items[CBOR_MAX_NESTING + 1]; /* the first stands for the item itself */
    size_t depth;
};

static bool open_container(struct nesting *nesting, size_t items)
{
    if (nesting->depth == CBOR_MAX_NESTING) {
        return false;
    }
    nesting->items[++nesting->depth] = items;
    return true;
}

/* What follows the head of one item; a container is opened and its items come in the next rounds. */
static bool skip_content(struct reader *reader, struct nesting *nesting, const struct head *head)
{
    if (head->major < MAJOR_BYTES || head->major == MAJOR_SIMPLE) {
        return true;
    }
    if (head->major == MAJOR_TAG) {
        return open_container(nesting, 1);
    }
    if (is_indefinite(head)) {
        /* The chunks of a string are items up to a break, as in an array. */
        return open_container(nesting, ITEMS_UNTIL_BREAK);
    }
    if (head->major < MAJOR_ARRAY) {
        return skip_bytes(reader, head->value);
    }
    /* Each item takes a byte at least, which also keeps the product small. */
    return head->value <= reader->left
        && open_container(nesting, head->major == MAJOR_MAP ? (size_t)head->value * 2 : head->value);
}

static bool skip_item(struct reader *reader)
{
    struct nesting nesting = {.items = {1}};
    while (nesting.depth > 0 || nesting.items[0] > 0) {
        size_t *items = &nesting.items[nesting.depth];
        struct head head;
        if (*items == 0) {
            nesting.depth--;
            continue;
        }
        if (!read_head(reader, &head)) {
            return false;
        }
        if (is_break(&head)) {
            if (*items != ITEMS_UNTIL_BREAK) {
                return false;
            }
            *items = 0;
            continue;
        }
        if (*items != ITEMS_UNTIL_BREAK) {
            (*items)--;
        }
        if (!skip_content(reader, &nesting, &head)) {
            return false;
        }
    }
    return true;
}

/* The value of a field; one of another type is an error, as is a string in chunks. */
static bool take_value(struct reader *reader, enum cbor_field_type type, struct cbor_value *value)
{
    struct head head;
    if (!read_head(reader, &head) || head.major != (uint8_t)type || is_indefinite(&head)) {
        return false;
    }
    value->is_present = true;
    value->number = head.value;
    if (type == CBOR_FIELD_UINT) {
        return !head.is_large;
    }
    if (type == CBOR_FIELD_BOOL) {
        value->number = head.info - SIMPLE_FALSE;
        return value->number <= SIMPLE_TRUE - SIMPLE_FALSE;
    }
    value->data = place_of(reader);
    value->length = head.value;
    /*@ split reader->left; */
    if (head.value > reader->left) {
        return false;
    }
    /*@ assert \valid_read(reader->end - reader->left + (0 .. head.value - 1)); */
    return true;
}

static bool is_named(const struct reader *key, size_t length, const char *name)
{
    size_t size = text_length(name, MAX_KEY_SIZE);
    return size == length && size <= key->left && memcmp(name, place_of(key), size) == 0;
}

/* The index of the field that the key names; `count` when it names none. */
static size_t find_field(struct reader *key, const struct cbor_field *fields, size_t count)
{
    struct cbor_value text;
    if (!take_value(key, CBOR_FIELD_TEXT, &text)) {
        return count;
    }
    size_t i = 0;
    while (i < count && !is_named(key, text.length, fields[i].key)) {
        i++;
    }
    return i;
}

static bool read_pair(struct reader *reader, const struct cbor_field *fields, size_t count,
                      struct cbor_value *values)
{
    struct reader key = *reader;
    if (!skip_item(reader)) {
        return false;
    }
    struct reader value = *reader;
    size_t field = find_field(&key, fields, count);
    return skip_item(reader) && (field == count || take_value(&value, fields[field].type, &values[field]));
}

static bool read_map(struct reader *reader, const struct cbor_field *fields, size_t count,
                     struct cbor_value *values)
{
    struct head map;
    if (!read_head(reader, &map) || map.major != MAJOR_MAP) {
        return false;
    }
    uint32_t pairs = 0;
    while (is_indefinite(&map) ? reader->left == 0 || *place_of(reader) != BREAK : pairs < map.value) {
        if (!read_pair(reader, fields, count, values)) {
            return false;
        }
        pairs++;
    }
    return true;
}

bool cbor_read_fields(const uint8_t *payload, size_t length, const struct cbor_field *fields, size_t count,
                      struct cbor_value *values)
{
    memset(values, 0, count * sizeof *values);
    if (length > 0) {
        struct reader reader = {.end = payload + length, .left = length};
        if (!read_map(&reader, fields, count, values)) {
            return false;
        }
    }
    for (size_t i = 0; i < count; i++) {
        if (fields[i].is_required && !values[i].is_present) {
            return false;
        }
    }
    return true;
}
