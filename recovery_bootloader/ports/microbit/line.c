/* SPDX-License-Identifier: Apache-2.0 */
#include "machine.h"

/* Nordic's reference manual, section 29. */
#define UART_START_RECEIVER 0x000u
#define UART_START_TRANSMITTER 0x008u
#define UART_RECEIVED 0x108u
#define UART_SENT 0x11cu
#define UART_ENABLE_INTERRUPT 0x304u
#define UART_DISABLE_INTERRUPT 0x308u
#define UART_ENABLE 0x500u
#define UART_SELECT_TXD 0x50cu
#define UART_SELECT_RXD 0x514u
#define UART_RXD 0x518u
#define UART_TXD 0x51cu
#define UART_BAUD_RATE 0x524u
#define RECEIVED 4u
#define ENABLED 4u
#define BAUD_RATE_115200 0x01d7e000u

/*
 * Only an emulated line stands still when nobody reads it. A host that does not for this long is gone, and
 * what cannot be sent is dropped; longer than a busy host needs, shorter than the watchdog.
 */
#define STALL_LIMIT_MS 1500u

static bool is_stalled; /* the last byte was given up */

void line_start(void)
{
    static const struct register_setting settings[] = {
        {UART_0 + UART_SELECT_TXD, PIN_LINE_OUT},
        {UART_0 + UART_SELECT_RXD, PIN_LINE_IN},
        {UART_0 + UART_BAUD_RATE, BAUD_RATE_115200},
        {UART_0 + UART_ENABLE, ENABLED},
        {UART_0 + UART_START_TRANSMITTER, 1},
        {UART_0 + UART_START_RECEIVER, 1},
        {UART_0 + UART_SENT, 1}, /* as if; each byte waits for the one before */
        {UART_0 + UART_ENABLE_INTERRUPT, RECEIVED},
        {NVIC_ENABLE_ADDRESS, 1u << UART_INTERRUPT},
    };
    set_registers(settings, sizeof settings / sizeof settings[0]);
}

void uart_interrupt(void)
{
    while (UART(UART_RECEIVED) != 0) {
        if (!line_ring_has_room()) {
            /* The rest waits in the UART, as far as it holds it, until line_resume(). */
            UART(UART_DISABLE_INTERRUPT) = RECEIVED;
            return;
        }
        UART(UART_RECEIVED) = 0;
        line_ring_put((uint8_t)UART(UART_RXD));
    }
}

void line_resume(void)
{
    UART(UART_ENABLE_INTERRUPT) = RECEIVED;
}

void line_flush(void)
{
    const uint32_t start = port_now_ms();
    const uint32_t limit = is_stalled ? 0 : STALL_LIMIT_MS;
    do {
        is_stalled = UART(UART_SENT) == 0;
    } while (is_stalled && port_now_ms() - start < limit);
}

void port_line_write(const uint8_t *data, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        line_flush();
        if (is_stalled) {
            return;
        }
        UART(UART_SENT) = 0;
        UART(UART_TXD) = data[i];
    }
}
