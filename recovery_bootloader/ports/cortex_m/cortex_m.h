/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BOOTMEND_CORTEX_M_H
#define BOOTMEND_CORTEX_M_H

#include "bootmend/port.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * What the ports for Cortex-M share: vectors and start-up, resets and their reasons, the ring that received
 * bytes wait in, idling. Bootloader and application run in thread mode on the process stack, which starts at
 * the end of RAM; interrupts and faults have the main stack, so that they work whatever the application did
 * to its own.
 */

#define REGISTER(address) (*(volatile uint32_t *)(uintptr_t)(address))

/* ARMv6-M and ARMv7-M Architecture Reference Manuals, "System Control Space". */
#define NVIC_ENABLE_ADDRESS 0xe000e100u
#define NVIC_ENABLE REGISTER(NVIC_ENABLE_ADDRESS)
#define NVIC_DISABLE REGISTER(0xe000e180u)
#define NVIC_CLEAR_PENDING REGISTER(0xe000e280u)
#define SCB_VECTOR_TABLE REGISTER(0xe000ed08u)
#define SCB_RESET_CONTROL REGISTER(0xe000ed0cu)
#define RESET_REQUEST 0x05fa0004u

typedef void (*interrupt_handler)(void);

/* The port's interrupts stand behind the system's 16 entries, from number 0 on. */
#define PORT_INTERRUPTS __attribute__((section(".vectors.port"), used)) static const interrupt_handler

static inline void mask_interrupts(void)
{
    __asm__ volatile("cpsid i" : : : "memory");
}

static inline void unmask_interrupts(void)
{
    __asm__ volatile("cpsie i" : : : "memory");
}

/* A pending interrupt ends it, also a masked one. */
static inline void wait_for_interrupt(void)
{
    __asm__ volatile("dsb\nwfi" : : : "memory");
}

/* Registers that are set once: a table of them takes less room than the instructions would. */
struct register_setting {
    uint32_t address;
    uint32_t value;
};
void set_registers(const struct register_setting *settings, size_t count);

/* Aligned, and inside the flash; `unit` is a power of two. */
static inline bool is_flash_range(uint32_t flash_size, uint32_t offset, size_t length, uint32_t unit)
{
    return ((offset | length) & (unit - 1)) == 0 && offset <= flash_size && length <= flash_size - offset;
}

/* --- startup.c --- */

/* Of any fault, and of an interrupt that nobody serves: a reset for BM_RESET_CRASH. */
void crash_handle(void);
/* The non-maskable interrupt; crash_handle() unless the port has its own. */
void nmi_handle(void);

/* --- reset.c --- */

/* `told` is what the machine's own registers say, BM_RESET_POWER_ON when they say nothing of interest. */
void reset_start(enum bm_reset_reason told);
_Noreturn void reset_with_note(enum bm_reset_reason note);
/* Begins the reset of the whole machine; the processor's system reset unless the port has its own. */
void machine_reset(void);

/* --- line_ring.c: an interrupt fills it, port_line_read() empties it --- */

/* One place stays free, which tells a full ring from an empty one. */
#define LINE_RING_SIZE (BM_LINE_BUFFER + 1u)

struct line_ring {
    volatile uint32_t head; /* written by the interrupt */
    volatile uint32_t tail; /* written by the reader */
    uint8_t bytes[LINE_RING_SIZE];
};
extern struct line_ring line_ring;

uint32_t line_ring_behind(uint32_t place);

static inline bool line_ring_has_room(void)
{
    return line_ring_behind(line_ring.head) != line_ring.tail;
}

/* Only when there is room. */
static inline void line_ring_put(uint8_t byte)
{
    const uint32_t place = line_ring.head;
    line_ring.bytes[place] = byte;
    line_ring.head = line_ring_behind(place);
}

/* --- milliseconds.c --- */

/*
 * For clocks that count 1 << shift ticks in 1.024 ms: the time in ms since their zero, exact to 0.05 %. Wraps
 * as a uint32_t does, whatever the clock's own wrap; to be called more often than that.
 */
uint32_t milliseconds_at(uint32_t ticks, uint32_t shift);

/* --- What each port has --- */

void machine_start(void); /* before main(), interrupts masked */
bool line_has_received(void);
void line_resume(void); /* port_line_read() has made room */
void line_flush(void); /* waits until the last bit is out */
/* Sleeps, with interrupts masked, until one is pending or that time has passed; may return early. */
void clock_sleep(uint32_t milliseconds);

#endif
