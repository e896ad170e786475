/* SPDX-License-Identifier: Apache-2.0 */
#include "bootmend/port.h"
#include "machine.h"

/* NS16550A (Texas Instruments SLLS057D, table 3). */
#define UART_DATA (MACHINE_UART + 0u)
#define UART_INTERRUPT_ENABLE (MACHINE_UART + 1u)
#define UART_DIVISOR_LOW (MACHINE_UART + 0u)
#define UART_DIVISOR_HIGH (MACHINE_UART + 1u)
#define UART_INTERRUPT_ID (MACHINE_UART + 2u)
#define UART_FIFO_CONTROL (MACHINE_UART + 2u)
#define UART_LINE_CONTROL (MACHINE_UART + 3u)
#define UART_MODEM_CONTROL (MACHINE_UART + 4u)
#define UART_LINE_STATUS (MACHINE_UART + 5u)

#define ENABLE_RECEIVED 0x01u
#define ENABLE_TRANSMITTER_EMPTY 0x02u
#define FIFO_ENABLE_AND_CLEAR 0xc7u /* interrupts at 14 bytes, or when no more have come for 4 characters */
#define LINE_8N1 0x03u
#define LINE_DIVISOR_ACCESS 0x80u
#define DIVISOR_115200 1u /* QEMU paces only that time-out by it: 0.35 ms */
#define MODEM_DTR_RTS 0x03u
#define STATUS_DATA_READY 0x01u
#define STATUS_BREAK 0x10u
#define STATUS_FIFO_EMPTY 0x20u
#define STATUS_ALL_SENT 0x40u
#define TRANSMIT_FIFO_SIZE 16u

#define PLIC_PRIORITY (MACHINE_PLIC + 4u * MACHINE_UART_INTERRUPT)
#define PLIC_ENABLE (MACHINE_PLIC + 0x2000u)
#define PLIC_THRESHOLD (MACHINE_PLIC + 0x200000u)
#define PLIC_CLAIM (MACHINE_PLIC + 0x200004u)

/*
 * A host that does not read for this long is gone: QEMU's socket is full, and what cannot be sent is dropped,
 * as on a wire that nobody listens to. Longer than a busy host needs, shorter than any watchdog.
 */
#define STALL_LIMIT_MS 1500u

#define SILENCE_MS 2u

/* At least BM_LINE_BUFFER, and a power of two. */
#define RING_SIZE 2048u

static uint8_t ring[RING_SIZE];
static volatile uint32_t ring_head; /* free running; written by the interrupt */
static volatile uint32_t ring_tail; /* free running; written by the reader */
static uint8_t interrupts; /* as in UART_INTERRUPT_ENABLE */
static bool has_break; /* since the reset */
static bool is_stalled; /* nobody has read since a write gave up */

static void enable_interrupts(uint8_t enabled)
{
    interrupts = enabled;
    machine_write8(UART_INTERRUPT_ENABLE, enabled);
}

static bool has_room(void)
{
    return ring_head - ring_tail < RING_SIZE;
}

static void keep(uint8_t byte)
{
    ring[ring_head % RING_SIZE] = byte;
    ring_head = ring_head + 1;
}

/* A break is told once, by this read, and comes with a zero byte. */
static bool has_received(void)
{
    uint8_t status = machine_read8(UART_LINE_STATUS);
    if (status & STATUS_BREAK) {
        has_break = true;
        (void)machine_read8(UART_DATA);
        status = machine_read8(UART_LINE_STATUS);
    }
    return (status & STATUS_DATA_READY) != 0;
}

static void drain_receiver(void)
{
    while (has_received()) {
        if (!has_room()) {
            /* The rest waits in the UART and holds the sender back until port_line_read() makes room. */
            enable_interrupts(interrupts & (uint8_t)~ENABLE_RECEIVED);
            return;
        }
        keep(machine_read8(UART_DATA));
    }
}

void line_wake_emulator(void)
{
    const uint32_t before = machine_mask_interrupts();
    drain_receiver();
    if (has_room()) {
        /* Zero when there is nothing, which is no byte of a text line. */
        const uint8_t late = machine_read8(UART_DATA);
        if (late != 0) {
            keep(late);
        }
    }
    machine_restore_interrupts(before);
}

