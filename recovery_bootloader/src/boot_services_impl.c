/* SPDX-License-Identifier: Apache-2.0 */
#include "boot_services_impl.h"

#include "flash_region.h"
#include "mem.h"

#include <sodium/crypto_hash_sha256.h>

#define CHUNK_SIZE 256u

static struct boot_session *session;

/* --- Watchdog and reset --- */

static void kick_watchdog(void)
{
    if (session->is_on_trial && !session->trial_has_expired
        && port_now_ms() - session->trial_started_ms >= port_timing()->trial_limit_ms) {
        session->trial_has_expired = true;
        retained_leave((struct retained_notes){.trial_has_expired = true});
    }
    if (!session->trial_has_expired) {
        port_watchdog_kick();
    }
}

static void reset(uint32_t boot_mode)
{
    retained_leave((struct retained_notes){.stay_in_recovery = boot_mode == BM_BOOT_MODE_RECOVERY,
                                           .trial_has_expired = session->trial_has_expired});
    port_reset();
}

/* --- Slots --- */

static bool is_protected(uint8_t slot)
{
    return slot == session->running_slot || slot == boot_session_last_good(session);
}

static enum bm_service_result slot_status(uint8_t slot, struct bm_slot_status *status)
{
    const struct boot_record *record = &session->record;
    if (slot >= BM_SLOT_COUNT) {
        return BM_SERVICE_INVALID;
    }
    const struct image_info *image = boot_session_image(session, slot);
    memset(status, 0, sizeof *status);
    status->verdict = (uint8_t)image->verdict;
    status->is_intact = image->is_intact;
    status->is_active = slot == session->running_slot;
    status->is_pending = slot == record->pending_slot && record->trials_remaining > 0 && !status->is_active;
    status->is_confirmed = slot == record->active_slot && boot_session_is_confirmed(session, slot);
    status->version = image->version;
    status->rollback_index = image->rollback_index;
    memcpy(status->hash, image->hash, BM_HASH_SIZE);
    return BM_SERVICE_OK;
}

static uint8_t slot_for_upload(void)
{
    for (uint8_t slot = 0; slot < BM_SLOT_COUNT; slot++) {
        if (!is_protected(slot)) {
            return slot;
        }
    }
    return BM_SLOT_NONE;
}

static void forget_pending(struct boot_record *record)
{
    record->pending_slot = BM_SLOT_NONE;
    record->trials_remaining = 0;
    record->revert_reason = 0;
    memset(record->pending_hash, 0, BM_HASH_SIZE);
}

static enum bm_service_result cancel_pending(void)
{
    struct boot_record before = session->record;
    forget_pending(&session->record);
    if (!boot_session_save(session)) {
        session->record = before;
        return BM_SERVICE_FLASH_FAILED;
    }
    return BM_SERVICE_OK;
}

static enum bm_service_result slot_open(uint8_t slot)
{
    if (slot >= BM_SLOT_COUNT) {
        return BM_SERVICE_INVALID;
    }
    if (is_protected(slot)) {
        /* What was written there has become the last good image. */
        session->open_slot = session->open_slot == slot ? BM_SLOT_NONE : session->open_slot;
        return BM_SERVICE_NOT_ALLOWED;
    }
    /* The mark goes before the bytes that it stands for. */
    enum bm_service_result result = slot == session->record.pending_slot ? cancel_pending() : BM_SERVICE_OK;
    if (result == BM_SERVICE_OK) {
        session->open_slot = slot;
    }
    return result;
}

/*
 * Whether the slot is protected was decided when it was opened. Asked again, each call would verify the half
 * written image, and refuse the rest of it as soon as it looks like the one that was confirmed there.
 */
static enum bm_service_result may_write(uint8_t slot)
{
    if (slot >= BM_SLOT_COUNT) {
        return BM_SERVICE_INVALID;
    }
    bool is_pending = slot == session->record.pending_slot;
    return is_pending || slot != session->open_slot ? BM_SERVICE_NOT_ALLOWED : BM_SERVICE_OK;
}

static enum bm_service_result slot_erase(uint8_t slot, uint32_t offset)
{
    enum bm_service_result allowed = may_write(slot);
    if (allowed != BM_SERVICE_OK) {
        return allowed;
    }
    boot_session_forget_image(session, slot);
    return region_erase_sector(region_of_slot(slot), offset) ? BM_SERVICE_OK : BM_SERVICE_FLASH_FAILED;
}

