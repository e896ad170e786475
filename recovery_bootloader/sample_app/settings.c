/* SPDX-License-Identifier: Apache-2.0 */
#include "settings.h"

#include "mem.h"

#define DEFAULT_REPORT_EVERY_MS 2000u
#define DEFAULT_LIMIT 70u

/* A trial's migration is committed by its confirmation, and gone with its rollback: the bootloader sees to
 * both. */
static void migrate(const struct boot_services *services, const struct settings *settings)
{
    if (services->config_open(SAMPLE_SCHEMA, sizeof *settings) == BM_SERVICE_OK
        && services->config_append(settings, sizeof *settings) == BM_SERVICE_OK) {
        services->config_commit();
    }
}

struct settings settings_load(const struct boot_services *services)
{
    struct settings settings = {.report_every_ms = DEFAULT_REPORT_EVERY_MS, .limit = DEFAULT_LIMIT};
    struct bm_config found;
    if (services->config_find(SAMPLE_SCHEMA, &found) != BM_SERVICE_OK) {
        return settings;
    }
    memcpy(&settings, found.data, found.length < sizeof settings ? found.length : sizeof settings);
    if (found.schema < SAMPLE_SCHEMA) {
        migrate(services, &settings);
    }
    return settings;
}
