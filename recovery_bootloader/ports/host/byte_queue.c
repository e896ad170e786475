/* SPDX-License-Identifier: Apache-2.0 */
#include "byte_queue.h"

#include <string.h>

#define SECOND 1000000000u

static size_t smaller(size_t left, size_t right)
{
    return left < right ? left : right;
}

void byte_queue_put(struct byte_queue *queue, const uint8_t *data, size_t length, uint64_t now)
{
    if (queue->length == 0) {
        queue->paid_at = now;
    }
    length = smaller(length, byte_queue_room(queue));
    while (length > 0) {
        size_t end = (queue->start + queue->length) % sizeof queue->bytes;
        size_t step = smaller(length, sizeof queue->bytes - end);
        memcpy(queue->bytes + end, data, step);
        queue->length += step;
        data += step;
        length -= step;
    }
}

size_t byte_queue_ready(const struct byte_queue *queue, uint64_t now, const uint8_t **data)
{
    size_t ready = smaller(queue->length, sizeof queue->bytes - queue->start);
    *data = queue->bytes + queue->start;
    if (queue->rate == 0) {
        return ready;
    }
    return smaller(ready, (size_t)((now - queue->paid_at) * queue->rate / SECOND));
}

void byte_queue_drop(struct byte_queue *queue, size_t length, uint64_t now)
{
    queue->start = (queue->start + length) % sizeof queue->bytes;
    queue->length -= length;
    queue->paid_at = queue->rate == 0 ? now : queue->paid_at + length * SECOND / queue->rate;
}