static enum bm_service_result slot_program(uint8_t slot, uint32_t offset, const void *data, uint32_t length)
{
    enum bm_service_result allowed = may_write(slot);
    if (allowed != BM_SERVICE_OK) {
        return allowed;
    }
    boot_session_forget_image(session, slot);
    return region_program(region_of_slot(slot), offset, data, length) ? BM_SERVICE_OK
                                                                      : BM_SERVICE_FLASH_FAILED;
}

static enum bm_service_result slot_read(uint8_t slot, uint32_t offset, void *to, uint32_t length)
{
    bool is_read = slot < BM_SLOT_COUNT && region_read(region_of_slot(slot), offset, to, length);
    return is_read ? BM_SERVICE_OK : BM_SERVICE_INVALID;
}

static enum bm_service_result slot_sha256(uint8_t slot, uint32_t length, uint8_t hash[BM_HASH_SIZE])
{
    uint8_t chunk[CHUNK_SIZE];
    crypto_hash_sha256_state state;
    crypto_hash_sha256_init(&state);
    for (uint32_t offset = 0; offset < length; offset += CHUNK_SIZE) {
        uint32_t step = length - offset < CHUNK_SIZE ? length - offset : CHUNK_SIZE;
        enum bm_service_result result = slot_read(slot, offset, chunk, step);
        if (result != BM_SERVICE_OK) {
            return result;
        }
        crypto_hash_sha256_update(&state, chunk, step);
        kick_watchdog(); /* which ends with the trial's time limit, however often this is asked */
    }
    crypto_hash_sha256_final(&state, hash);
    return BM_SERVICE_OK;
}

/* --- Trial --- */

static bool holds(uint8_t slot, const uint8_t *hash)
{
    const struct image_info *image = boot_session_image(session, slot);
    return image->is_intact && memcmp(image->hash, hash, BM_HASH_SIZE) == 0;
}

static uint8_t find_idle_slot(const uint8_t *hash)
{
    for (uint8_t slot = 0; slot < BM_SLOT_COUNT; slot++) {
        if (slot != session->running_slot && holds(slot, hash)) {
            return slot;
        }
    }
    return BM_SLOT_NONE;
}

static enum bm_service_result make_pending(uint8_t slot)
{
    struct boot_record before = session->record;
    struct boot_record *record = &session->record;
    record->pending_slot = slot;
    record->trials_remaining = port_timing()->trials;
    record->revert_reason = 0;
    record->rollback_reason = BM_ROLLBACK_NONE;
    memset(record->rolled_back_hash, 0, BM_HASH_SIZE);
    memcpy(record->pending_hash, session->images[slot].hash, BM_HASH_SIZE);
    if (!boot_session_save(session)) {
        session->record = before;
        return BM_SERVICE_FLASH_FAILED;
    }
    return BM_SERVICE_OK;
}

static enum bm_service_result request_trial(const uint8_t hash[BM_HASH_SIZE])
{
    const struct boot_record *record = &session->record;
    if (session->is_on_trial) {
        return BM_SERVICE_ON_TRIAL;
    }
    if (session->running_slot != BM_SLOT_NONE && holds(session->running_slot, hash)) {
        return BM_SERVICE_IMAGE_RUNS;
    }
    uint8_t slot = find_idle_slot(hash);
    if (slot == BM_SLOT_NONE) {
        return BM_SERVICE_NOT_FOUND;
    }
    if (session->images[slot].verdict != BM_IMAGE_OK) {
        return BM_SERVICE_IMAGE_REFUSED;
    }
    bool is_pending = slot == record->pending_slot && record->trials_remaining > 0;
    return is_pending ? BM_SERVICE_OK : make_pending(slot);
}

static enum bm_service_result write_confirmation(void)
{
    struct boot_record before = session->record;
    struct boot_record *record = &session->record;
    uint8_t slot = session->running_slot;
    uint32_t index = session->images[slot].rollback_index;
    record->active_slot = slot;
    memcpy(record->confirmed_hash[slot], session->images[slot].hash, BM_HASH_SIZE);
    forget_pending(record);
    if (index > record->minimum_rollback_index) {
        record->minimum_rollback_index = index;
    }
    if (!boot_session_save(session)) {
        session->record = before;
        return BM_SERVICE_FLASH_FAILED;
    }
    return BM_SERVICE_OK;
}

