/* SPDX-License-Identifier: Apache-2.0 */
#include "cortex_m.h"

#define SYSTEM_HANDLERS 15u

/* bootloader.ld */
extern uint32_t _data_load[];
extern uint32_t _data[];
extern uint32_t _data_end[];
extern uint32_t _bss[];
extern uint32_t _bss_end[];
extern uint32_t _handler_stack_top[];

int main(void);
void reset_handle(void);

/* ARMv6-M Architecture Reference Manual, B1.5.3: the stack pointer, then the handlers by exception number. */
struct system_vectors {
    const uint32_t *stack;
    interrupt_handler handlers[SYSTEM_HANDLERS];
};

__attribute__((section(".vectors"), used)) static const struct system_vectors vectors = {
    .stack = _handler_stack_top,
    .handlers = {reset_handle, nmi_handle, crash_handle, crash_handle, crash_handle, crash_handle,
                 crash_handle, crash_handle, crash_handle, crash_handle, crash_handle, crash_handle,
                 crash_handle, crash_handle, crash_handle},
};

__attribute__((used)) static void start(void)
{
    uint32_t *from = _data_load;
    for (uint32_t *to = _data; to < _data_end; to++) {
        *to = *from++;
    }
    for (uint32_t *to = _bss; to < _bss_end; to++) {
        *to = 0;
    }
    machine_start();
    unmask_interrupts();
    main();
    crash_handle();
}

/* To the process stack, before the first C function with a frame. */
__attribute__((naked)) void reset_handle(void)
{
    __asm__("cpsid i\n"
            "ldr r0, =_stack_top\n"
            "msr psp, r0\n"
            "movs r0, #2\n"
            "msr control, r0\n"
            "isb\n"
            "bl start\n"
            ".ltorg");
}

void set_registers(const struct register_setting *settings, size_t count)
{
    for (const struct register_setting *end = settings + count; settings < end; settings++) {
        REGISTER(settings->address) = settings->value;
    }
}

void crash_handle(void)
{
    reset_with_note(BM_RESET_CRASH);
}

__attribute__((weak, alias("crash_handle"))) void nmi_handle(void);
