/* SPDX-License-Identifier: Apache-2.0 */
#include "boot_services_impl.h"

#include "bytes.h"
#include "flash_region.h"

static enum bm_service_result result_of_flash(bool is_written)
{
    return is_written ? BM_SERVICE_OK : BM_SERVICE_FLASH_FAILED;
}

bool slot_is_protected(uint8_t slot)
{
    return slot == boot.running_slot || slot == boot_session_last_good();
}

enum bm_service_result slot_status(uint8_t slot, struct bm_slot_status *status)
{
    const struct boot_record *record = &boot.record;
    if (slot >= BM_SLOT_COUNT) {
        return BM_SERVICE_INVALID;
    }
    const struct image_info *image = boot_session_image(slot);
    status->verdict = (uint8_t)image->verdict;
    status->is_intact = image->is_intact;
    status->is_active = slot == boot.running_slot;
    status->is_pending = slot == record->pending_slot && record->trials_remaining > 0 && !status->is_active;
    status->is_confirmed = slot == record->active_slot && boot_session_is_confirmed(slot);
    status->version = image->version;
    status->rollback_index = image->rollback_index;
    memcpy(status->hash, image->hash, BM_HASH_SIZE);
    return BM_SERVICE_OK;
}

uint8_t slot_for_upload(void)
{
    for (uint8_t slot = 0; slot < BM_SLOT_COUNT; slot++) {
        if (!slot_is_protected(slot)) {
            return slot;
        }
    }
    return BM_SLOT_NONE;
}

/* --- Replacing an image --- */

/*
 * Sectors are erased in order, and always one ahead of the one that is written. So whatever the power does,
 * the first erased sector tells how far the writing got; the one in front of it may be unfinished. (See
 * slot_open() for why the first sector is erased before the upload is on record.)
 */
static bool erase_ahead(uint8_t slot, uint32_t end)
{
    enum bm_region region = region_of_slot(slot);
    uint32_t size = region_size(region);
    end = end < size ? end : size;
    boot_session_forget_image(slot);
    while (boot.open_erased < end) {
        if (!region_erase_sector(region, boot.open_erased)) {
            return false;
        }
        boot.open_erased += port_flash_map()->sector_size;
    }
    return true;
}

static bool is_whole(uint8_t slot, const uint8_t *key, uint32_t length)
{
    uint8_t hash[BM_HASH_SIZE];
    return slot_sha256(slot, length, hash) == BM_SERVICE_OK && memcmp(hash, key, BM_HASH_SIZE) == 0;
}

static bool is_on_record(uint8_t slot, const uint8_t *key, uint32_t length)
{
    const struct boot_record *record = &boot.record;
    return record->upload_slot == slot && record->upload_length == length
        && memcmp(record->upload_key, key, BM_IMAGE_PREFIX_SIZE) == 0;
}

static bool may_resume(uint8_t slot, const uint8_t *key, uint32_t length)
{
    return key != NULL && length > 0 && !boot.was_resumed && is_on_record(slot, key, length);
}

/* How many bytes are there for good, and how many need no erase. */
static uint32_t resume(uint8_t slot, const uint8_t *key, uint32_t length)
{
    uint32_t region = region_of_slot(slot);
    uint32_t sector_size = port_flash_map()->sector_size;
    uint32_t written = 0;
    if (is_whole(slot, key, length)) {
        boot.open_erased = region_size(region);
        return length;
    }
    for (uint32_t sector = 0; sector < length && !is_blank(region_memory(region) + sector, sector_size);
         sector += sector_size) {
        written = sector; /* all but this one, which may be unfinished */
    }
    boot.open_erased = written;
    return written;
}

/* What the record says of the slot goes before the bytes: a trial that has not started, and an older upload.
 */
static bool forget_content(uint8_t slot, uint8_t resumed_slot)
{
    struct boot_record *record = &boot.record;
    bool is_pending = slot == record->pending_slot;
    bool is_replaced = slot == record->upload_slot && slot != resumed_slot;
    if (is_pending) {
        trial_forget();
    }
    if (is_replaced) {
        record->upload_slot = BM_SLOT_NONE;
    }
    return (!is_pending && !is_replaced) || boot_session_save();
}

static bool record_upload(uint8_t slot, const uint8_t *key, uint32_t length)
{
    struct boot_record *record = &boot.record;
    if (key != NULL ? is_on_record(slot, key, length) : record->upload_slot != slot) {
        return true;
    }
    record->upload_slot = BM_SLOT_NONE;
    if (key != NULL) {
        record->upload_slot = slot;
        record->upload_length = length;
        memcpy(record->upload_key, key, BM_IMAGE_PREFIX_SIZE);
    }
    return boot_session_save();
}

/*
 * What an upload that is on record has left is told by the first erased sector, so one is there before the
 * record is. Resumed once after a reset: an upload that ends with other bytes than it promised begins anew
 * the next time.
 */
enum bm_service_result slot_open(uint8_t slot, const uint8_t *key, uint32_t length, uint32_t *offset)
{
    *offset = 0;
    boot.open_slot = BM_SLOT_NONE;
    if (slot >= BM_SLOT_COUNT || length > region_size(region_of_slot(slot))) {
        return BM_SERVICE_INVALID;
    }
    if (slot_is_protected(slot)) {
        return BM_SERVICE_NOT_ALLOWED;
    }
    bool is_resumed = may_resume(slot, key, length);
    boot.was_resumed = true;
    boot.open_erased = 0;
    if (!forget_content(slot, is_resumed ? slot : BM_SLOT_NONE)) {
        return BM_SERVICE_FLASH_FAILED;
    }
    if (is_resumed) {
        *offset = resume(slot, key, length);
    }
    if (!erase_ahead(slot, *offset + 1) || !record_upload(slot, key, length)) {
        return BM_SERVICE_FLASH_FAILED;
    }
    boot.open_slot = slot;
    return BM_SERVICE_OK;
}

/*
 * Whether the slot is protected was decided when it was opened. Asked again, each call would verify the half
 * written image, and refuse the rest of it as soon as it looks like the one that was confirmed there.
 */
static bool may_write(uint8_t slot)
{
    return slot < BM_SLOT_COUNT && slot == boot.open_slot && slot != boot.record.pending_slot;
}

enum bm_service_result slot_erase(uint8_t slot, uint32_t offset)
{
    if (!may_write(slot) || offset >= region_size(region_of_slot(slot))) {
        return BM_SERVICE_NOT_ALLOWED;
    }
    return result_of_flash(erase_ahead(slot, sector_start(offset) + 2 * port_flash_map()->sector_size));
}

enum bm_service_result slot_program(uint8_t slot, uint32_t offset, const void *data, uint32_t length)
{
    if (!may_write(slot)) {
        return BM_SERVICE_NOT_ALLOWED;
    }
    boot_session_forget_image(slot);
    return result_of_flash(region_program(region_of_slot(slot), offset, data, length));
}

enum bm_service_result slot_sha256(uint8_t slot, uint32_t length, uint8_t hash[BM_HASH_SIZE])
{
    crypto_hash_sha256_state state;
    if (slot >= BM_SLOT_COUNT || length > region_size(region_of_slot(slot))) {
        return BM_SERVICE_INVALID;
    }
    crypto_hash_sha256_init(&state);
    hash_in_steps(&state, region_memory(region_of_slot(slot)), length, boot_session_kick_watchdog);
    crypto_hash_sha256_final(&state, hash);
    return BM_SERVICE_OK;
}
