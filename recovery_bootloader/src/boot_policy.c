/* SPDX-License-Identifier: Apache-2.0 */
#include "boot_policy.h"

#include "mem.h"

static bool is_newer(const struct bm_version *left, const struct bm_version *right)
{
    if (left->major != right->major) {
        return left->major > right->major;
    }
    if (left->minor != right->minor) {
        return left->minor > right->minor;
    }
    if (left->revision != right->revision) {
        return left->revision > right->revision;
    }
    return left->build > right->build;
}

/* Without a record, the evidence is the only witness of what was confirmed; then the version decides. */
static bool is_better_guess(struct boot_session *session, uint8_t slot, uint8_t than)
{
    const struct image_info *image = boot_session_image(session, slot);
    const struct image_info *other = boot_session_image(session, than);
    bool was_confirmed = evidence_log_saw_confirmed(&session->log, image->hash);
    bool other_was_confirmed = evidence_log_saw_confirmed(&session->log, other->hash);
    if (was_confirmed != other_was_confirmed) {
        return was_confirmed;
    }
    return is_newer(&image->version, &other->version);
}

/*
 * The state is lost: take what verifies. The minimum becomes the lowest index among the valid images, which
 * admits both of them and nothing older.
 */
static void adopt_valid_images(struct boot_session *session)
{
    struct boot_record *record = &session->record;
    boot_session_log(session, BM_EVIDENCE_STATE_LOST, BM_SLOT_NONE, 0);
    for (uint8_t slot = 0; slot < BM_SLOT_COUNT; slot++) {
        const struct image_info *image = boot_session_image(session, slot);
        if (image->verdict != BM_IMAGE_OK) {
            continue;
        }
        memcpy(record->confirmed_hash[slot], image->hash, BM_HASH_SIZE);
        if (record->active_slot == BM_SLOT_NONE || image->rollback_index < record->minimum_rollback_index) {
            record->minimum_rollback_index = image->rollback_index;
        }
        if (record->active_slot == BM_SLOT_NONE || is_better_guess(session, slot, record->active_slot)) {
            record->active_slot = slot;
        }
    }
    if (record->active_slot != BM_SLOT_NONE) {
        boot_session_save(session);
    }
}

static enum bm_rollback_reason reason_of_failed_trial(const struct boot_session *session,
                                                      const struct retained_notes *notes)
{
    if (session->record.revert_reason == BM_REVERT_REASON_HEALTH) {
        return BM_ROLLBACK_HEALTH;
    }
    if (session->record.revert_reason != 0) {
        return BM_ROLLBACK_REQUESTED;
    }
    if (notes->trial_has_expired) {
        return BM_ROLLBACK_EXPIRED;
    }
    if (session->reset_reason == BM_RESET_CRASH) {
        return BM_ROLLBACK_CRASHED;
    }
    return session->reset_reason == BM_RESET_WATCHDOG ? BM_ROLLBACK_WATCHDOG : BM_ROLLBACK_NOT_CONFIRMED;
}

/*
 * The evidence comes first: a cut between the two writes repeats the rollback, and says so twice, but never
 * loses it. Should the record not be writable, the pending slot still has no trial left and is never started.
 */
static void roll_back(struct boot_session *session, enum bm_rollback_reason reason)
{
    struct boot_record *record = &session->record;
    uint8_t slot = record->pending_slot;
    memcpy(record->rolled_back_hash, record->pending_hash, BM_HASH_SIZE);
    record->rollback_reason = (uint8_t)reason;
    record->pending_slot = BM_SLOT_NONE;
    record->trials_remaining = 0;
    record->revert_reason = 0;
    boot_session_log(session, BM_EVIDENCE_ROLLBACK, slot, (uint8_t)reason);
    boot_session_save(session);
}

/* Verifies the copy that would be started; a refusal is recorded. */
static bool load_slot(struct boot_session *session, uint8_t slot)
{
    const struct image_info *image = boot_session_load(session, slot);
    if (image->verdict != BM_IMAGE_OK) {
        boot_session_log(session, BM_EVIDENCE_IMAGE_REFUSED, slot, (uint8_t)image->verdict);
    }
    return image->verdict == BM_IMAGE_OK;
}

/* A trial counts from the moment that it is taken away in flash: an image that resets at once cannot loop. */
static bool try_pending(struct boot_session *session)
{
    struct boot_record *record = &session->record;
    record->trials_remaining--;
    if (!boot_session_save(session)) {
        record->trials_remaining++;
        return false;
    }
    uint8_t slot = record->pending_slot;
    if (load_slot(session, slot)
        && memcmp(session->images[slot].hash, record->pending_hash, BM_HASH_SIZE) == 0) {
        return true;
    }
    roll_back(session, BM_ROLLBACK_IMAGE_INVALID);
    return false;
}

static bool load_confirmed(struct boot_session *session, uint8_t slot)
{
    return load_slot(session, slot) && boot_session_is_confirmed(session, slot);
}

static uint8_t load_last_good(struct boot_session *session)
{
    uint8_t active = session->record.active_slot;
    if (active == BM_SLOT_NONE) {
        return BM_SLOT_NONE;
    }
    if (load_confirmed(session, active)) {
        return active;
    }
    if (!load_confirmed(session, other_slot(active))) {
        return BM_SLOT_NONE;
    }
    session->record.active_slot = other_slot(active);
    boot_session_save(session);
    return other_slot(active);
}

static struct boot_decision enter_recovery(struct boot_session *session, enum bm_recovery_cause cause)
{
    boot_session_log(session, BM_EVIDENCE_RECOVERY, BM_SLOT_NONE, (uint8_t)cause);
    return (struct boot_decision){.slot = BM_SLOT_NONE, .is_trial = false, .recovery_cause = cause};
}

struct boot_decision boot_policy_decide(struct boot_session *session)
{
    struct retained_notes notes = retained_take();
    if (session->record_was_lost) {
        adopt_valid_images(session);
    }
    if (session->record.pending_slot != BM_SLOT_NONE && session->record.trials_remaining == 0) {
        roll_back(session, reason_of_failed_trial(session, &notes));
    }
    if (notes.stay_in_recovery || port_recovery_is_requested()) {
        return enter_recovery(session, BM_RECOVERY_REQUESTED);
    }
    if (session->record.pending_slot != BM_SLOT_NONE && try_pending(session)) {
        return (struct boot_decision){.slot = session->record.pending_slot, .is_trial = true};
    }
    uint8_t slot = load_last_good(session);
    if (slot == BM_SLOT_NONE) {
        return enter_recovery(session, BM_RECOVERY_NO_IMAGE);
    }
    return (struct boot_decision){.slot = slot, .is_trial = false};
}

void boot_policy_start(struct boot_session *session, const struct boot_decision *decision)
{
    session->running_slot = decision->slot;
    session->is_on_trial = decision->is_trial;
    if (decision->is_trial) {
        session->trial_started_ms = port_now_ms();
        port_watchdog_start(port_timing()->watchdog_ms);
    }
}
