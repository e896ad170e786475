/* SPDX-License-Identifier: Apache-2.0 */
#include "bootmend/port.h"
#include "machine.h"

/* The rest of the load area is the application's: its cleared data and its stack, which grows down. */
#define LOAD_CAPACITY (8u * 1024u * 1024u)

extern uint8_t _load_area[];
extern uint8_t _ram_end[];

uint8_t *port_load_area(uint32_t *capacity)
{
    *capacity = LOAD_CAPACITY;
    return _load_area;
}

/*
 * The application inherits the trap vector and the line's interrupt: its services run in the bootloader. When
 * its entry returns, the illegal instruction behind the call makes a crash of it.
 */
BM_NORETURN void port_start_payload(const uint8_t *payload, uint32_t length,
                                    const struct boot_services *services)
{
    (void)length;
    register const struct boot_services *argument __asm__("a0") = services;
    __asm__ volatile("fence.i\n"
                     "mv sp, %1\n"
                     "jalr %2\n"
                     "unimp\n"
                     :
                     : "r"(argument), "r"(_ram_end), "r"(payload)
                     : "memory");
    __builtin_unreachable();
}
