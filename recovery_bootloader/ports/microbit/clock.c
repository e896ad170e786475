/* SPDX-License-Identifier: Apache-2.0 */
#include "machine.h"

/* Nordic's reference manual, sections 13 (clock) and 19 (timer). The timer, as QEMU has no RTC for nRF51. */
#define HIGH_FREQUENCY_CLOCK_START 0x000u
#define HIGH_FREQUENCY_CLOCK_STARTED 0x100u

#define TIMER_START 0x000u
#define TIMER_CAPTURE_1 0x044u
#define TIMER_COMPARED_0 0x140u
#define TIMER_ENABLE_INTERRUPT 0x304u
#define TIMER_WIDTH 0x508u
#define TIMER_PRESCALER 0x510u
#define TIMER_COMPARE_0 0x540u
#define TIMER_COMPARE_1 0x544u
#define COMPARED_0 0x10000u
#define WIDTH_32_BITS 3u
#define PRESCALER_31250_HZ 9u
#define TICKS_SHIFT 5u /* 32 ticks in 1.024 ms */

void clock_start(void)
{
    static const struct register_setting settings[] = {
        {POWER_AND_CLOCK + HIGH_FREQUENCY_CLOCK_START, 1}, /* the crystal's, as the UART needs it */
        {TIMER_0 + TIMER_WIDTH, WIDTH_32_BITS},
        {TIMER_0 + TIMER_PRESCALER, PRESCALER_31250_HZ},
        {TIMER_0 + TIMER_ENABLE_INTERRUPT, COMPARED_0},
        {TIMER_0 + TIMER_START, 1},
    };
    set_registers(settings, sizeof settings / sizeof settings[0]);
    while (POWER(HIGH_FREQUENCY_CLOCK_STARTED) == 0) { }
}

static uint32_t ticks(void)
{
    TIMER(TIMER_CAPTURE_1) = 1;
    return TIMER(TIMER_COMPARE_1);
}

uint32_t port_now_ms(void)
{
    return milliseconds_at(ticks(), TICKS_SHIFT);
}

/*
 * The alarm's interrupt is enabled, which makes it end WFI, but never taken: here interrupts are masked. What
 * is too long for the timer, 38 hours, becomes anything up to that.
 */
void clock_sleep(uint32_t milliseconds)
{
    TIMER(TIMER_COMPARE_0) = ticks() + (milliseconds << TICKS_SHIFT);
    TIMER(TIMER_COMPARED_0) = 0;
    NVIC_CLEAR_PENDING = 1u << TIMER_INTERRUPT;
    NVIC_ENABLE = 1u << TIMER_INTERRUPT;
    wait_for_interrupt();
    NVIC_DISABLE = 1u << TIMER_INTERRUPT;
}
