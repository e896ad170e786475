/* SPDX-License-Identifier: Apache-2.0 */
#include "cortex_m.h"

/*
 * A payload begins as every program for Cortex-M does: with the initial stack pointer, and the address of its
 * entry. Vectors and interrupts remain the bootloader's, until the application takes them; so do handlers'
 * stack and thread mode on the process stack. An entry that returns meets an undefined instruction: a crash.
 */
BM_NORETURN void port_start_payload(const uint8_t *payload, uint32_t length,
                                    const struct boot_services *services)
{
    (void)length;
    const uint32_t *const head = (const uint32_t *)(uintptr_t)payload;
    register const struct boot_services *argument __asm__("r0") = services;
    __asm__ volatile("dsb\n"
                     "msr psp, %1\n"
                     "isb\n"
                     "blx %2\n"
                     "udf #0\n"
                     :
                     : "r"(argument), "r"(head[0]), "r"(head[1])
                     : "memory");
    __builtin_unreachable();
}
