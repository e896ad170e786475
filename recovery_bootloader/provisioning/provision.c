/* SPDX-License-Identifier: Apache-2.0 */
#include "provision.h"

#include "boot_session.h"
#include "bytes.h"
#include "config_store.h"
#include "evidence_log.h"
#include "flash_region.h"
#include "identity_store.h"
#include "image_check.h"
#include "state_store.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STEP_SIZE 4096u
#define DAMAGE_SIZE 16u
#define CONFIG_LIMIT 4096u

static const char *const slot_names[BM_SLOT_COUNT] = {"A", "B"};

static uint32_t load_address;

/* The tool knows no machine's memory: whatever the image was linked for is its load area. */
uint8_t *port_load_area(uint32_t *capacity)
{
    static uint8_t somewhere;
    *capacity = UINT32_MAX;
    return load_address != 0 ? (uint8_t *)(uintptr_t)load_address : &somewhere;
}

static bool fail(const char *what, const char *detail)
{
    fprintf(stderr, "bootmend-flash: %s: %s\n", what, detail);
    return false;
}

static bool erase_everything(void)
{
    for (int region = 0; region < BM_REGION_COUNT; region++) {
        uint32_t size = region_size((enum bm_region)region);
        for (uint32_t offset = 0; offset < size; offset += port_flash_map()->sector_size) {
            if (!region_erase_sector((enum bm_region)region, offset)) {
                return fail("cannot erase the flash", strerror(errno));
            }
        }
    }
    return true;
}

/* The last step is filled with erased bytes, which change nothing. */
static bool copy_into_slot(FILE *image, uint8_t slot, const char *path)
{
    uint8_t step[STEP_SIZE];
    uint32_t offset = 0;
    size_t count = 0;
    do {
        memset(step, 0xff, sizeof step);
        count = fread(step, 1, sizeof step, image);
        if (offset == 0 && count >= BM_IMAGE_HEADER_SIZE) {
            load_address = load_le32(step + 4);
        }
        if (count > 0 && !region_program(region_of_slot(slot), offset, step, sizeof step)) {
            return fail(path, "does not fit into its slot");
        }
        offset += (uint32_t)count;
    } while (count == sizeof step);
    return ferror(image) == 0 || fail(path, "cannot be read");
}

static bool write_image(uint8_t slot, const char *path)
{
    FILE *image = fopen(path, "rb");
    if (image == NULL) {
        return fail(path, strerror(errno));
    }
    bool is_written = copy_into_slot(image, slot, path);
    fclose(image);
    return is_written;
}

static void warn_of_refusal(uint8_t slot, const struct image_info *info)
{
    if (info->verdict != BM_IMAGE_OK) {
        fprintf(stderr,
                "bootmend-flash: note: the bootloader will refuse the image in slot %s (verdict %d)\n",
                slot_names[slot], (int)info->verdict);
    }
}

static bool write_slots(const struct provision_job *job, struct image_info images[BM_SLOT_COUNT])
{
    const struct image_target target = {.identity = &job->identity, .minimum_rollback_index = 0};
    for (uint8_t slot = 0; slot < BM_SLOT_COUNT; slot++) {
        const char *path = job->slots[slot].image_path;
        memset(&images[slot], 0, sizeof images[slot]);
        if (path == NULL) {
            continue;
        }
        if (!write_image(slot, path)) {
            return false;
        }
        image_check(slot, &target, &images[slot]);
        if (!images[slot].is_intact) {
            return fail(path, "is no intact image");
        }
        warn_of_refusal(slot, &images[slot]);
    }
    return true;
}

static bool write_state(const struct provision_job *job, const struct image_info images[BM_SLOT_COUNT])
{
    struct boot_record *record = &boot.record;
    state_store_load(&boot.store, record);
    record->minimum_rollback_index = job->minimum_rollback_index;
    if (job->is_slot_a_confirmed) {
        record->active_slot = BM_SLOT_A;
        memcpy(record->confirmed_image[BM_SLOT_A], images[BM_SLOT_A].hash, BM_IMAGE_PREFIX_SIZE);
        if (images[BM_SLOT_A].rollback_index > record->minimum_rollback_index) {
            record->minimum_rollback_index = images[BM_SLOT_A].rollback_index;
        }
    }
    if (job->is_slot_b_on_trial) {
        record->pending_slot = BM_SLOT_B;
        record->trials_remaining = 1;
        memcpy(record->pending_hash, images[BM_SLOT_B].hash, BM_HASH_SIZE);
    }
    return boot_session_save() || fail("cannot write the boot state", strerror(errno));
}

static bool write_config(const struct provision_job *job)
{
    uint8_t bytes[CONFIG_LIMIT];
    if (job->config_path == NULL) {
        return true;
    }
    FILE *file = fopen(job->config_path, "rb");
    size_t count = file != NULL ? fread(bytes, 1, sizeof bytes, file) : 0;
    bool is_whole = file != NULL && feof(file) && !ferror(file);
    if (file != NULL) {
        fclose(file);
    }
    return (is_whole && config_store_open(job->config_schema, (uint32_t)count) == BM_SERVICE_OK
            && config_store_append(bytes, (uint32_t)count) == BM_SERVICE_OK
            && config_store_commit() == BM_SERVICE_OK)
        || fail(job->config_path, "cannot become the unit's configuration");
}

static void write_evidence(const struct provision_job *job, const struct image_info images[BM_SLOT_COUNT])
{
    struct record_ring log;
    struct event_record record = {.event = {.kind = BM_EVIDENCE_CONFIRMED, .slot = BM_SLOT_A}};
    evidence_log_open(&log);
    if (job->is_slot_a_confirmed) {
        memcpy(record.event.image, images[BM_SLOT_A].hash, BM_IMAGE_PREFIX_SIZE);
        record_ring_append(&log, &record);
    }
}

/* Clears bits in the middle of the payload, where there are any to clear. */
static bool damage(uint8_t slot, const struct image_info *info)
{
    static const uint8_t zeros[DAMAGE_SIZE];
    uint32_t offset = info->payload_length / 2 / DAMAGE_SIZE * DAMAGE_SIZE;
    do {
        offset += DAMAGE_SIZE;
    } while (memcmp(region_memory(region_of_slot(slot)) + offset - DAMAGE_SIZE, zeros, DAMAGE_SIZE) == 0);
    return region_program(region_of_slot(slot), offset - DAMAGE_SIZE, zeros, sizeof zeros)
        || fail("cannot damage slot", slot_names[slot]);
}

bool provision_run(const struct provision_job *job)
{
    struct image_info images[BM_SLOT_COUNT];
    if (!erase_everything()) {
        return false;
    }
    if (!identity_store_write(&job->identity)) {
        return fail("cannot write the identity", strerror(errno));
    }
    if (!write_slots(job, images) || !write_state(job, images) || !write_config(job)) {
        return false;
    }
    write_evidence(job, images);
    for (uint8_t slot = 0; slot < BM_SLOT_COUNT; slot++) {
        if (job->slots[slot].is_corrupt && !damage(slot, &images[slot])) {
            return false;
        }
    }
    return true;
}
