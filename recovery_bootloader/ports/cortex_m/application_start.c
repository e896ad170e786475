/* SPDX-License-Identifier: Apache-2.0 */
#include "bootmend/boot_services.h"

/* application.ld */
extern uint32_t _stack_top[];
extern uint32_t _data_load[];
extern uint32_t _data[];
extern uint32_t _data_end[];
extern uint32_t _bss[];
extern uint32_t _bss_end[];

void application_entry(const struct boot_services *services);

struct application_head {
    const uint32_t *stack;
    void (*entry)(const struct boot_services *services);
};

/* See port_start_payload(). */
__attribute__((section(".head"), used)) static const struct application_head head = {
    .stack = _stack_top,
    .entry = application_entry,
};

void application_entry(const struct boot_services *services)
{
    const uint32_t *from = _data_load;
    for (uint32_t *to = _data; to < _data_end; to++) {
        *to = *from++;
    }
    for (uint32_t *to = _bss; to < _bss_end; to++) {
        *to = 0;
    }
    bootmend_app_start(services);
}
