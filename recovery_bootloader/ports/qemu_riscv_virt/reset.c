/* SPDX-License-Identifier: Apache-2.0 */
#include "bootmend/port.h"
#include "machine.h"

/*
 * The machine has no register that tells why it was reset. RAM keeps its content over a reset and is zero in
 * a new QEMU, so a magic word tells a reset from power-on, and whoever resets on purpose leaves a note.
 */
#define ALIVE_MAGIC 0x626d6c76u
#define RESET_NOW 0x7777u
#define NO_NOTE UINT32_MAX

struct retained {
    uint32_t alive;
    uint32_t alive_inverted;
    uint32_t note; /* enum bm_reset_reason, or NO_NOTE */
    uint32_t spare;
    uint8_t bytes[BM_RETAINED_SIZE];
};

static struct retained retained __attribute__((section(".retained"), aligned(16)));
static enum bm_reset_reason reason;

static enum bm_reset_reason find_reason(void)
{
    const bool has_bitten = watchdog_take_bite();
    if (retained.alive != ALIVE_MAGIC || retained.alive_inverted != ~ALIVE_MAGIC) {
        return BM_RESET_POWER_ON;
    }
    if (has_bitten) {
        return BM_RESET_WATCHDOG;
    }
    if (retained.note == BM_RESET_REQUESTED || retained.note == BM_RESET_CRASH) {
        return (enum bm_reset_reason)retained.note;
    }
    /* Reset from outside, as by a reset button: the nearest of the reasons that the state knows. */
    return BM_RESET_POWER_ON;
}

void reset_start(void)
{
    reason = find_reason();
    retained.alive = ALIVE_MAGIC;
    retained.alive_inverted = ~ALIVE_MAGIC;
    retained.note = NO_NOTE;
}

static _Noreturn void reset_with_note(enum bm_reset_reason note)
{
    line_flush();
    retained.note = note;
    machine_write32(MACHINE_RESET_DEVICE, RESET_NOW);
    for (;;) {
        __asm__ volatile("wfi");
    }
}

enum bm_reset_reason port_reset_reason(void)
{
    return reason;
}

void *port_retained(void)
{
    return retained.bytes;
}

BM_NORETURN void port_reset(void)
{
    machine_mask_interrupts();
    reset_with_note(BM_RESET_REQUESTED);
}

static char *append_hex(char *to, uint32_t value)
{
    for (int shift = 28; shift >= 0; shift -= 4) {
        *to++ = "0123456789abcdef"[(value >> shift) & 15u];
    }
    return to;
}

static char *append_text(char *to, const char *text)
{
    while (*text != '\0') {
        *to++ = *text++;
    }
    return to;
}

/* For the engineer at the console; hosts that speak SMP skip text between frames. */
_Noreturn void reset_after_crash(uint32_t cause, uint32_t pc, uint32_t value)
{
    char line[64];
    char *end = append_text(line, "\r\ncrash: cause ");
    end = append_text(append_hex(end, cause), " pc ");
    end = append_text(append_hex(end, pc), " value ");
    end = append_text(append_hex(end, value), "\r\n");
    port_line_write((const uint8_t *)line, (size_t)(end - line));
    reset_with_note(BM_RESET_CRASH);
}
