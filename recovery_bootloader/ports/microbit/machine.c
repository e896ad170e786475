/* SPDX-License-Identifier: Apache-2.0 */
#include "machine.h"

#define GPIO_IN 0x510u
#define GPIO_CONFIG(pin) (0x700u + 4u * (pin))
#define CONFIG_INPUT_PULL_UP 0x0000000cu

#define UART_ERROR_SOURCE 0x480u
#define ERROR_BREAK 8u

PORT_INTERRUPTS interrupts[] = {crash_handle, crash_handle, uart_interrupt};

void machine_start(void)
{
    GPIO(GPIO_CONFIG(PIN_BUTTON_A)) = CONFIG_INPUT_PULL_UP;
    clock_start();
    line_start();
    reset_start(watchdog_reset_reason());
}

bool port_recovery_is_requested(void)
{
    return (GPIO(GPIO_IN) & (1u << PIN_BUTTON_A)) == 0 || (UART(UART_ERROR_SOURCE) & ERROR_BREAK) != 0;
}

uint8_t *port_load_area(uint32_t *capacity)
{
    *capacity = 0;
    return NULL;
}
