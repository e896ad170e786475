/* SPDX-License-Identifier: Apache-2.0 */
#include "machine.h"

#define RESETS_ACTIVE 0x0u
#define RESETS_DONE 0x8u
#define NEEDED_BLOCKS (1u << 2 | 1u << 5 | 1u << 8 | 1u << 21 | 1u << 22) /* DMA, I/O, pads, timer, UART0 */

#define FUNCTION_UART 2u
#define FUNCTION_SOFTWARE 5u
#define PAD_INPUT_PULLED_UP 0x4au /* input enabled, pulled up, Schmitt trigger */

PORT_INTERRUPTS interrupts[] = {crash_handle};

/* Vectors behind the second stage, which is where it has left them. */
void machine_start(void)
{
    clock_start();
    RESETS(RESETS_ACTIVE) = RESETS(RESETS_ACTIVE) & ~NEEDED_BLOCKS;
    while ((RESETS(RESETS_DONE) & NEEDED_BLOCKS) != NEEDED_BLOCKS) { }
    GPIO_FUNCTION(PIN_LINE_OUT) = FUNCTION_UART;
    GPIO_FUNCTION(PIN_LINE_IN) = FUNCTION_UART;
    GPIO_PAD(PIN_LINE_IN) = PAD_INPUT_PULLED_UP;
    GPIO_FUNCTION(PIN_RECOVERY) = FUNCTION_SOFTWARE;
    GPIO_PAD(PIN_RECOVERY) = PAD_INPUT_PULLED_UP;
    line_start();
    reset_start(watchdog_reset_reason());
}

bool port_recovery_is_requested(void)
{
    return (GPIO_IN & (1u << PIN_RECOVERY)) == 0 || line_had_break();
}

uint8_t *port_load_area(uint32_t *capacity)
{
    *capacity = 0;
    return NULL;
}
