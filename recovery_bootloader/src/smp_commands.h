/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BOOTMEND_SMP_COMMANDS_H
#define BOOTMEND_SMP_COMMANDS_H

#include "smp_request.h"

/* Where the handlers find what their requests hold; the tables of keys are in smp_commands.c. */

enum smp_state_field { STATE_HASH, STATE_CONFIRM, STATE_FORCE, STATE_FIELDS };

enum smp_upload_field {
    UPLOAD_IMAGE, /* 0 lets the boot policy choose, n stands for slot n - 1 ("direct upload") */
    UPLOAD_LENGTH,
    UPLOAD_OFFSET,
    UPLOAD_KEY,
    UPLOAD_DATA,
    UPLOAD_MUST_BE_NEWER,
    UPLOAD_FIELDS,
};

enum smp_identity_field {
    IDENTITY_PRODUCT,
    IDENTITY_HARDWARE,
    IDENTITY_SERIAL,
    IDENTITY_DEVICE,
    IDENTITY_CLASS,
    IDENTITY_VENDOR, /* written, and of no use to a reader */
    IDENTITY_FIELDS,
};

enum smp_region_field { REGION_NUMBER, REGION_OFFSET, REGION_LENGTH, REGION_FIELDS };

/* OS group. Zephyr: doc/services/device_mgmt/smp_groups/smp_group_0.rst. */
smp_handler smp_echo, smp_reset, smp_parameters, smp_bootloader_info;

/* Image group. Zephyr: doc/services/device_mgmt/smp_groups/smp_group_1.rst. */
smp_handler smp_image_list, smp_image_write_state, smp_image_upload, smp_image_erase, smp_image_slot_info;

/* The group of our own: bootmend/device_wire.h. */
smp_handler smp_boot_state, smp_evidence, smp_identity, smp_identity_write, smp_flash_map, smp_health,
    smp_revert, smp_config, smp_challenge, smp_unlock, smp_region_read, smp_region_erase;

#endif
