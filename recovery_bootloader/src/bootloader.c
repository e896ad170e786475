/* SPDX-License-Identifier: Apache-2.0 */
#include "bootmend/bootloader.h"

#include "boot_policy.h"
#include "boot_services_impl.h"
#include "mem.h"
#include "smp_server.h"

#define RECOVERY_IDLE_MS 1000u

static struct boot_session session;

static void say(const char *text)
{
    port_line_write((const uint8_t *)text, text_length(text, SIZE_MAX));
}

static _Noreturn void serve_recovery(const struct boot_services *services)
{
    static struct smp_server server;
    say("\nBootmend recovery\n");
    smp_server_init(&server, services, NULL);
    for (;;) {
        smp_server_poll(&server);
        services->watchdog_kick();
        services->idle(RECOVERY_IDLE_MS);
    }
}

void bootloader_run(void)
{
    const struct boot_services *services = boot_services_for(&session);
    boot_session_open(&session);
    uint8_t slot = boot_policy_decide(&session);
    if (slot == BM_SLOT_NONE) {
        serve_recovery(services);
    }
    port_start_payload(session.images[slot].payload, session.images[slot].payload_length, services);
}
