/* SPDX-License-Identifier: Apache-2.0 */
#include "machine.h"

/* Arm PL011 technical reference manual (DDI 0183), chapter 3. */
#define UART_DATA 0x00u
#define UART_FLAGS 0x18u
#define UART_DIVISOR 0x24u
#define UART_DIVISOR_64THS 0x28u
#define UART_LINE_CONTROL 0x2cu
#define UART_CONTROL 0x30u
#define UART_RAW_INTERRUPTS 0x3cu
#define UART_DMA_CONTROL 0x48u
#define FLAG_BUSY 0x08u
#define FLAG_TRANSMIT_FULL 0x20u
#define BAUD_64THS 417u /* 12 MHz / 16 / 115200, in 64ths: 6 and 33 / 64 */
#define LINE_8N1_WITH_FIFO 0x70u
#define ENABLE_BOTH_WAYS 0x301u
#define INTERRUPT_BREAK 0x200u
#define DMA_RECEIVE 1u

/* RP2040 datasheet, section 2.5.7. */
#define DMA_READ_ADDRESS 0x00u
#define DMA_WRITE_ADDRESS 0x04u
#define DMA_COUNT 0x08u
#define DMA_CONTROL_AND_START 0x0cu
#define DMA_ENABLE 1u
#define DMA_INCREMENT_WRITE (1u << 5)
#define DMA_RING_BITS(bits) ((bits) << 6 | 1u << 10) /* of the write address */
#define DMA_PACED_BY(request) ((request) << 15)
#define REQUEST_UART0_RECEIVED 21u

/*
 * The DMA controller takes the bytes, as no interrupt can while the flash is busy: a sector takes up to
 * 400 ms, and the UART's own FIFO is full after 3. More than BM_LINE_BUFFER, as the hardware wraps at powers
 * of two.
 */
#define RING_BITS 11u
#define RING_SIZE (1u << RING_BITS)
_Static_assert(RING_SIZE >= BM_LINE_BUFFER, "the ring holds what clients may have in flight");

static uint8_t ring[RING_SIZE] __attribute__((section(".ring"), aligned(RING_SIZE)));
static uint32_t tail;

void line_start(void)
{
    UART(UART_DIVISOR) = BAUD_64THS / 64u;
    UART(UART_DIVISOR_64THS) = BAUD_64THS % 64u;
    UART(UART_LINE_CONTROL) = LINE_8N1_WITH_FIFO;
    UART(UART_CONTROL) = ENABLE_BOTH_WAYS;
    UART(UART_DMA_CONTROL) = DMA_RECEIVE;
    DMA(DMA_READ_ADDRESS) = (uint32_t)(uintptr_t)&UART(UART_DATA);
    DMA(DMA_WRITE_ADDRESS) = (uint32_t)(uintptr_t)ring;
    DMA(DMA_COUNT) = UINT32_MAX; /* four days of a line that never rests; a reset comes sooner */
    DMA(DMA_CONTROL_AND_START) =
        DMA_ENABLE | DMA_INCREMENT_WRITE | DMA_RING_BITS(RING_BITS) | DMA_PACED_BY(REQUEST_UART0_RECEIVED);
}

static uint32_t head(void)
{
    return DMA(DMA_WRITE_ADDRESS) % RING_SIZE;
}

bool line_has_received(void)
{
    return head() != tail;
}

bool line_had_break(void)
{
    return (UART(UART_RAW_INTERRUPTS) & INTERRUPT_BREAK) != 0;
}

size_t port_line_read(uint8_t *to, size_t capacity)
{
    const volatile uint8_t *const received = ring;
    size_t count = 0;
    while (count < capacity && line_has_received()) {
        to[count++] = received[tail];
        tail = (tail + 1) % RING_SIZE;
    }
    return count;
}

void port_line_write(const uint8_t *data, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        while (UART(UART_FLAGS) & FLAG_TRANSMIT_FULL) { }
        UART(UART_DATA) = data[i];
    }
}

void line_flush(void)
{
    while (UART(UART_FLAGS) & FLAG_BUSY) { }
}
