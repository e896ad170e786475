/* SPDX-License-Identifier: Apache-2.0 */
#include "machine.h"

#define CRYSTAL_CONTROL 0x00u
#define CRYSTAL_STATUS 0x04u
#define CRYSTAL_STARTUP 0x0cu
#define CONTROL_ENABLE_1_TO_15_MHZ 0x00fabaa0u
#define STARTUP_1_MS 47u /* times 256 cycles of 12 MHz */
#define STATUS_STABLE 0x80000000u

#define CLOCK_REFERENCE_CONTROL 0x30u
#define CLOCK_REFERENCE_SELECTED 0x38u
#define CLOCK_PERIPHERALS_CONTROL 0x48u
#define REFERENCE_IS_CRYSTAL 2u
#define REFERENCE_CRYSTAL_SELECTED (1u << REFERENCE_IS_CRYSTAL)
#define PERIPHERALS_ENABLE_FROM_CRYSTAL 0x880u

#define WATCHDOG_TICK 0x2cu
#define TICK_ENABLE 0x200u

#define TIMER_ALARM_0 0x10u
#define TIMER_NOW 0x28u
#define TIMER_INTERRUPTS 0x34u
#define TIMER_ENABLE_INTERRUPT 0x38u
#define ALARM_0 1u
#define TICKS_SHIFT 10u /* 1024 us */

/* DMA fills the ring without an interrupt, so a sleeper looks after it that often: 11 bytes of 115200 baud.
 */
#define NAP_US 1000u

/*
 * All from the crystal, also the processor: an application that wants to be faster sets up a PLL for
 * clk_sys, and the line, which has clk_peri, does not notice.
 */
void clock_start(void)
{
    CRYSTAL(CRYSTAL_STARTUP) = STARTUP_1_MS;
    CRYSTAL(CRYSTAL_CONTROL) = CONTROL_ENABLE_1_TO_15_MHZ;
    while ((CRYSTAL(CRYSTAL_STATUS) & STATUS_STABLE) == 0) { }
    CLOCKS(CLOCK_REFERENCE_CONTROL) = REFERENCE_IS_CRYSTAL;
    while (CLOCKS(CLOCK_REFERENCE_SELECTED) != REFERENCE_CRYSTAL_SELECTED) { }
    CLOCKS(CLOCK_PERIPHERALS_CONTROL) = PERIPHERALS_ENABLE_FROM_CRYSTAL;
    WATCHDOG(WATCHDOG_TICK) = TICK_ENABLE | CRYSTAL_MHZ;
}

uint32_t port_now_ms(void)
{
    return milliseconds_at(TIMER(TIMER_NOW), TICKS_SHIFT);
}

/* The alarm's interrupt is enabled, which makes it end WFI, but never taken: here interrupts are masked. */
void clock_sleep(uint32_t milliseconds)
{
    (void)milliseconds;
    TIMER(TIMER_ENABLE_INTERRUPT) = ALARM_0;
    TIMER(TIMER_ALARM_0) = TIMER(TIMER_NOW) + NAP_US;
    NVIC_ENABLE = 1u << TIMER_INTERRUPT;
    wait_for_interrupt();
    NVIC_DISABLE = 1u << TIMER_INTERRUPT;
    TIMER(TIMER_INTERRUPTS) = ALARM_0;
    NVIC_CLEAR_PENDING = 1u << TIMER_INTERRUPT;
}
