/* SPDX-License-Identifier: Apache-2.0 */
#include "machine.h"

void machine_start(void)
{
    clock_start();
    /* First, as a byte that arrives before its FIFO is enabled may get lost. */
    __asm__ volatile("csrs mie, %0" : : "r"(MIE_EXTERNAL));
    line_start();
    watchdog_start();
    reset_start();
    machine_restore_interrupts(MSTATUS_MIE);
}

void trap_handle(uint32_t cause, uint32_t pc, uint32_t value)
{
    if (cause == MCAUSE_EXTERNAL_INTERRUPT) {
        line_service();
        return;
    }
    reset_after_crash(cause, pc, value);
}
