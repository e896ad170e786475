/* SPDX-License-Identifier: Apache-2.0 */
#include "machine.h"

#define BOARD_BUTTONS 0x08u
#define BUTTON_0 1u

PORT_INTERRUPTS interrupts[] = {uart_interrupt};

extern uint8_t _load_area[];
extern uint8_t _load_area_size[];

void machine_start(void)
{
    clock_start();
    line_start();
    reset_start(BM_RESET_POWER_ON);
}

/* The board's UART does not report a break. */
bool port_recovery_is_requested(void)
{
    return (BOARD(BOARD_BUTTONS) & BUTTON_0) != 0;
}

uint8_t *port_load_area(uint32_t *capacity)
{
    *capacity = (uint32_t)(uintptr_t)_load_area_size;
    return _load_area;
}
