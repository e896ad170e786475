/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BOOTMEND_SAMPLE_SETTINGS_H
#define BOOTMEND_SAMPLE_SETTINGS_H

#include "bootmend/boot_services.h"

/*
 * The application's configuration, to show how schemas change: schema 1 knows how often the sensor reports,
 * schema 2 a limit as well. SAMPLE_SCHEMA is the one that the application writes; it reads that and the older
 * one.
 */
#ifndef SAMPLE_SCHEMA
#define SAMPLE_SCHEMA 1
#endif

struct settings {
    uint32_t report_every_ms;
    uint32_t limit; /* since schema 2 */
};

/* What the unit has, migrated to SAMPLE_SCHEMA; defaults, and nothing written, when it has none. */
struct settings settings_load(const struct boot_services *services);

#endif
