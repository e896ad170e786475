/* SPDX-License-Identifier: Apache-2.0 */
#include "boot_session.h"

#include "flash_region.h"

/* The code of a CONFIRMED event that repeats an earlier confirmation; 0 is the confirmation itself. */
#define CONFIRMED_BEFORE 1u

/* A confirmed image that has run for so long does not crash in a loop. */
#define STEADY_AFTER_MS 60000u

struct boot_session boot;

void boot_session_open(void)
{
    memset(&boot, 0, sizeof boot);
    boot.running_slot = BM_SLOT_NONE;
    boot.open_slot = BM_SLOT_NONE;
    boot.record_was_lost = !state_store_load(&boot.store, &boot.record);
    boot.identity_state = identity_store_find(&boot.identity);
    if (boot.identity_state != IDENTITY_GOOD) {
        boot.identity = NULL;
    }
    boot.reset_reason = (uint8_t)port_reset_reason();
    /* Every boot leaves an event, so the counter needs no write of the boot state. */
    uint32_t known = evidence_log_open(&boot.log);
    boot.boots = (known > boot.record.boots ? known : boot.record.boots) + 1;
    boot_session_log(BM_EVIDENCE_BOOT, BM_SLOT_NONE, boot.reset_reason);
}

/* A log that cannot be written does not keep a unit from booting, so there is nothing to return. */
static void add_event(enum bm_evidence_kind kind, uint8_t slot, uint8_t code, const uint8_t *image)
{
    struct event_record record;
    memset(&record, 0, sizeof record);
    record.event.boot = boot.boots;
    record.event.kind = (uint8_t)kind;
    record.event.slot = slot;
    record.event.code = code;
    if (image != NULL) {
        memcpy(record.event.image, image, BM_IMAGE_PREFIX_SIZE);
    }
    record_ring_append(&boot.log, &record);
}

static const uint8_t *image_of_event(enum bm_evidence_kind kind, uint8_t slot)
{
    if (kind == BM_EVIDENCE_ROLLBACK) {
        return boot.record.rolled_back_hash;
    }
    bool is_known = slot < BM_SLOT_COUNT && boot.is_image_known[slot] && boot.images[slot].is_intact;
    return is_known ? boot.images[slot].hash : NULL;
}

void boot_session_log(enum bm_evidence_kind kind, uint8_t slot, uint8_t code)
{
    add_event(kind, slot, code, image_of_event(kind, slot));
    /*
     * The log forgets its oldest sector. Repeated at the start of each, the confirmation can still be found
     * on the day that the state is lost.
     */
    uint8_t active = boot.record.active_slot;
    if (active != BM_SLOT_NONE && sector_start(boot.log.newest) == boot.log.newest) {
        add_event(BM_EVIDENCE_CONFIRMED, active, CONFIRMED_BEFORE, boot.record.confirmed_image[active]);
    }
}

bool boot_session_save(void)
{
    boot.record.boots = boot.boots;
    if (record_ring_append(&boot.store, &boot.record)) {
        return true;
    }
    state_store_load(&boot.store, &boot.record);
    return false;
}

typedef void (*judge_image)(uint8_t slot, const struct image_target *target, struct image_info *info);

static const struct image_info *judge(uint8_t slot, judge_image judge_with)
{
    struct image_target target = {.identity = boot.identity,
                                  .minimum_rollback_index = boot.record.minimum_rollback_index};
    judge_with(slot, &target, &boot.images[slot]);
    boot.is_image_known[slot] = true;
    return &boot.images[slot];
}

const struct image_info *boot_session_image(uint8_t slot)
{
    return boot.is_image_known[slot] ? &boot.images[slot] : judge(slot, image_check);
}

const struct image_info *boot_session_load(uint8_t slot)
{
    return judge(slot, image_load);
}

void boot_session_forget_image(uint8_t slot)
{
    boot.is_image_known[slot] = false;
}

static bool holds_confirmed(uint8_t slot)
{
    const struct image_info *image = boot_session_image(slot);
    return image->is_intact && is_same_image(image->hash, boot.record.confirmed_image[slot]);
}

bool boot_session_is_confirmed(uint8_t slot)
{
    return boot_session_image(slot)->verdict == BM_IMAGE_OK && holds_confirmed(slot);
}

/* Also when it is refused for now: a damaged identity, which refuses every image, can be mended. */
uint8_t boot_session_last_good(void)
{
    uint8_t active = boot.record.active_slot;
    if (active == BM_SLOT_NONE || holds_confirmed(active)) {
        return active;
    }
    return holds_confirmed(other_slot(active)) ? other_slot(active) : BM_SLOT_NONE;
}

void boot_session_kick_watchdog(void)
{
    uint32_t age_ms = port_now_ms() - boot.started_ms;
    if (boot.is_on_trial && !boot.trial_has_expired && age_ms >= port_timing()->trial_limit_ms) {
        boot.trial_has_expired = true;
        retained_leave(RETAINED_TRIAL_EXPIRED);
    }
    if (boot.crashes > 0 && age_ms >= STEADY_AFTER_MS) {
        boot.crashes = 0;
        retained_leave(0);
    }
    if (!boot.trial_has_expired) {
        port_watchdog_kick();
    }
}