static enum bm_service_result confirm(void)
{
    if (session->running_slot == BM_SLOT_NONE) {
        return BM_SERVICE_NOT_ON_TRIAL;
    }
    if (!session->is_on_trial) {
        return BM_SERVICE_OK;
    }
    if (session->trial_has_expired || session->record.revert_reason != 0) {
        return BM_SERVICE_NOT_ON_TRIAL;
    }
    enum bm_service_result result = write_confirmation();
    if (result == BM_SERVICE_OK) {
        session->is_on_trial = false;
        boot_session_log(session, BM_EVIDENCE_CONFIRMED, session->running_slot, 0);
        /* The minimum may have risen, and with it the verdict over the other slot. */
        boot_session_forget_image(session, other_slot(session->running_slot));
    }
    return result;
}

static enum bm_service_result revert(uint32_t reason)
{
    struct boot_record before = session->record;
    if (reason != BM_REVERT_REASON_HEALTH && reason != BM_REVERT_REASON_REQUESTED) {
        return BM_SERVICE_INVALID;
    }
    if (session->record.pending_slot == BM_SLOT_NONE) {
        return BM_SERVICE_NOT_ON_TRIAL;
    }
    if (!session->is_on_trial) {
        return cancel_pending();
    }
    session->record.revert_reason = (uint8_t)reason;
    session->record.trials_remaining = 0;
    if (!boot_session_save(session)) {
        session->record = before;
        return BM_SERVICE_FLASH_FAILED;
    }
    return BM_SERVICE_OK;
}

/* --- What is known --- */

static enum bm_service_result boot_state(struct bm_boot_state *state)
{
    const struct boot_record *record = &session->record;
    memset(state, 0, sizeof *state);
    state->running = session->running_slot;
    state->active = record->active_slot;
    state->pending = record->pending_slot;
    state->trials = record->trials_remaining;
    state->is_confirmed = session->running_slot != BM_SLOT_NONE && !session->is_on_trial;
    state->has_rolled_back = record->rollback_reason != BM_ROLLBACK_NONE;
    state->rollback_reason = record->rollback_reason;
    state->reset_reason = (uint8_t)session->reset_reason;
    state->minimum_rollback_index = record->minimum_rollback_index;
    state->boots = session->boots;
    state->sequence = session->store.ring.sequence;
    if (session->running_slot != BM_SLOT_NONE) {
        memcpy(state->running_hash, session->images[session->running_slot].hash, BM_HASH_SIZE);
    }
    memcpy(state->rolled_back_hash, record->rolled_back_hash, BM_HASH_SIZE);
    return BM_SERVICE_OK;
}

static enum bm_service_result identity(struct bm_identity *to)
{
    *to = session->identity;
    return session->is_provisioned ? BM_SERVICE_OK : BM_SERVICE_NOT_PROVISIONED;
}

static size_t evidence(uint32_t from, struct bm_evidence_event *events, size_t capacity)
{
    return evidence_log_read(&session->log, from, events, capacity);
}

const struct boot_services *boot_services_for(struct boot_session *used, enum bm_stage stage)
{
    static struct boot_services services;
    session = used;
    services = (struct boot_services){
        .abi = BM_BOOT_SERVICES_ABI,
        .size = sizeof services,
        .stage = (uint32_t)stage,
        .bootloader_version = BOOTLOADER_VERSION,
        .line_read = port_line_read,
        .line_write = port_line_write,
        .idle = port_idle,
        .now_ms = port_now_ms,
        .watchdog_kick = kick_watchdog,
        .reset = reset,
        .flash_map = port_flash_map,
        .slot_status = slot_status,
        .slot_for_upload = slot_for_upload,
        .slot_open = slot_open,
        .slot_erase = slot_erase,
        .slot_program = slot_program,
        .slot_read = slot_read,
        .slot_sha256 = slot_sha256,
        .request_trial = request_trial,
        .confirm = confirm,
        .revert = revert,
        .boot_state = boot_state,
        .identity = identity,
        .evidence = evidence,
    };
    return &services;
}
