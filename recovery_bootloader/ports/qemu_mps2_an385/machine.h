/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BOOTMEND_QEMU_MPS2_AN385_MACHINE_H
#define BOOTMEND_QEMU_MPS2_AN385_MACHINE_H

#include "cortex_m.h"

/* Arm MPS2 with application note AN385 (DAI 0385), and Arm's CMSDK peripherals (DDI 0479). */
#define TIMER(offset) REGISTER(0x40000000u + (offset))
#define UART(offset) REGISTER(0x40004000u + (offset))
#define WATCHDOG(offset) REGISTER(0x40008000u + (offset))
#define BOARD(offset) REGISTER(0x40028000u + (offset)) /* FPGA system control and I/O */

#define UART_RECEIVE_INTERRUPT 0u
#define TIMER_INTERRUPT 8u
#define TICKS_PER_MS 25000u
#define TICKS_LIMIT_MS 0x20000u /* that many ms still fit into a 32-bit number of ticks */

void line_start(void);
void clock_start(void);

void uart_interrupt(void);

#endif
