/* SPDX-License-Identifier: Apache-2.0 */
#include "boot_services_impl.h"

#include "bootloader_version.h"
#include "config_store.h"
#include "line_entry.h"

static void reset(uint32_t boot_mode)
{
    retained_leave((boot_mode == BM_BOOT_MODE_RECOVERY ? RETAINED_STAY_IN_RECOVERY : 0)
                   | (boot.trial_has_expired ? RETAINED_TRIAL_EXPIRED : 0));
    port_reset();
}

static enum bm_service_result boot_state(struct bm_boot_state *state)
{
    const struct boot_record *record = &boot.record;
    uint8_t running = boot.running_slot;
    uint32_t capacity = 0;
    memset(state, 0, sizeof *state);
    state->stage = running == BM_SLOT_NONE ? BM_STAGE_RECOVERY : BM_STAGE_APPLICATION;
    state->recovery_cause = boot.recovery_cause;
    state->is_unlocked = boot.is_unlocked;
    state->has_load_area = port_load_area(&capacity) != NULL;
    state->running = running;
    state->active = record->active_slot;
    state->pending = record->pending_slot;
    state->trials = record->trials_remaining;
    state->is_confirmed = running != BM_SLOT_NONE && !boot.is_on_trial;
    state->has_rolled_back = record->rollback_reason != BM_ROLLBACK_NONE;
    state->rollback_reason = record->rollback_reason;
    state->reset_reason = (uint8_t)boot.reset_reason;
    state->minimum_rollback_index = record->minimum_rollback_index;
    state->boots = boot.boots;
    state->sequence = boot.store.sequence;
    if (running != BM_SLOT_NONE) {
        memcpy(state->running_hash, boot.images[running].hash, BM_HASH_SIZE);
    }
    memcpy(state->rolled_back_hash, record->rolled_back_hash, BM_HASH_SIZE);
    return BM_SERVICE_OK;
}

static enum bm_service_result identity(struct bm_identity *to)
{
    if (boot.identity == NULL) {
        return BM_SERVICE_NOT_PROVISIONED;
    }
    *to = *boot.identity;
    return BM_SERVICE_OK;
}

static size_t evidence(uint32_t from, struct bm_evidence_event *events, size_t capacity)
{
    return evidence_log_read(&boot.log, from, events, capacity);
}

const struct boot_services boot_services_table = {
    .abi = BM_BOOT_SERVICES_ABI,
    .size = sizeof boot_services_table,
    .bootloader_version = BOOTLOADER_VERSION,
    .line_read = line_entry_read,
    .line_write = port_line_write,
    .idle = port_idle,
    .now_ms = port_now_ms,
    .watchdog_kick = boot_session_kick_watchdog,
    .reset = reset,
    .flash_map = port_flash_map,
    .flash_memory = port_flash_memory,
    .slot_status = slot_status,
    .slot_for_upload = slot_for_upload,
    .slot_open = slot_open,
    .slot_erase = slot_erase,
    .slot_program = slot_program,
    .slot_sha256 = slot_sha256,
    .request_trial = trial_request,
    .confirm = trial_confirm,
    .revert = trial_revert,
    .boot_state = boot_state,
    .identity = identity,
    .evidence = evidence,
    .config_find = config_store_find,
    .config_open = config_store_open,
    .config_append = config_store_append,
    .config_commit = config_store_commit,
    .identity_write = identity_write,
    .challenge = unlock_challenge,
    .unlock = unlock,
    .region_erase = region_erase,
};
