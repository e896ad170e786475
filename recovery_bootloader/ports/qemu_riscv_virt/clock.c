/* SPDX-License-Identifier: Apache-2.0 */
#include "bootmend/port.h"
#include "machine.h"

#define MTIMECMP_LOW (MACHINE_CLINT + 0x4000u)
#define MTIMECMP_HIGH (MACHINE_CLINT + 0x4004u)
#define MTIME_LOW (MACHINE_CLINT + 0xbff8u)
#define MTIME_HIGH (MACHINE_CLINT + 0xbffcu)

static uint64_t start_ticks;

uint64_t clock_ticks(void)
{
    uint32_t high;
    uint32_t low;
    do {
        high = machine_read32(MTIME_HIGH);
        low = machine_read32(MTIME_LOW);
    } while (machine_read32(MTIME_HIGH) != high);
    return ((uint64_t)high << 32) | low;
}

static void set_alarm(uint64_t ticks)
{
    /* The highest low word first: no value in between lies in the past. */
    machine_write32(MTIMECMP_LOW, UINT32_MAX);
    machine_write32(MTIMECMP_HIGH, (uint32_t)(ticks >> 32));
    machine_write32(MTIMECMP_LOW, (uint32_t)ticks);
}

void clock_start(void)
{
    set_alarm(UINT64_MAX);
    start_ticks = clock_ticks();
}

uint64_t clock_deadline(uint32_t timeout_ms)
{
    return clock_ticks() + (uint64_t)timeout_ms * MACHINE_TICKS_PER_MS;
}

void clock_sleep(uint64_t deadline)
{
    /* A pending timer interrupt ends WFI although it is masked; it is never taken. */
    set_alarm(deadline);
    __asm__ volatile("csrs mie, %0" : : "r"(MIE_TIMER));
    __asm__ volatile("wfi" : : : "memory");
    __asm__ volatile("csrc mie, %0" : : "r"(MIE_TIMER));
    set_alarm(UINT64_MAX);
}

uint32_t port_now_ms(void)
{
    return (uint32_t)((clock_ticks() - start_ticks) / MACHINE_TICKS_PER_MS);
}
