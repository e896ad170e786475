/* SPDX-License-Identifier: Apache-2.0 */
#include "machine.h"

/* Counts up once for every PRESCALER + 1 ticks of 25 MHz. */
#define BOARD_COUNTER 0x18u
#define BOARD_PRESCALER 0x1cu

#define TIMER_CONTROL 0x00u
#define TIMER_RELOAD 0x08u /* writing it sets the counter, too */
#define TIMER_INTERRUPT_CLEAR 0x0cu
#define CONTROL_ENABLE_WITH_INTERRUPT 0x09u

void clock_start(void)
{
    BOARD(BOARD_PRESCALER) = TICKS_PER_MS - 1;
    BOARD(BOARD_COUNTER) = 0;
}

uint32_t port_now_ms(void)
{
    return BOARD(BOARD_COUNTER);
}

/* The alarm's interrupt is enabled, which makes it end WFI, but never taken: here interrupts are masked. */
void clock_sleep(uint32_t milliseconds)
{
    const uint32_t limited = milliseconds < TICKS_LIMIT_MS ? milliseconds : TICKS_LIMIT_MS;
    TIMER(TIMER_RELOAD) = limited * TICKS_PER_MS;
    TIMER(TIMER_CONTROL) = CONTROL_ENABLE_WITH_INTERRUPT;
    NVIC_ENABLE = 1u << TIMER_INTERRUPT;
    wait_for_interrupt();
    NVIC_DISABLE = 1u << TIMER_INTERRUPT;
    TIMER(TIMER_CONTROL) = 0;
    TIMER(TIMER_INTERRUPT_CLEAR) = 1;
    NVIC_CLEAR_PENDING = 1u << TIMER_INTERRUPT;
}
