/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BOOTMEND_PROVISION_H
#define BOOTMEND_PROVISION_H

#include "bootmend/boot_services.h"
#include "flash_file.h"

/* Writes a unit's flash as a factory does, by the code of the bootloader itself. */

struct provision_slot {
    const char *image_path; /* or null: the slot stays erased */
    bool is_corrupt; /* damage the image after it was written */
};

struct provision_job {
    struct bm_identity identity;
    struct provision_slot slots[BM_SLOT_COUNT];
    bool is_slot_a_confirmed;
    bool is_slot_b_on_trial; /* the next boot tries it */
    uint32_t minimum_rollback_index;
    uint32_t config_schema;
    const char *config_path; /* or null: the unit has no configuration */
};

struct flash_geometry {
    const char *name; /* of the port */
    uint32_t flash_size;
    struct bm_flash_map map;
};

extern const struct flash_geometry flash_geometries[];
extern const size_t flash_geometry_count;

const struct flash_geometry *flash_geometry_find(const char *name);

/* What the bootloader's code reads and writes from here on. */
void provision_port_attach(const struct flash_file *file, const struct flash_geometry *geometry);

/* False after a message on standard error. */
bool provision_run(const struct provision_job *job);

/* UUID version 5, RFC 4122 section 4.3: a name in a namespace. */
void uuid5_of(const uint8_t space[BM_UUID_SIZE], const char *name, uint8_t uuid[BM_UUID_SIZE]);
/* 32 hexadecimal digits, hyphens allowed; false for anything else. */
bool uuid_from_text(const char *text, uint8_t uuid[BM_UUID_SIZE]);

#endif