void line_service(void)
{
    /* Claimed before it is drained: the PLIC of QEMU 7.2 forgets a level that falls before the claim. */
    const uint32_t claimed = machine_read32(PLIC_CLAIM);
    if (claimed == 0) {
        return;
    }
    (void)machine_read8(UART_INTERRUPT_ID); /* acknowledges "transmitter empty" */
    drain_receiver();
    machine_write32(PLIC_CLAIM, claimed);
}

/*
 * Enabling the FIFO empties the UART. What a client has sent before waits in QEMU, and comes byte by byte as
 * it is read here; the FIFO is enabled in the silence behind it.
 */
static void take_early_bytes(void)
{
    const uint32_t room_until = ring_tail + RING_SIZE;
    uint64_t deadline = clock_deadline(SILENCE_MS);
    while (clock_ticks() < deadline && ring_head != room_until) {
        const uint32_t seen = ring_head;
        clock_sleep(deadline);
        line_service();
        deadline = ring_head != seen ? clock_deadline(SILENCE_MS) : deadline;
    }
}

void line_start(void)
{
    machine_write8(UART_INTERRUPT_ENABLE, 0);
    machine_write8(UART_LINE_CONTROL, LINE_DIVISOR_ACCESS | LINE_8N1);
    machine_write8(UART_DIVISOR_LOW, DIVISOR_115200);
    machine_write8(UART_DIVISOR_HIGH, 0);
    machine_write8(UART_LINE_CONTROL, LINE_8N1);
    machine_write8(UART_MODEM_CONTROL, MODEM_DTR_RTS);
    machine_write32(PLIC_PRIORITY, 1);
    machine_write32(PLIC_ENABLE, 1u << MACHINE_UART_INTERRUPT);
    machine_write32(PLIC_THRESHOLD, 0);
    enable_interrupts(ENABLE_RECEIVED);
    if (has_received()) {
        take_early_bytes();
    }
    machine_write8(UART_FIFO_CONTROL, FIFO_ENABLE_AND_CLEAR);
}

bool line_has_break(void)
{
    return has_break;
}

size_t port_line_read(uint8_t *to, size_t capacity)
{
    size_t count = 0;
    while (count < capacity && ring_tail != ring_head) {
        to[count++] = ring[ring_tail % RING_SIZE];
        ring_tail = ring_tail + 1;
    }
    const uint32_t before = machine_mask_interrupts();
    if (count > 0 && !(interrupts & ENABLE_RECEIVED)) {
        enable_interrupts(interrupts | ENABLE_RECEIVED);
    }
    machine_restore_interrupts(before);
    return count;
}

/* Works with interrupts masked too, as in the trap handler: it serves the UART itself. */
static bool wait_for_status(uint8_t wanted)
{
    const uint64_t deadline = clock_deadline(is_stalled ? 0 : STALL_LIMIT_MS);
    const uint32_t before = machine_mask_interrupts();
    enable_interrupts(interrupts | ENABLE_TRANSMITTER_EMPTY);
    bool is_reached;
    while (!(is_reached = (machine_read8(UART_LINE_STATUS) & wanted) != 0) && clock_ticks() < deadline) {
        clock_sleep(deadline);
        line_service();
    }
    enable_interrupts(interrupts & (uint8_t)~ENABLE_TRANSMITTER_EMPTY);
    machine_restore_interrupts(before);
    is_stalled = !is_reached;
    return is_reached;
}

void port_line_write(const uint8_t *data, size_t length)
{
    size_t sent = 0;
    while (sent < length) {
        if (machine_read8(UART_LINE_STATUS) & STATUS_FIFO_EMPTY) {
            is_stalled = false;
        } else if (!wait_for_status(STATUS_FIFO_EMPTY)) {
            return;
        }
        for (uint32_t room = TRANSMIT_FIFO_SIZE; room > 0 && sent < length; room--) {
            machine_write8(UART_DATA, data[sent++]);
        }
    }
}

void line_flush(void)
{
    if (!(machine_read8(UART_LINE_STATUS) & STATUS_ALL_SENT)) {
        wait_for_status(STATUS_ALL_SENT);
    }
}

void port_idle(uint32_t timeout_ms)
{
    const uint64_t deadline = clock_deadline(timeout_ms);
    bool is_awake = false;
    while (!is_awake) {
        /* Masked from the look at the ring until WFI: a byte in between ends WFI instead of being missed. */
        const uint32_t before = machine_mask_interrupts();
        is_awake = ring_head != ring_tail || clock_ticks() >= deadline;
        if (!is_awake) {
            clock_sleep(deadline);
            line_service();
        }
        machine_restore_interrupts(before);
    }
}
