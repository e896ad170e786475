/* SPDX-License-Identifier: Apache-2.0 */
#include "lost_state.h"

#include "config_store.h"

static uint64_t rank_of(const struct bm_version *version)
{
    return (uint64_t)version->major << 56 | (uint64_t)version->minor << 48 | (uint64_t)version->revision << 32
        | version->build;
}

/*
 * Confirmed before unknown before rolled back, and of two that were confirmed the one that was so last. Where
 * the evidence says nothing, the older version: an update puts the newer one into the unit, and that is the
 * one that may never have been tried.
 */
static bool is_better_guess(uint8_t slot, uint8_t than)
{
    const struct image_info *image = &boot.images[slot];
    const struct image_info *other = &boot.images[than];
    struct witness mine = evidence_log_witness(&boot.log, image->hash);
    struct witness others = evidence_log_witness(&boot.log, other->hash);
    if (mine.standing != others.standing) {
        return mine.standing > others.standing;
    }
    return mine.standing == STANDING_CONFIRMED ? mine.at > others.at
                                               : rank_of(&image->version) < rank_of(&other->version);
}

void lost_state_adopt(void)
{
    struct boot_record *record = &boot.record;
    uint32_t minimum = UINT32_MAX;
    boot_session_log(BM_EVIDENCE_STATE_LOST, BM_SLOT_NONE, 0);
    for (uint8_t slot = 0; slot < BM_SLOT_COUNT; slot++) {
        const struct image_info *image = boot_session_image(slot);
        if (image->verdict != BM_IMAGE_OK) {
            continue;
        }
        minimum = image->rollback_index < minimum ? image->rollback_index : minimum;
        if (record->active_slot == BM_SLOT_NONE || is_better_guess(slot, record->active_slot)) {
            record->active_slot = slot;
        }
    }
    uint8_t chosen = record->active_slot;
    if (chosen != BM_SLOT_NONE) {
        record->minimum_rollback_index = minimum;
        memcpy(record->confirmed_image[chosen], boot.images[chosen].hash, BM_IMAGE_PREFIX_SIZE);
        config_store_adopt();
        boot_session_save();
    }
}
