/* SPDX-License-Identifier: Apache-2.0 */
#include "boot_policy.h"

#include "mem.h"

/* The code of a CONFIRMED event that repeats an earlier confirmation; 0 is the confirmation itself. */
#define CONFIRMED_BEFORE 1u

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

/* What the evidence says of an image; what it said last counts. */
enum standing { STANDING_ROLLED_BACK, STANDING_UNKNOWN, STANDING_CONFIRMED };

struct witness {
    enum standing standing;
    uint32_t confirmed_at; /* sequence number; 0 when no confirmation is known */
};

static struct witness witness_of(const struct boot_session *session, const struct image_info *image)
{
    uint32_t confirmed = evidence_log_newest(&session->log, BM_EVIDENCE_CONFIRMED, image->hash);
    uint32_t rolled_back = evidence_log_newest(&session->log, BM_EVIDENCE_ROLLBACK, image->hash);
    struct witness witness = {.standing = STANDING_UNKNOWN, .confirmed_at = confirmed};
    if (confirmed != rolled_back) {
        witness.standing = confirmed > rolled_back ? STANDING_CONFIRMED : STANDING_ROLLED_BACK;
    }
    return witness;
}

/*
 * Without a record, the evidence is the only witness: confirmed before unknown before rolled back, and of two
 * that were confirmed the one that was so last. Where it says nothing, the older version: an update puts the
 * newer one into the unit, and that is the one that may never have been tried.
 */
static bool is_better_guess(struct boot_session *session, uint8_t slot, uint8_t than)
{
    const struct image_info *image = boot_session_image(session, slot);
    const struct image_info *other = boot_session_image(session, than);
    struct witness mine = witness_of(session, image);
    struct witness others = witness_of(session, other);
    if (mine.standing != others.standing) {
        return mine.standing > others.standing;
    }
    if (mine.standing == STANDING_CONFIRMED) {
        return mine.confirmed_at > others.confirmed_at;
    }
    return is_newer(&other->version, &image->version);
}

/*
 * The state is lost: of what verifies, one image is taken as the confirmed one; a single one whatever is said
 * of it. The other one has to go through a trial again. The minimum becomes the lowest index among the valid
 * images, which admits both of them and nothing older.
 */
static void adopt_valid_image(struct boot_session *session)
{
    struct boot_record *record = &session->record;
    uint8_t chosen = BM_SLOT_NONE;
    uint32_t minimum = UINT32_MAX;
    boot_session_log(session, BM_EVIDENCE_STATE_LOST, BM_SLOT_NONE, 0);
    for (uint8_t slot = 0; slot < BM_SLOT_COUNT; slot++) {
        const struct image_info *image = boot_session_image(session, slot);
        if (image->verdict != BM_IMAGE_OK) {
            continue;
        }
        minimum = image->rollback_index < minimum ? image->rollback_index : minimum;
        if (chosen == BM_SLOT_NONE || is_better_guess(session, slot, chosen)) {
            chosen = slot;
        }
    }
    if (chosen != BM_SLOT_NONE) {
        record->active_slot = chosen;
        record->minimum_rollback_index = minimum;
        memcpy(record->confirmed_hash[chosen], session->images[chosen].hash, BM_HASH_SIZE);
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
    if (!load_slot(session, slot)
        || memcmp(session->images[slot].hash, record->pending_hash, BM_HASH_SIZE) != 0) {
        roll_back(session, BM_ROLLBACK_IMAGE_INVALID);
        return false;
    }
    /* An image that hangs would never be taken back. */
    if (!port_watchdog_start(port_timing()->watchdog_ms)) {
        roll_back(session, BM_ROLLBACK_NOT_CONFIRMED);
        return false;
    }
    return true;
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

/*
 * The log forgets its oldest sector, and a unit that was made confirmed has no event of it at all. Said
 * again, the confirmation can still be found on the day that the state is lost.
 */
static void keep_witness(struct boot_session *session, uint8_t slot)
{
    if (witness_of(session, &session->images[slot]).standing != STANDING_CONFIRMED) {
        boot_session_log(session, BM_EVIDENCE_CONFIRMED, slot, CONFIRMED_BEFORE);
    }
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
        adopt_valid_image(session);
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
    keep_witness(session, slot);
    return (struct boot_decision){.slot = slot, .is_trial = false};
}

void boot_policy_start(struct boot_session *session, const struct boot_decision *decision)
{
    session->running_slot = decision->slot;
    session->is_on_trial = decision->is_trial;
    if (decision->is_trial) {
        session->trial_started_ms = port_now_ms();
    }
}
