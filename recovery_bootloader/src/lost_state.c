/* SPDX-License-Identifier: Apache-2.0 */
#include "lost_state.h"

#include "config_store.h"

static bool is_older(const struct bm_version *version, const struct bm_version *other)
{
    uint32_t rank = version_rank(version);
    uint32_t others = version_rank(other);
    return rank < others || (rank == others && version->build < other->build);
}

/*
 * Confirmed before unknown before rolled back, and of two that were confirmed the one that was so last. Where
 * the evidence says nothing, the older version: an update puts the newer one into the unit, and that is the
 * one that may never have been tried.
 */
static bool is_better_guess(const struct image_info *image, const struct image_info *other)
{
    uint32_t mine = evidence_log_standing(&boot.log, image->hash);
    uint32_t others = evidence_log_standing(&boot.log, other->hash);
    return mine > others || (mine == others && is_older(&image->version, &other->version));
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
        if (record->active_slot == BM_SLOT_NONE
            || is_better_guess(image, &boot.images[record->active_slot])) {
            record->active_slot = slot;
        }
    }
    uint8_t chosen = record->active_slot;
    config_store_adopt();
    if (chosen != BM_SLOT_NONE) {
        const struct image_info *image = &boot.images[chosen];
        bool was_confirmed = evidence_log_standing(&boot.log, image->hash) >= STANDING_CONFIRMED;
        record->minimum_rollback_index = was_confirmed ? image->rollback_index : minimum;
        memcpy(record->confirmed_image[chosen], image->hash, BM_IMAGE_PREFIX_SIZE);
        boot_session_save();
    }
}
