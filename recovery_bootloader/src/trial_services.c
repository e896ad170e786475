/* SPDX-License-Identifier: Apache-2.0 */
#include "boot_services_impl.h"
#include "config_store.h"

enum bm_service_result save_record(void)
{
    return boot_session_save() ? BM_SERVICE_OK : BM_SERVICE_FLASH_FAILED;
}

void trial_forget(void)
{
    struct boot_record *record = &boot.record;
    record->pending_slot = BM_SLOT_NONE;
    record->trials_remaining = 0;
    record->revert_reason = 0;
}

static bool holds(uint8_t slot, const uint8_t *hash)
{
    const struct image_info *image = boot_session_image(slot);
    return image->is_intact && memcmp(image->hash, hash, BM_HASH_SIZE) == 0;
}

static uint8_t find_idle_slot(const uint8_t *hash)
{
    for (uint8_t slot = 0; slot < BM_SLOT_COUNT; slot++) {
        if (slot != boot.running_slot && holds(slot, hash)) {
            return slot;
        }
    }
    return BM_SLOT_NONE;
}

/* The record knows the last one, the evidence those before it. */
static bool was_rolled_back(const uint8_t *hash)
{
    return memcmp(boot.record.rolled_back_hash, hash, BM_HASH_SIZE) == 0
        || evidence_log_standing(&boot.log, hash) == STANDING_ROLLED_BACK;
}

static enum bm_service_result make_pending(uint8_t slot)
{
    struct boot_record *record = &boot.record;
    if (slot == record->pending_slot && record->trials_remaining > 0) {
        return BM_SERVICE_OK;
    }
    record->pending_slot = slot;
    record->trials_remaining = port_timing()->trials;
    record->revert_reason = 0;
    record->rollback_reason = BM_ROLLBACK_NONE;
    memcpy(record->pending_hash, boot.images[slot].hash, BM_HASH_SIZE);
    return save_record();
}

enum bm_service_result trial_request(const uint8_t hash[BM_HASH_SIZE], uint32_t flags)
{
    if (boot.is_on_trial) {
        return BM_SERVICE_ON_TRIAL;
    }
    uint8_t running = boot.running_slot;
    if (running != BM_SLOT_NONE && holds(running, hash)) {
        return BM_SERVICE_IMAGE_RUNS;
    }
    uint8_t slot = find_idle_slot(hash);
    if (slot == BM_SLOT_NONE) {
        return BM_SERVICE_NOT_FOUND;
    }
    if (boot.images[slot].verdict != BM_IMAGE_OK) {
        return BM_SERVICE_IMAGE_REFUSED;
    }
    return (flags & BM_TRIAL_FORCE) == 0 && was_rolled_back(hash) ? BM_SERVICE_ROLLED_BACK
                                                                  : make_pending(slot);
}

static enum bm_service_result write_confirmation(uint8_t slot)
{
    struct boot_record *record = &boot.record;
    const struct image_info *image = &boot.images[slot];
    record->active_slot = slot;
    memcpy(record->confirmed_image[slot], image->hash, BM_IMAGE_PREFIX_SIZE);
    trial_forget();
    config_store_confirm();
    if (image->rollback_index > record->minimum_rollback_index) {
        record->minimum_rollback_index = image->rollback_index;
    }
    if (is_same_image(record->rolled_back_hash, image->hash)) {
        memset(record->rolled_back_hash, 0, BM_HASH_SIZE);
    }
    return save_record();
}

enum bm_service_result trial_confirm(void)
{
    uint8_t running = boot.running_slot;
    if (running == BM_SLOT_NONE) {
        return BM_SERVICE_NOT_ON_TRIAL;
    }
    if (!boot.is_on_trial) {
        return BM_SERVICE_OK;
    }
    if (boot.trial_has_expired || boot.record.revert_reason != 0) {
        return BM_SERVICE_NOT_ON_TRIAL;
    }
    enum bm_service_result result = write_confirmation(running);
    if (result == BM_SERVICE_OK) {
        boot.is_on_trial = false;
        boot_session_log(BM_EVIDENCE_CONFIRMED, running, 0);
        /* The minimum may have risen, and with it the verdict over the other slot. */
        boot_session_forget_image(other_slot(running));
    }
    return result;
}

enum bm_service_result trial_revert(uint32_t reason)
{
    struct boot_record *record = &boot.record;
    if (reason != BM_REVERT_REASON_HEALTH && reason != BM_REVERT_REASON_REQUESTED) {
        return BM_SERVICE_INVALID;
    }
    if (record->pending_slot == BM_SLOT_NONE) {
        return BM_SERVICE_NOT_ON_TRIAL;
    }
    if (!boot.is_on_trial) {
        trial_forget();
    } else {
        record->revert_reason = (uint8_t)reason;
        record->trials_remaining = 0;
    }
    return save_record();
}
