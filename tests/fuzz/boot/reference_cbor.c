/* SPDX-License-Identifier: Apache-2.0 */
#include "reference_cbor.h"

#include <string.h>

enum { BREAK = 99 };

struct input {
    const uint8_t *at;
    const uint8_t *end;
    bool is_bad;
};

struct item {
    int major; /* or BREAK */
    int info;
    uint64_t value;
    const uint8_t *content; /* of a string in one piece */
};

static uint64_t take(struct input *input, size_t size)
{
    uint64_t value = 0;
    for (size_t i = 0; i < size; i++) {
        if (input->at == input->end) {
            input->is_bad = true;
            return 0;
        }
        value = value << 8 | *input->at++;
    }
    return value;
}

static struct item refuse(struct input *input)
{
    input->is_bad = true;
    return (struct item){.major = BREAK};
}

static struct item read_item(struct input *input, size_t depth);

/* The items of a container that a break ends; of a string, the chunks. */
static void read_until_break(struct input *input, int major, size_t depth)
{
    for (size_t items = 0; !input->is_bad; items++) {
        struct item item = read_item(input, depth);
        if (item.major == BREAK) {
            input->is_bad = input->is_bad || (major == 5 && items % 2 != 0);
            return;
        }
        if (major < 4 && (item.major != major || item.info == 31)) {
            input->is_bad = true;
        }
    }
}

static void read_items(struct input *input, uint64_t count, size_t depth)
{
    for (uint64_t i = 0; i < count && !input->is_bad; i++) {
        struct item item = read_item(input, depth);
        input->is_bad = input->is_bad || item.major == BREAK;
    }
}

static struct item read_content(struct input *input, struct item item, size_t depth)
{
    if (item.major >= 2 && item.major <= 6 && !(item.major < 4 && item.info != 31) && depth == 0) {
        return refuse(input);
    }
    if (item.info == 31) {
        read_until_break(input, item.major, depth - 1);
    } else if (item.major == 2 || item.major == 3) {
        if (item.value > (uint64_t)(input->end - input->at)) {
            return refuse(input);
        }
        item.content = input->at;
        input->at += item.value;
    } else if (item.major >= 4 && item.major <= 6) {
        read_items(input, item.major == 6 ? 1 : item.value * (item.major == 5 ? 2u : 1u), depth - 1);
    }
    return item;
}

/* `depth`: how many containers it may open. */
static struct item read_item(struct input *input, size_t depth)
{
    uint8_t first = (uint8_t)take(input, 1);
    struct item item = {.major = first >> 5, .info = first & 31, .value = first & 31};
    if (input->is_bad) {
        return item;
    }
    if (item.info >= 24 && item.info <= 27) {
        item.value = take(input, (size_t)1 << (item.info - 24));
    } else if (item.info == 31 && item.major == 7) {
        return (struct item){.major = BREAK};
    } else if (item.info > 27 && (item.info < 31 || item.major < 2 || item.major == 6)) {
        return refuse(input);
    }
    /* More items than bytes cannot be; that also keeps the doubling of a map's small. */
    if (item.major >= 4 && item.major <= 5 && item.info != 31
        && item.value > (uint64_t)(input->end - input->at)) {
        return refuse(input);
    }
    return input->is_bad ? item : read_content(input, item, depth);
}

static bool keep(const struct item *item, enum cbor_field_type type, struct cbor_value *value)
{
    if (item->major != (int)type || item->info == 31) {
        return false;
    }
    value->is_present = true;
    value->number = (uint32_t)item->value;
    value->data = item->content;
    value->length = (size_t)item->value;
    if (type == CBOR_FIELD_BOOL) {
        value->number = item->info == 21;
        return item->info == 20 || item->info == 21;
    }
    return type != CBOR_FIELD_UINT || item->value <= UINT32_MAX;
}

static bool read_pair(struct input *input, const struct cbor_field *fields, size_t count,
                      struct cbor_value *values, const struct item *key)
{
    struct item value = read_item(input, CBOR_MAX_NESTING);
    if (input->is_bad || value.major == BREAK) {
        return false;
    }
    for (size_t i = 0; i < count && key->content != NULL && key->major == 3; i++) {
        if (strlen(fields[i].key) == key->value
            && memcmp(fields[i].key, key->content, (size_t)key->value) == 0) {
            return keep(&value, fields[i].type, &values[i]);
        }
    }
    return true;
}

static bool read_map(struct input *input, const struct cbor_field *fields, size_t count,
                     struct cbor_value *values)
{
    uint8_t first = (uint8_t)take(input, 1);
    bool is_indefinite = first == 0xbf;
    uint64_t pairs = first & 31;
    if (first >> 5 != 5 || (pairs > 27 && !is_indefinite)) {
        return false;
    }
    if (pairs >= 24 && !is_indefinite) {
        pairs = take(input, (size_t)1 << (pairs - 24));
    }
    while (is_indefinite || pairs-- > 0) {
        struct item key = read_item(input, CBOR_MAX_NESTING);
        if (input->is_bad || key.major == BREAK) {
            return !input->is_bad && is_indefinite;
        }
        if (!read_pair(input, fields, count, values, &key)) {
            return false;
        }
    }
    return !input->is_bad;
}

bool reference_read_fields(const uint8_t *payload, size_t length, const struct cbor_field *fields,
                           size_t count, struct cbor_value *values)
{
    struct input input = {.at = payload, .end = payload + length};
    memset(values, 0, count * sizeof *values);
    if (length > 0 && !read_map(&input, fields, count, values)) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        if (fields[i].is_required && !values[i].is_present) {
            return false;
        }
    }
    return true;
}
