/* SPDX-License-Identifier: Apache-2.0 */
#include "cortex_m.h"

struct line_ring line_ring;

uint32_t line_ring_behind(uint32_t place)
{
    return place + 1 < LINE_RING_SIZE ? place + 1 : 0;
}

bool line_has_received(void)
{
    return line_ring.head != line_ring.tail;
}

size_t port_line_read(uint8_t *to, size_t capacity)
{
    size_t count = 0;
    while (count < capacity && line_has_received()) {
        const uint32_t place = line_ring.tail;
        to[count++] = line_ring.bytes[place];
        line_ring.tail = line_ring_behind(place);
    }
    line_resume();
    return count;
}
