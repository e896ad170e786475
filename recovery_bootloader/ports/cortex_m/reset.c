/* SPDX-License-Identifier: Apache-2.0 */
#include "cortex_m.h"

/*
 * Memory that is not cleared at a start outlives a reset, and holds anything after power-on. Who resets on
 * purpose leaves the reason there, added to a number that no memory holds by chance.
 */
#define NOTE_MAGIC 0x626d6c70u

struct retained {
    uint32_t note;
    uint32_t reason; /* of the last reset; found out at each start */
    uint8_t bytes[BM_RETAINED_SIZE];
};

static struct retained retained __attribute__((section(".retained"), aligned(8)));

void reset_start(enum bm_reset_reason told)
{
    const uint32_t note = retained.note - NOTE_MAGIC;
    retained.note = 0;
    retained.reason = told == BM_RESET_POWER_ON && note <= BM_RESET_CRASH ? note : told;
}

__attribute__((weak)) void machine_reset(void)
{
    SCB_RESET_CONTROL = RESET_REQUEST;
}

_Noreturn void reset_with_note(enum bm_reset_reason note)
{
    retained.note = NOTE_MAGIC + note;
    __asm__ volatile("dsb" : : : "memory");
    machine_reset();
    for (;;) { }
}

enum bm_reset_reason port_reset_reason(void)
{
    return (enum bm_reset_reason)retained.reason;
}

void *port_retained(void)
{
    return retained.bytes;
}

BM_NORETURN void port_reset(void)
{
    line_flush();
    reset_with_note(BM_RESET_REQUESTED);
}
