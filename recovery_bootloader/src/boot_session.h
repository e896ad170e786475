/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BOOTMEND_BOOT_SESSION_H
#define BOOTMEND_BOOT_SESSION_H

#include "evidence_log.h"
#include "identity_store.h"
#include "image_check.h"
#include "mem.h"
#include "retained.h"
#include "state_store.h"

/* What lies in front of a configuration in flash; see config_store.h. */
struct config_head {
    uint32_t magic;
    uint32_t sequence;
    uint32_t schema;
    uint32_t length; /* of the bytes behind the head */
    uint32_t data_crc;
    uint8_t writer[BM_IMAGE_PREFIX_SIZE]; /* the image that wrote it */
    uint32_t crc;
};
_Static_assert(sizeof(struct config_head) % BM_MAX_WRITE_SIZE == 0, "it ends at a write unit");

/*
 * Everything that the bootloader knows from one reset to the next; there is one bootloader, and one of it.
 * Bytes come first, then words: a small core reaches what is near with a short instruction.
 */
struct boot_session {
    uint8_t running_slot; /* BM_SLOT_NONE in recovery mode */
    uint8_t recovery_cause; /* enum bm_recovery_cause, in recovery mode */
    uint8_t reset_reason; /* enum bm_reset_reason */
    uint8_t identity_state; /* enum identity_state */
    uint8_t open_slot; /* may be written, since slot_open(); or BM_SLOT_NONE */
    bool record_was_lost;
    bool is_on_trial;
    bool trial_has_expired;
    bool was_resumed; /* an upload has been, since the reset */
    bool is_unlocked;
    bool is_challenged; /* and the answer has not come yet */
    bool is_image_known[BM_SLOT_COUNT]; /* images[] holds the verdict over what the slot contains now */

    struct boot_record record;

    uint32_t boots;
    uint32_t started_ms; /* when the image did */
    uint32_t crashes; /* of the confirmed image, in a row; 0 again when it has run for a while */
    uint32_t open_erased; /* bytes from the open slot's start that are erased or written since */
    uint32_t nonce; /* of the last challenge */
    const struct bm_identity *identity; /* null when the unit has none */

    struct record_ring store;
    struct record_ring log;
    struct image_info images[BM_SLOT_COUNT];

    uint8_t config_region; /* that the configuration in config_draft goes to */
    uint32_t config_written; /* bytes of it, behind its head */
    struct config_head config_draft; /* its length is 0 when none is being written */
};

extern struct boot_session boot;

/* Reads what the flash and the machine know; takes no decision and writes nothing but the boot's own event.
 */
void boot_session_open(void);

/* The event is about the image in `slot` where that is known; a rollback, about the one rolled back last. */
void boot_session_log(enum bm_evidence_kind kind, uint8_t slot, uint8_t code);

/* Appends the record; when the flash failed, false, and the record is again what it was in the flash. */
bool boot_session_save(void);

/* The verdict over a slot's image; computed again only after the slot or the minimum index has changed. */
const struct image_info *boot_session_image(uint8_t slot);
/* The same, ready to be started: see image_load(). */
const struct image_info *boot_session_load(uint8_t slot);
void boot_session_forget_image(uint8_t slot);

/* The image in the slot verifies, and it is the one that was confirmed there. */
bool boot_session_is_confirmed(uint8_t slot);

/* The slot that an update must not touch because it holds the last good image; or BM_SLOT_NONE. */
uint8_t boot_session_last_good(void);

/* Without effect once the trial's time is over. */
void boot_session_kick_watchdog(void);

/* "hash" may be longer; only the first bytes count. */
static inline bool is_same_image(const uint8_t *left, const uint8_t *right)
{
    return memcmp(left, right, BM_IMAGE_PREFIX_SIZE) == 0;
}

/* Major, minor and revision as one number. */
static inline uint32_t version_rank(const struct bm_version *version)
{
    return (uint32_t)version->major << 24 | (uint32_t)version->minor << 16 | version->revision;
}

static inline uint8_t other_slot(uint8_t slot)
{
    return (uint8_t)(BM_SLOT_A + BM_SLOT_B - slot);
}

#endif
