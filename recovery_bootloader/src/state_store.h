/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BOOTMEND_STATE_STORE_H
#define BOOTMEND_STATE_STORE_H

#include "bootmend/boot_services.h"
#include "record_ring.h"

/* What the bootloader remembers between boots. Slots are BM_SLOT_A, BM_SLOT_B or BM_SLOT_NONE. */
struct boot_record {
    uint8_t active_slot;
    uint8_t pending_slot;
    uint8_t trials_remaining;
    uint8_t rollback_reason; /* enum bm_rollback_reason, of the last rollback since a trial was requested */
    uint8_t revert_reason; /* BM_REVERT_REASON_… when the trial is to end as failed; else 0 */
    uint32_t boots; /* when the record was written */
    uint32_t minimum_rollback_index;
    uint8_t pending_hash[BM_HASH_SIZE];
    uint8_t rolled_back_hash[BM_HASH_SIZE];
    /* The image of each slot that was confirmed last; an image counts as confirmed when its hash is this one.
     */
    uint8_t confirmed_hash[BM_SLOT_COUNT][BM_HASH_SIZE];
};

struct state_store {
    struct record_ring ring;
};

/* A record of a unit that knows nothing. */
void boot_record_clear(struct boot_record *record);

/* False when no valid record exists; `record` is cleared then. */
bool state_store_load(struct state_store *store, struct boot_record *record);

/* Appends `record`; false when the flash failed, and the old record still counts. */
bool state_store_save(struct state_store *store, const struct boot_record *record);

#endif
