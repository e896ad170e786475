/* SPDX-License-Identifier: Apache-2.0 */
#include "machine.h"

/* CMSDK technical reference manual (DDI 0479), section 4.3. */
#define UART_DATA 0x00u
#define UART_STATE 0x04u
#define UART_CONTROL 0x08u
#define UART_INTERRUPT_CLEAR 0x0cu
#define UART_DIVISOR 0x10u
#define STATE_TRANSMIT_FULL 1u
#define STATE_RECEIVE_FULL 2u
#define CONTROL_DEAF 3u /* transmits, and receives without an interrupt */
#define CONTROL_ALL 11u
#define INTERRUPT_RECEIVED 2u
#define DIVISOR_115200 217u /* of 25 MHz */
#define CHARACTER_MS 1u

/* A host that does not read for this long is gone: see the microbit's line. */
#define STALL_LIMIT_MS 1500u

static bool is_stalled; /* the last byte was given up */

void line_start(void)
{
    UART(UART_DIVISOR) = DIVISOR_115200;
    UART(UART_CONTROL) = CONTROL_ALL;
    NVIC_ENABLE = 1u << UART_RECEIVE_INTERRUPT;
}

void uart_interrupt(void)
{
    UART(UART_INTERRUPT_CLEAR) = INTERRUPT_RECEIVED;
    while (UART(UART_STATE) & STATE_RECEIVE_FULL) {
        if (!line_ring_has_room()) {
            UART(UART_CONTROL) = CONTROL_DEAF;
            return;
        }
        line_ring_put((uint8_t)UART(UART_DATA));
    }
}

/* A byte that came while the ring was full raised its interrupt then, so the ring is filled by hand. */
void line_resume(void)
{
    if (UART(UART_CONTROL) != CONTROL_ALL) {
        mask_interrupts();
        UART(UART_CONTROL) = CONTROL_ALL;
        uart_interrupt();
        unmask_interrupts();
    }
}

static void wait_until_free(void)
{
    const uint32_t start = port_now_ms();
    const uint32_t limit = is_stalled ? 0 : STALL_LIMIT_MS;
    do {
        is_stalled = (UART(UART_STATE) & STATE_TRANSMIT_FULL) != 0;
    } while (is_stalled && port_now_ms() - start < limit);
}

void port_line_write(const uint8_t *data, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        wait_until_free();
        if (is_stalled) {
            return;
        }
        UART(UART_DATA) = data[i];
    }
}

/* The buffer says when it is free, and the shift register behind it says nothing. */
void line_flush(void)
{
    wait_until_free();
    const uint32_t start = port_now_ms();
    while (port_now_ms() - start <= CHARACTER_MS) { }
}
