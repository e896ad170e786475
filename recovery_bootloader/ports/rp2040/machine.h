/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BOOTMEND_RP2040_MACHINE_H
#define BOOTMEND_RP2040_MACHINE_H

#include "cortex_m.h"

/* RP2040 datasheet, section 2.2 (addresses), and the section of each peripheral. */
#define FLASH_WINDOW 0x10000000u /* 2.6.3; read in place */
#define FLASH_INTERFACE(offset) REGISTER(0x18000000u + (offset)) /* 4.10, SSI */
#define CLOCKS(offset) REGISTER(0x40008000u + (offset)) /* 2.15 */
#define RESETS(offset) REGISTER(0x4000c000u + (offset)) /* 2.14 */
#define POWER_SEQUENCE(offset) REGISTER(0x40010000u + (offset)) /* 2.13 */
#define GPIO_FUNCTION(pin) REGISTER(0x40014004u + 8u * (pin)) /* 2.19.6.1 */
#define GPIO_PAD(pin) REGISTER(0x4001c004u + 4u * (pin)) /* 2.19.6.3 */
#define CRYSTAL(offset) REGISTER(0x40024000u + (offset)) /* 2.16 */
#define UART(offset) REGISTER(0x40034000u + (offset)) /* 4.2, UART0: Arm PL011 */
#define TIMER(offset) REGISTER(0x40054000u + (offset)) /* 4.6 */
#define WATCHDOG(offset) REGISTER(0x40058000u + (offset)) /* 4.7 */
#define CHIP_RESET REGISTER(0x40064008u) /* 2.12 */
#define DMA(offset) REGISTER(0x50000000u + (offset)) /* 2.5; channel 0 comes first */
#define GPIO_IN REGISTER(0xd0000004u) /* 2.3.1 */

#define PIN_LINE_OUT 0u
#define PIN_LINE_IN 1u
#define PIN_RECOVERY 15u /* to ground when the recovery mode is wanted; pulled up */

#define TIMER_INTERRUPT 0u
#define CRYSTAL_MHZ 12u

void line_start(void);
bool line_had_break(void);
void clock_start(void);
enum bm_reset_reason watchdog_reset_reason(void);

#endif
