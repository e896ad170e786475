/* SPDX-License-Identifier: Apache-2.0 */
#include "bootmend/bootloader.h"

#include "boot_policy.h"
#include "boot_services_impl.h"
#include "smp_server.h"

#define RECOVERY_IDLE_MS 1000u

static _Noreturn void serve_recovery(void)
{
    static const uint8_t banner[] = "\nBootmend recovery\n";
    static struct smp_server server;
    port_line_write(banner, sizeof banner - 1);
    smp_server_init(&server, &boot_services_table);
    for (;;) {
        smp_server_poll(&server);
        port_watchdog_kick();
        port_idle(RECOVERY_IDLE_MS);
    }
}

void bootloader_run(void)
{
    boot_session_open();
    uint8_t slot = boot_policy_decide();
    if (slot == BM_SLOT_NONE) {
        serve_recovery();
    }
    port_start_payload(boot.images[slot].payload, boot.images[slot].payload_length, &boot_services_table);
}
