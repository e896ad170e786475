/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BOOTMEND_QEMU_RISCV_VIRT_MACHINE_H
#define BOOTMEND_QEMU_RISCV_VIRT_MACHINE_H

#include <stdbool.h>
#include <stdint.h>

/* The devices of `qemu-system-riscv32 -M virt` (QEMU hw/riscv/virt.c, virt_memmap[]), and access to them. */

#define MACHINE_RESET_DEVICE 0x00100000u /* "sifive,test1" */
#define MACHINE_CLINT 0x02000000u
#define MACHINE_PLIC 0x0c000000u
#define MACHINE_UART 0x10000000u /* NS16550A, registers one byte apart */
#define MACHINE_FLASH_1 0x22000000u
#define MACHINE_PCI_CONFIG 0x30000000u /* ECAM: 4 KiB a function, 32 KiB a device */
#define MACHINE_PCI_WINDOW 0x40000000u

#define MACHINE_UART_INTERRUPT 10u
#define MACHINE_TICKS_PER_MS 10000u /* mtime counts at 10 MHz */

/* Bits of mstatus, mie and mcause (RISC-V privileged architecture 1.12, section 3.1). */
#define MSTATUS_MIE 0x8u
#define MIE_TIMER 0x80u
#define MIE_EXTERNAL 0x800u
#define MCAUSE_EXTERNAL_INTERRUPT 0x8000000bu

static inline uint8_t machine_read8(uint32_t address)
{
    return *(volatile uint8_t *)(uintptr_t)address;
}

static inline void machine_write8(uint32_t address, uint8_t value)
{
    *(volatile uint8_t *)(uintptr_t)address = value;
}

static inline uint16_t machine_read16(uint32_t address)
{
    return *(volatile uint16_t *)(uintptr_t)address;
}

static inline void machine_write16(uint32_t address, uint16_t value)
{
    *(volatile uint16_t *)(uintptr_t)address = value;
}

static inline uint32_t machine_read32(uint32_t address)
{
    return *(volatile uint32_t *)(uintptr_t)address;
}

static inline void machine_write32(uint32_t address, uint32_t value)
{
    *(volatile uint32_t *)(uintptr_t)address = value;
}

/* Returns what machine_restore_interrupts() wants back. The clobber keeps the compiler from moving accesses.
 */
static inline uint32_t machine_mask_interrupts(void)
{
    uint32_t before;
    __asm__ volatile("csrrci %0, mstatus, 8" : "=r"(before) : : "memory");
    return before & MSTATUS_MIE;
}

static inline void machine_restore_interrupts(uint32_t before)
{
    __asm__ volatile("csrs mstatus, %0" : : "r"(before) : "memory");
}

/* --- clock.c ---------------------------------------------------------------------------------------------
 */

void clock_start(void);
uint64_t clock_ticks(void);
uint64_t clock_deadline(uint32_t timeout_ms);

/* Sleeps until an enabled interrupt is pending or the deadline has passed. Interrupts must be masked. */
void clock_sleep(uint64_t deadline);

/* --- line.c ----------------------------------------------------------------------------------------------
 */

void line_start(void);
void line_service(void); /* the UART's interrupt */
bool line_has_break(void); /* since the reset */

/*
 * After every flash operation: QEMU 7.2 waits for the image file in the thread of the processor, and there
 * may swallow the message that tells its main loop of a new timer, or of room in the UART. The main loop then
 * sleeps for ever, and so does the machine in its next WFI. Reading the receiver sends the message again.
 */
void line_wake_emulator(void);
void line_flush(void); /* waits, within the same bound as a write, until the last bit is out */

/* --- pci.c -----------------------------------------------------------------------------------------------
 */

/* Address of the configuration space of the device with this id (device << 16 | vendor); 0 when there is
 * none. */
uint32_t pci_find(uint32_t id);

/* --- watchdog.c ------------------------------------------------------------------------------------------
 */

bool watchdog_start(void); /* finds the device and maps it; false when the machine has none */
bool watchdog_take_bite(void); /* the last reset was the watchdog's; reading clears the flag */

/* --- reset.c ---------------------------------------------------------------------------------------------
 */

void reset_start(void); /* works out the reason of the last reset; after watchdog_start() */
_Noreturn void reset_after_crash(uint32_t cause, uint32_t pc, uint32_t value);

/* --- trap.c ----------------------------------------------------------------------------------------------
 */

void machine_start(void); /* called by startup.S before main() */
void trap_handle(uint32_t cause, uint32_t pc, uint32_t value);

#endif
