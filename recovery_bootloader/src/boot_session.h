/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BOOTMEND_BOOT_SESSION_H
#define BOOTMEND_BOOT_SESSION_H

#include "evidence_log.h"
#include "image_check.h"
#include "retained.h"
#include "state_store.h"

#define BOOTLOADER_VERSION "1.0.0"

/* Everything that the bootloader knows from one reset to the next. */
struct boot_session {
    struct state_store store;
    struct boot_record record;
    struct evidence_log log;
    struct bm_identity identity;
    bool is_provisioned;
    bool record_was_lost;
    enum bm_reset_reason reset_reason;
    uint32_t boots;

    uint8_t running_slot; /* BM_SLOT_NONE in recovery mode */
    bool is_on_trial;
    bool trial_has_expired;
    uint32_t trial_started_ms;

    uint8_t open_slot; /* may be written, since slot_open(); or BM_SLOT_NONE */

    struct image_info images[BM_SLOT_COUNT];
    bool is_image_known[BM_SLOT_COUNT]; /* images[] holds the verdict over what the slot contains now */
};

/* Reads what the flash and the machine know; takes no decision and writes nothing but the boot's own event.
 */
void boot_session_open(struct boot_session *session);

void boot_session_log(struct boot_session *session, enum bm_evidence_kind kind, uint8_t slot, uint8_t code);

/* Appends the record with the current boot counter; false when the flash failed. */
bool boot_session_save(struct boot_session *session);

/* The verdict over a slot's image; computed again only after the slot or the minimum index has changed. */
const struct image_info *boot_session_image(struct boot_session *session, uint8_t slot);
/* The same, from the copy that image_load() makes in the load area. */
const struct image_info *boot_session_load(struct boot_session *session, uint8_t slot);
void boot_session_forget_image(struct boot_session *session, uint8_t slot);

/* The image in the slot verifies, and it is the one that was confirmed there. */
bool boot_session_is_confirmed(struct boot_session *session, uint8_t slot);

/* The slot that an update must not touch because it holds the last good image; BM_SLOT_NONE when none does.
 */
uint8_t boot_session_last_good(struct boot_session *session);

static inline uint8_t other_slot(uint8_t slot)
{
    return slot == BM_SLOT_A ? BM_SLOT_B : BM_SLOT_A;
}

#endif
