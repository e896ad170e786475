/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BOOTMEND_MICROBIT_MACHINE_H
#define BOOTMEND_MICROBIT_MACHINE_H

#include "cortex_m.h"

/* nRF51822 (nRF51 Series Reference Manual 3.0): each peripheral has 4 KiB and the interrupt of its number. */
#define POWER_AND_CLOCK 0x40000000u
#define UART_0 0x40002000u
#define TIMER_0 0x40008000u
#define POWER(offset) REGISTER(POWER_AND_CLOCK + (offset))
#define UART(offset) REGISTER(UART_0 + (offset))
#define TIMER(offset) REGISTER(TIMER_0 + (offset))
#define WATCHDOG(offset) REGISTER(0x40010000u + (offset))
#define NVMC(offset) REGISTER(0x4001e000u + (offset))
#define GPIO(offset) REGISTER(0x50000000u + (offset))

#define UART_INTERRUPT 2u
#define TIMER_INTERRUPT 8u

/* micro:bit 1.5 schematic. */
#define PIN_BUTTON_A 17u /* pulled up; low when pressed */
#define PIN_LINE_OUT 24u
#define PIN_LINE_IN 25u

void line_start(void);
void clock_start(void);
enum bm_reset_reason watchdog_reset_reason(void);

void uart_interrupt(void);

#endif
