/* SPDX-License-Identifier: Apache-2.0 */
#include "boot_session.h"

#include "flash_region.h"

/* The code of a CONFIRMED event that repeats an earlier confirmation; 0 is the confirmation itself. */
#define CONFIRMED_BEFORE 1u

/* A confirmed image that has run for so long does not crash in a loop. */
#define STEADY_AFTER_MS 60000u

void boot_session_open(struct boot_session *session)
{
    memset(session, 0, sizeof *session);
    session->running_slot = BM_SLOT_NONE;
    session->open_slot = BM_SLOT_NONE;
    session->record_was_lost = !state_store_load(&session->store, &session->record);
    session->identity_state = identity_store_find(&session->identity);
    if (session->identity_state != IDENTITY_GOOD) {
        session->identity = NULL;
    }
    session->reset_reason = port_reset_reason();
    /* Every boot leaves an event, so the counter needs no write of the boot state. */
    uint32_t known = evidence_log_open(&session->log);
    session->boots = (known > session->record.boots ? known : session->record.boots) + 1;
    boot_session_log(session, BM_EVIDENCE_BOOT, BM_SLOT_NONE, (uint8_t)session->reset_reason);
}

/* A log that cannot be written does not keep a unit from booting, so there is nothing to return. */
static void add_event(struct boot_session *session, enum bm_evidence_kind kind, uint8_t slot, uint8_t code,
                      const uint8_t *image)
{
    struct event_record event = {.boot = session->boots, .kind = (uint8_t)kind, .slot = slot, .code = code};
    if (image != NULL) {
        memcpy(event.image, image, BM_IMAGE_PREFIX_SIZE);
    }
    record_ring_append(&session->log, &event);
}

static const uint8_t *image_of_event(const struct boot_session *session, enum bm_evidence_kind kind,
                                     uint8_t slot)
{
    if (kind == BM_EVIDENCE_ROLLBACK) {
        return session->record.rolled_back_hash;
    }
    bool is_known = slot < BM_SLOT_COUNT && session->is_image_known[slot] && session->images[slot].is_intact;
    return is_known ? session->images[slot].hash : NULL;
}

void boot_session_log(struct boot_session *session, enum bm_evidence_kind kind, uint8_t slot, uint8_t code)
{
    add_event(session, kind, slot, code, image_of_event(session, kind, slot));
    /*
     * The log forgets its oldest sector. Repeated at the start of each, the confirmation can still be found
     * on the day that the state is lost.
     */
    uint8_t active = session->record.active_slot;
    if (session->log.next == sector_start(session->log.newest) + sizeof(struct event_record)
        && active != BM_SLOT_NONE) {
        add_event(session, BM_EVIDENCE_CONFIRMED, active, CONFIRMED_BEFORE,
                  session->record.confirmed_image[active]);
    }
}

bool boot_session_save(struct boot_session *session)
{
    session->record.boots = session->boots;
    if (record_ring_append(&session->store, &session->record)) {
        return true;
    }
    state_store_load(&session->store, &session->record);
    return false;
}

typedef void (*judge_image)(uint8_t slot, const struct image_target *target, struct image_info *info);

static const struct image_info *judge(struct boot_session *session, uint8_t slot, judge_image judge_with)
{
    struct image_target target = {.identity = session->identity,
                                  .minimum_rollback_index = session->record.minimum_rollback_index};
    judge_with(slot, &target, &session->images[slot]);
    session->is_image_known[slot] = true;
    return &session->images[slot];
}

const struct image_info *boot_session_image(struct boot_session *session, uint8_t slot)
{
    return session->is_image_known[slot] ? &session->images[slot] : judge(session, slot, image_check);
}

const struct image_info *boot_session_load(struct boot_session *session, uint8_t slot)
{
    return judge(session, slot, image_load);
}

void boot_session_forget_image(struct boot_session *session, uint8_t slot)
{
    session->is_image_known[slot] = false;
}

bool boot_session_is_confirmed(struct boot_session *session, uint8_t slot)
{
    const struct image_info *image = boot_session_image(session, slot);
    return image->verdict == BM_IMAGE_OK && is_same_image(image->hash, session->record.confirmed_image[slot]);
}

uint8_t boot_session_last_good(struct boot_session *session)
{
    uint8_t active = session->record.active_slot;
    if (active == BM_SLOT_NONE || boot_session_is_confirmed(session, active)) {
        return active;
    }
    return boot_session_is_confirmed(session, other_slot(active)) ? other_slot(active) : BM_SLOT_NONE;
}

void boot_session_kick_watchdog(struct boot_session *session)
{
    uint32_t age_ms = port_now_ms() - session->started_ms;
    if (session->is_on_trial && !session->trial_has_expired && age_ms >= port_timing()->trial_limit_ms) {
        session->trial_has_expired = true;
        retained_leave(RETAINED_TRIAL_EXPIRED);
    }
    if (session->crashes > 0 && age_ms >= STEADY_AFTER_MS) {
        session->crashes = 0;
        retained_leave(0);
    }
    if (!session->trial_has_expired) {
        port_watchdog_kick();
    }
}
