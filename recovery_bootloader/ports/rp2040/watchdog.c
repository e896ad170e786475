/* SPDX-License-Identifier: Apache-2.0 */
#include "machine.h"

#define WATCHDOG_CONTROL 0x00u
#define WATCHDOG_LOAD 0x04u
#define WATCHDOG_REASON 0x08u
#define WATCHDOG_SCRATCH_4 0x1cu
#define CONTROL_ENABLE 0x40000000u
#define CONTROL_TRIGGER 0x80000000u
#define REASON_TIMER 1u
#define LOAD_LIMIT 0xffffffu
#define COUNTS_PER_MS 2000u /* two a microsecond: erratum RP2040-E1 */

#define SEQUENCE_WATCHDOG_SELECT 0x08u
#define ALL_BUT_OSCILLATORS 0x0001fffcu

/*
 * A trial is over after a minute without its confirmation; healthy images need seconds. The watchdog's
 * longest time is 8.3 s, the slowest sector erase of such flashes 0.4 s.
 */
static const struct bm_timing timing = {
    .watchdog_ms = 8000, .trial_limit_ms = 60000, .entry_window_ms = 100, .trials = 1};

static uint32_t reload;

enum bm_reset_reason watchdog_reset_reason(void)
{
    return WATCHDOG(WATCHDOG_REASON) & REASON_TIMER ? BM_RESET_WATCHDOG : BM_RESET_POWER_ON;
}

const struct bm_timing *port_timing(void)
{
    return &timing;
}

static void reset_all_when_it_bites(void)
{
    WATCHDOG(WATCHDOG_SCRATCH_4) = 0; /* the ROM boots from flash, and does not jump to an address */
    POWER_SEQUENCE(SEQUENCE_WATCHDOG_SELECT) = ALL_BUT_OSCILLATORS;
}

/* The processor's own reset leaves the peripherals as they are, DMA at work among them. */
void machine_reset(void)
{
    reset_all_when_it_bites();
    WATCHDOG(WATCHDOG_CONTROL) = CONTROL_TRIGGER;
}

bool port_watchdog_start(uint32_t timeout_ms)
{
    reload = timeout_ms * COUNTS_PER_MS;
    if (reload > LOAD_LIMIT) {
        reload = LOAD_LIMIT;
    }
    reset_all_when_it_bites();
    port_watchdog_kick();
    WATCHDOG(WATCHDOG_CONTROL) = CONTROL_ENABLE;
    return true;
}

void port_watchdog_kick(void)
{
    WATCHDOG(WATCHDOG_LOAD) = reload;
}
