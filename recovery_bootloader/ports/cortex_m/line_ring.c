/* SPDX-License-Identifier: Apache-2.0 */
#include "cortex_m.h"

/* One place stays free, which tells a full ring from an empty one. */
#define RING_SIZE (BM_LINE_BUFFER + 1u)

static uint8_t ring[RING_SIZE];
static volatile uint32_t head; /* written by the interrupt */
static volatile uint32_t tail; /* written by the reader */

static uint32_t behind(uint32_t place)
{
    return place + 1 < RING_SIZE ? place + 1 : 0;
}

bool line_ring_is_empty(void)
{
    return head == tail;
}

bool line_ring_has_room(void)
{
    return behind(head) != tail;
}

void line_ring_put(uint8_t byte)
{
    const uint32_t place = head;
    ring[place] = byte;
    head = behind(place);
}

bool line_has_received(void)
{
    return !line_ring_is_empty();
}

size_t port_line_read(uint8_t *to, size_t capacity)
{
    size_t count = 0;
    while (count < capacity && !line_ring_is_empty()) {
        const uint32_t place = tail;
        to[count++] = ring[place];
        tail = behind(place);
    }
    line_resume();
    return count;
}
