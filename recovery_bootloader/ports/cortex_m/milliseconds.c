/* SPDX-License-Identifier: Apache-2.0 */
#include "cortex_m.h"

/* 1.024 ms, in 1024ths of a millisecond. */
#define UNIT_1024THS 1049u

uint32_t milliseconds_at(uint32_t ticks, uint32_t shift)
{
    static uint32_t seen;
    static uint32_t fraction;
    static uint32_t milliseconds;
    const uint32_t units = (ticks - seen) >> shift;
    seen += units << shift;
    fraction += units * UNIT_1024THS;
    milliseconds += fraction >> 10;
    fraction &= 1023u;
    return milliseconds;
}
