/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BOOTMEND_STATE_STORE_H
#define BOOTMEND_STATE_STORE_H

#include "bootmend/boot_services.h"
#include "record_ring.h"

/*
 * What the bootloader remembers between boots, as it lies in flash. Slots are BM_SLOT_A, BM_SLOT_B or
 * BM_SLOT_NONE. Zeros stand for no hash.
 */
struct boot_record {
    struct record_head head;
    uint8_t active_slot;
    uint8_t pending_slot;
    uint8_t trials_remaining;
    uint8_t rollback_reason; /* enum bm_rollback_reason, of the last rollback since a trial was requested */
    uint8_t revert_reason; /* BM_REVERT_REASON_… when the trial is to end as failed; else 0 */
    uint8_t upload_slot; /* that an upload with a key was opened for last */
    uint8_t reserved[2];
    uint32_t boots; /* when the record was written */
    uint32_t minimum_rollback_index;
    uint32_t config_sequence; /* of the newest configuration that every image may find */
    uint32_t upload_length;
    uint8_t upload_key[BM_IMAGE_PREFIX_SIZE];
    uint8_t pending_hash[BM_HASH_SIZE];
    uint8_t rolled_back_hash[BM_HASH_SIZE]; /* of the last one, unless it was confirmed since */
    /* The image of each slot that was confirmed last, told by the first bytes of its SHA-256. */
    uint8_t confirmed_image[BM_SLOT_COUNT][BM_IMAGE_PREFIX_SIZE];
    uint32_t unused;
    uint32_t crc;
};
_Static_assert(sizeof(struct boot_record) == 128, "a power of two without holes");

/* False when no valid record exists; `record` is that of a unit that knows nothing then. */
bool state_store_load(struct record_ring *store, struct boot_record *record);

#endif
