/* SPDX-License-Identifier: Apache-2.0 */
#include "machine.h"

/* Nordic's reference manual, sections 12.1 (reset reasons) and 24 (watchdog). */
#define RESET_REASON 0x400u
#define REASON_WATCHDOG 2u
#define REASON_LOCKUP 8u

#define WATCHDOG_START 0x000u
#define WATCHDOG_RELOAD_VALUE 0x504u
#define WATCHDOG_RELOAD 0x600u
#define RELOAD_REQUEST 0x6e524635u
#define TICKS_PER_MS 33u /* of 32768 Hz */

/*
 * A trial is over after a minute without its confirmation; healthy images need seconds. The watchdog leaves
 * room for judging a slot between two kicks.
 */
static const struct bm_timing timing = {
    .watchdog_ms = 8000, .trial_limit_ms = 60000, .entry_window_ms = 100, .trials = 1};

/* QEMU 7.2 reads 1 here whatever happened: a reset by its pin, which tells nothing. */
enum bm_reset_reason watchdog_reset_reason(void)
{
    const uint32_t told = POWER(RESET_REASON);
    POWER(RESET_REASON) = told;
    if (told & REASON_WATCHDOG) {
        return BM_RESET_WATCHDOG;
    }
    return told & REASON_LOCKUP ? BM_RESET_CRASH : BM_RESET_POWER_ON;
}

const struct bm_timing *port_timing(void)
{
    return &timing;
}

/* Configured by its reset values: it runs while the processor sleeps, and on the reload of register 0. */
bool port_watchdog_start(uint32_t timeout_ms)
{
    WATCHDOG(WATCHDOG_RELOAD_VALUE) = timeout_ms * TICKS_PER_MS;
    WATCHDOG(WATCHDOG_START) = 1;
    return true;
}

void port_watchdog_kick(void)
{
    WATCHDOG(WATCHDOG_RELOAD) = RELOAD_REQUEST;
}
