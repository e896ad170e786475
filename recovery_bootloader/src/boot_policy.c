/* SPDX-License-Identifier: Apache-2.0 */
#include "boot_policy.h"

#include "boot_services_impl.h"
#include "line_entry.h"
#include "lost_state.h"

/* So many crashes in a row, and a confirmed image gives way. */
#define CRASH_LIMIT 5u

static enum bm_rollback_reason reason_of_failed_trial(uint32_t notes)
{
    static const uint8_t by_reset[] = {[BM_RESET_POWER_ON] = BM_ROLLBACK_NOT_CONFIRMED,
                                       [BM_RESET_REQUESTED] = BM_ROLLBACK_NOT_CONFIRMED,
                                       [BM_RESET_WATCHDOG] = BM_ROLLBACK_WATCHDOG,
                                       [BM_RESET_CRASH] = BM_ROLLBACK_CRASHED};
    if (boot.record.revert_reason == BM_REVERT_REASON_HEALTH) {
        return BM_ROLLBACK_HEALTH;
    }
    if (boot.record.revert_reason != 0) {
        return BM_ROLLBACK_REQUESTED;
    }
    if ((notes & RETAINED_TRIAL_EXPIRED) != 0) {
        return BM_ROLLBACK_EXPIRED;
    }
    return (enum bm_rollback_reason)by_reset[boot.reset_reason];
}

/*
 * The evidence comes first: a cut between the two writes repeats the rollback, and says so twice, but never
 * loses it. Should the record not be writable, the pending slot still has no trial left and is never started.
 */
static void roll_back(uint8_t slot, const uint8_t *hash, enum bm_rollback_reason reason)
{
    struct boot_record *record = &boot.record;
    memcpy(record->rolled_back_hash, hash, BM_HASH_SIZE);
    record->rollback_reason = (uint8_t)reason;
    trial_forget();
    boot_session_log(BM_EVIDENCE_ROLLBACK, slot, (uint8_t)reason);
    boot_session_save();
}

static void roll_back_trial(enum bm_rollback_reason reason)
{
    roll_back(boot.record.pending_slot, boot.record.pending_hash, reason);
}

/* Verifies what would be started; a refusal is recorded. */
static bool load_slot(uint8_t slot)
{
    const struct image_info *image = boot_session_load(slot);
    if (image->verdict != BM_IMAGE_OK) {
        boot_session_log(BM_EVIDENCE_IMAGE_REFUSED, slot, (uint8_t)image->verdict);
    }
    return image->verdict == BM_IMAGE_OK;
}

/*
 * A trial counts from the moment that it is taken away in flash: an image that resets at once cannot loop.
 * One that hangs is taken back by the watchdog, so there is no trial without one.
 */
static bool try_pending(void)
{
    struct boot_record *record = &boot.record;
    uint8_t slot = record->pending_slot;
    /* None is left when the record of a rollback could not be written. */
    if (slot == BM_SLOT_NONE || record->trials_remaining == 0) {
        return false;
    }
    record->trials_remaining--;
    if (!boot_session_save()) {
        return false;
    }
    if (!load_slot(slot) || memcmp(boot.images[slot].hash, record->pending_hash, BM_HASH_SIZE) != 0) {
        roll_back_trial(BM_ROLLBACK_IMAGE_INVALID);
    } else if (!port_watchdog_start(port_timing()->watchdog_ms)) {
        roll_back_trial(BM_ROLLBACK_NO_WATCHDOG);
    } else {
        boot.is_on_trial = true;
        boot.crashes = 0;
        return true;
    }
    return false;
}

static bool load_confirmed(uint8_t slot)
{
    return load_slot(slot) && is_same_image(boot.images[slot].hash, boot.record.confirmed_image[slot]);
}

/*
 * The other slot takes the place of an active one that does not verify (BM_ROLLBACK_NONE), or that only
 * crashes. There is no way back from a loop of crashes when the other one is no better.
 */
static uint8_t fall_back(enum bm_rollback_reason reason)
{
    uint8_t active = boot.record.active_slot;
    uint8_t other = other_slot(active);
    if (!load_confirmed(other)) {
        return BM_SLOT_NONE;
    }
    boot.record.active_slot = other;
    if (reason == BM_ROLLBACK_NONE) {
        boot_session_save();
    } else {
        roll_back(active, boot.images[active].hash, reason);
    }
    return other;
}

static uint8_t load_last_good(void)
{
    uint8_t active = boot.record.active_slot;
    boot.recovery_cause = BM_RECOVERY_NO_IMAGE;
    if (active == BM_SLOT_NONE) {
        return BM_SLOT_NONE;
    }
    if (!load_confirmed(active)) {
        return fall_back(BM_ROLLBACK_NONE);
    }
    if (boot.crashes < CRASH_LIMIT) {
        retained_leave(boot.crashes * RETAINED_CRASH);
        return active;
    }
    boot.crashes = 0;
    boot.recovery_cause = BM_RECOVERY_CRASH_LOOP;
    return fall_back(BM_ROLLBACK_CRASH_LOOP);
}

static bool has_crashed(void)
{
    return boot.reset_reason == BM_RESET_CRASH || boot.reset_reason == BM_RESET_WATCHDOG;
}

/* The port is asked last: a break may have come while the line was listened to. */
static bool is_recovery_asked_for(uint32_t notes)
{
    boot.recovery_cause = BM_RECOVERY_REQUESTED;
    if ((notes & RETAINED_STAY_IN_RECOVERY) != 0) {
        return true;
    }
    if (line_entry_is_asked_for()) {
        boot.recovery_cause = BM_RECOVERY_LINE;
        return true;
    }
    return port_recovery_is_requested();
}

static uint8_t choose_slot(uint32_t notes)
{
    if (is_recovery_asked_for(notes)) {
        return BM_SLOT_NONE;
    }
    return try_pending() ? boot.record.pending_slot : load_last_good();
}

uint8_t boot_policy_decide(void)
{
    struct boot_record *record = &boot.record;
    uint32_t notes = retained_take();
    boot.crashes = has_crashed() ? RETAINED_CRASHES(notes) + 1 : 0;
    if (boot.record_was_lost) {
        lost_state_adopt();
    }
    if (record->pending_slot != BM_SLOT_NONE && record->trials_remaining == 0) {
        roll_back_trial(reason_of_failed_trial(notes));
        boot.crashes = 0;
    }
    boot.running_slot = choose_slot(notes);
    boot.started_ms = port_now_ms();
    if (boot.running_slot == BM_SLOT_NONE) {
        boot_session_log(BM_EVIDENCE_RECOVERY, BM_SLOT_NONE, boot.recovery_cause);
    }
    return boot.running_slot;
}
