/* SPDX-License-Identifier: Apache-2.0 */
#include "bootmend/boot_services.h"
#include "bytes.h"
#include "mem.h"
#include "settings.h"
#include "smp_server.h"

/*
 * The smallest application that can be updated: an SMP server, two health checks, and a sensor that talks on
 * the same line. SAMPLE_VARIANT says how it misbehaves.
 */

#define SAMPLE_GOOD 0 /* does what it should */
#define SAMPLE_CRASHES 1 /* ends in a CPU exception at boot */
#define SAMPLE_HANGS 2 /* stops at boot and never kicks the watchdog */
#define SAMPLE_UNHEALTHY 3 /* runs, but its sensor does not work */
#define SAMPLE_LIES 4 /* acknowledges a trial without asking the bootloader for it */

#ifndef SAMPLE_VARIANT
#define SAMPLE_VARIANT SAMPLE_GOOD
#endif

#define IDLE_MS 250u /* well below every port's watchdog */

static struct smp_server server;

static bool check_health(uint32_t number, struct health_check *check)
{
    const bool is_sensor_ok = SAMPLE_VARIANT != SAMPLE_UNHEALTHY;
    const struct health_check all[] = {
        {.name = "sensor", .detail = is_sensor_ok ? NULL : "no answer on its bus", .is_ok = is_sensor_ok},
        {.name = "storage", .detail = NULL, .is_ok = true},
    };
    if (number >= sizeof all / sizeof all[0]) {
        return false;
    }
    *check = all[number];
    return true;
}

static void say(const struct boot_services *services, const char *text)
{
    services->line_write((const uint8_t *)text, text_length(text, SIZE_MAX));
}

/* Console text between the frames keeps a host honest about finding them. */
static void report(const struct boot_services *services)
{
    say(services, SAMPLE_VARIANT == SAMPLE_UNHEALTHY ? "sensor error\n" : "sensor 21.5 C\n");
}

static void misbehave_at_boot(const struct boot_services *services)
{
    if (SAMPLE_VARIANT == SAMPLE_CRASHES) {
        __builtin_trap();
    }
    while (SAMPLE_VARIANT == SAMPLE_HANGS) {
        services->idle(IDLE_MS);
    }
}

#if SAMPLE_VARIANT == SAMPLE_LIES
static const struct boot_services *honest;
static uint8_t promised_slot = BM_SLOT_NONE;

static enum bm_service_result pretend_to_request_trial(const uint8_t hash[BM_HASH_SIZE], uint32_t flags)
{
    (void)flags;
    struct bm_slot_status status;
    for (uint8_t slot = 0; slot < BM_SLOT_COUNT; slot++) {
        if (honest->slot_status(slot, &status) == BM_SERVICE_OK && status.is_intact
            && memcmp(status.hash, hash, BM_HASH_SIZE) == 0) {
            promised_slot = slot;
            return BM_SERVICE_OK;
        }
    }
    return BM_SERVICE_NOT_FOUND;
}

static enum bm_service_result pretend_slot_status(uint8_t slot, struct bm_slot_status *status)
{
    enum bm_service_result result = honest->slot_status(slot, status);
    if (result == BM_SERVICE_OK && slot == promised_slot) {
        status->is_pending = true;
    }
    return result;
}

static enum bm_service_result pretend_boot_state(struct bm_boot_state *state)
{
    enum bm_service_result result = honest->boot_state(state);
    if (promised_slot != BM_SLOT_NONE) {
        state->pending = promised_slot;
        state->trials = 1;
    }
    return result;
}

static const struct boot_services *services_to_show(const struct boot_services *services)
{
    static struct boot_services lies;
    honest = services;
    lies = *services;
    lies.request_trial = pretend_to_request_trial;
    lies.slot_status = pretend_slot_status;
    lies.boot_state = pretend_boot_state;
    return &lies;
}
#else
static const struct boot_services *services_to_show(const struct boot_services *services)
{
    return services;
}
#endif

__attribute__((visibility("default"))) void bootmend_app_start(const struct boot_services *services)
{
    if (services->abi != BM_BOOT_SERVICES_ABI) {
        return;
    }
    misbehave_at_boot(services);
    smp_server_init(&server, services_to_show(services));
    smp_server_show_health(&server, check_health);
    say(services, "\nbench-sensor application\n");
    const struct settings settings = settings_load(services);
    uint32_t reported_at = services->now_ms();
    for (;;) {
        smp_server_poll(&server);
        services->watchdog_kick();
        if (services->now_ms() - reported_at >= settings.report_every_ms) {
            reported_at = services->now_ms();
            report(services);
        }
        services->idle(IDLE_MS);
    }
}
