/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BOOTMEND_HOST_BYTE_QUEUE_H
#define BOOTMEND_HOST_BYTE_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes on their way along one direction of the line, at the speed of a wire when a rate is set. */
struct byte_queue {
    uint8_t bytes[65536];
    size_t start;
    size_t length;
    uint64_t rate; /* bytes a second; 0: no limit */
    uint64_t paid_at; /* time in nanoseconds up to which bytes were let through */
};

static inline size_t byte_queue_room(const struct byte_queue *queue)
{
    return sizeof queue->bytes - queue->length;
}

/* Appends what there is room for; the rest is lost, as on a wire that nobody empties. */
void byte_queue_put(struct byte_queue *queue, const uint8_t *data, size_t length, uint64_t now);

/* What may leave by now, in one piece; take it with byte_queue_drop(). */
size_t byte_queue_ready(const struct byte_queue *queue, uint64_t now, const uint8_t **data);
void byte_queue_drop(struct byte_queue *queue, size_t length, uint64_t now);

#endif
