/* SPDX-License-Identifier: Apache-2.0 */
#include "boot_session.h"

#include "identity_store.h"
#include "mem.h"

void boot_session_open(struct boot_session *session)
{
    memset(session, 0, sizeof *session);
    session->running_slot = BM_SLOT_NONE;
    session->open_slot = BM_SLOT_NONE;
    session->record_was_lost = !state_store_load(&session->store, &session->record);
    session->is_provisioned = identity_store_load(&session->identity);
    session->reset_reason = port_reset_reason();
    evidence_log_open(&session->log);
    /* Every boot leaves an event, so the counter needs no write of the boot state. */
    uint32_t known = session->record.boots;
    session->boots = (session->log.last_boot > known ? session->log.last_boot : known) + 1;
    boot_session_log(session, BM_EVIDENCE_BOOT, BM_SLOT_NONE, (uint8_t)session->reset_reason);
}

void boot_session_log(struct boot_session *session, enum bm_evidence_kind kind, uint8_t slot, uint8_t code)
{
    struct bm_evidence_event event = {
        .boot = session->boots, .kind = (uint8_t)kind, .slot = slot, .code = code};
    if (kind == BM_EVIDENCE_ROLLBACK) {
        memcpy(event.image, session->record.rolled_back_hash, BM_IMAGE_PREFIX_SIZE);
    } else if (slot < BM_SLOT_COUNT && session->is_image_known[slot] && session->images[slot].is_intact) {
        memcpy(event.image, session->images[slot].hash, BM_IMAGE_PREFIX_SIZE);
    }
    evidence_log_add(&session->log, &event);
}

bool boot_session_save(struct boot_session *session)
{
    session->record.boots = session->boots;
    return state_store_save(&session->store, &session->record);
}

static struct image_target target_of(const struct boot_session *session)
{
    return (struct image_target){.identity = &session->identity,
                                 .minimum_rollback_index = session->record.minimum_rollback_index};
}

const struct image_info *boot_session_image(struct boot_session *session, uint8_t slot)
{
    if (!session->is_image_known[slot]) {
        struct image_target target = target_of(session);
        image_check(slot, &target, &session->images[slot]);
        session->is_image_known[slot] = true;
    }
    return &session->images[slot];
}

const struct image_info *boot_session_load(struct boot_session *session, uint8_t slot)
{
    struct image_target target = target_of(session);
    image_load(slot, &target, &session->images[slot]);
    session->is_image_known[slot] = true;
    return &session->images[slot];
}

void boot_session_forget_image(struct boot_session *session, uint8_t slot)
{
    session->is_image_known[slot] = false;
}

bool boot_session_is_confirmed(struct boot_session *session, uint8_t slot)
{
    const struct image_info *image = boot_session_image(session, slot);
    return image->verdict == BM_IMAGE_OK
        && memcmp(image->hash, session->record.confirmed_hash[slot], BM_HASH_SIZE) == 0;
}

uint8_t boot_session_last_good(struct boot_session *session)
{
    uint8_t active = session->record.active_slot;
    if (active != BM_SLOT_NONE) {
        if (boot_session_is_confirmed(session, active)) {
            return active;
        }
        if (boot_session_is_confirmed(session, other_slot(active))) {
            return other_slot(active);
        }
    }
    return BM_SLOT_NONE;
}
