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

static _Noreturn void start(const struct boot_decision *decision)
{
    uint32_t capacity = 0;
    boot_policy_start(&session, decision);
    port_start_payload(port_load_area(&capacity), session.images[decision->slot].payload_length,
                       boot_services_for(&session, BM_STAGE_APPLICATION));
}

static _Noreturn void serve_recovery(const struct boot_decision *decision)
{
    static struct smp_server server;
    const struct boot_services *services = boot_services_for(&session, BM_STAGE_RECOVERY);
    say(decision->recovery_cause == BM_RECOVERY_REQUESTED ? "\nBootmend recovery: requested\n"
                                                          : "\nBootmend recovery: no bootable image\n");
    smp_server_init(&server, services, NULL);
    for (;;) {
        smp_server_poll(&server);
        services->watchdog_kick();
        services->idle(RECOVERY_IDLE_MS);
    }
}

void bootloader_run(void)
{
    boot_session_open(&session);
    struct boot_decision decision = boot_policy_decide(&session);
    if (decision.slot == BM_SLOT_NONE) {
        serve_recovery(&decision);
    }
    start(&decision);
}
