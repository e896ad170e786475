/* SPDX-License-Identifier: Apache-2.0 */
#include "machine.h"

/* CMSDK technical reference manual (DDI 0479), section 4.5. */
#define WATCHDOG_LOAD 0x000u
#define WATCHDOG_CONTROL 0x008u
#define WATCHDOG_RESTART 0x00cu
#define WATCHDOG_LOCK 0xc00u
#define CONTROL_INTERRUPT_AND_RESET 3u
#define LOCK_KEY 0x1acce551u

/* A trial is over after a minute without its confirmation; healthy images need seconds. */
static const struct bm_timing timing = {
    .watchdog_ms = 3000, .trial_limit_ms = 60000, .entry_window_ms = 20, .trials = 1};

const struct bm_timing *port_timing(void)
{
    return &timing;
}

bool port_watchdog_start(uint32_t timeout_ms)
{
    WATCHDOG(WATCHDOG_LOCK) = LOCK_KEY;
    WATCHDOG(WATCHDOG_LOAD) = timeout_ms * TICKS_PER_MS;
    WATCHDOG(WATCHDOG_CONTROL) = CONTROL_INTERRUPT_AND_RESET;
    return true;
}

void port_watchdog_kick(void)
{
    WATCHDOG(WATCHDOG_RESTART) = 1;
}

/*
 * The watchdog's first time-out: as it keeps no reason over a reset, this does. When not even this runs, its
 * second time-out resets the machine, and the reason is lost.
 */
void nmi_handle(void)
{
    reset_with_note(BM_RESET_WATCHDOG);
}
