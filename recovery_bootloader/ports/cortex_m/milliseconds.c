/* SPDX-License-Identifier: Apache-2.0 */
#include "cortex_m.h"

/* 1.024 ms, in 1024ths of a millisecond. */
#define UNIT_1024THS 1049u

/* One object, so that the code finds all of it from one address. */
static struct {
    uint32_t seen;
    uint32_t fraction;
    uint32_t milliseconds;
} now;

uint32_t milliseconds_at(uint32_t ticks, uint32_t shift)
{
    const uint32_t units = (ticks - now.seen) >> shift;
    now.seen += units << shift;
    now.fraction += units * UNIT_1024THS;
    now.milliseconds += now.fraction >> 10;
    now.fraction &= 1023u;
    return now.milliseconds;
}
