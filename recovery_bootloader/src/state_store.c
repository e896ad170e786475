/* SPDX-License-Identifier: Apache-2.0 */
#include "state_store.h"

#include "bytes.h"
#include "mem.h"

/* "BST" and the format version; another version is another magic, so that it is no valid record to this code.
 */
#define STATE_MAGIC 0x01545342u

/* Layout behind the record's head; every number little endian. */
enum {
    AT_ACTIVE = RECORD_HEAD_SIZE,
    AT_PENDING,
    AT_TRIALS,
    AT_ROLLBACK_REASON,
    AT_REVERT_REASON,
    AT_BOOTS = AT_ACTIVE + 8,
    AT_MINIMUM = AT_BOOTS + 4,
    AT_PENDING_HASH = AT_MINIMUM + 4,
    AT_ROLLED_BACK_HASH = AT_PENDING_HASH + 32,
    AT_CONFIRMED_HASH = AT_ROLLED_BACK_HASH + 32,
    AT_END = AT_CONFIRMED_HASH + 64,
    STATE_RECORD_SIZE = 160,
};
_Static_assert(AT_END + RECORD_CRC_SIZE <= STATE_RECORD_SIZE, "the record holds all fields");
_Static_assert(STATE_RECORD_SIZE % BM_MAX_WRITE_SIZE == 0, "records end at a write unit");

static uint8_t slot_or_none(uint8_t slot)
{
    return slot < BM_SLOT_COUNT ? slot : BM_SLOT_NONE;
}

void boot_record_clear(struct boot_record *record)
{
    memset(record, 0, sizeof *record);
    record->active_slot = BM_SLOT_NONE;
    record->pending_slot = BM_SLOT_NONE;
}

bool state_store_load(struct state_store *store, struct boot_record *record)
{
    uint8_t stored[RECORD_MAX_SIZE];
    boot_record_clear(record);
    record_ring_open(&store->ring, BM_REGION_STATE, STATE_RECORD_SIZE, STATE_MAGIC);
    if (!record_ring_read(&store->ring, store->ring.newest, stored)) {
        return false;
    }
    record->active_slot = slot_or_none(stored[AT_ACTIVE]);
    record->pending_slot = slot_or_none(stored[AT_PENDING]);
    record->trials_remaining = stored[AT_TRIALS];
    record->rollback_reason = stored[AT_ROLLBACK_REASON];
    record->revert_reason = stored[AT_REVERT_REASON];
    record->boots = load_le32(stored + AT_BOOTS);
    record->minimum_rollback_index = load_le32(stored + AT_MINIMUM);
    memcpy(record->pending_hash, stored + AT_PENDING_HASH, BM_HASH_SIZE);
    memcpy(record->rolled_back_hash, stored + AT_ROLLED_BACK_HASH, BM_HASH_SIZE);
    memcpy(record->confirmed_hash, stored + AT_CONFIRMED_HASH, sizeof record->confirmed_hash);
    return true;
}

bool state_store_save(struct state_store *store, const struct boot_record *record)
{
    uint8_t stored[RECORD_MAX_SIZE];
    memset(stored, 0xff, sizeof stored);
    stored[AT_ACTIVE] = record->active_slot;
    stored[AT_PENDING] = record->pending_slot;
    stored[AT_TRIALS] = record->trials_remaining;
    stored[AT_ROLLBACK_REASON] = record->rollback_reason;
    stored[AT_REVERT_REASON] = record->revert_reason;
    store_le32(stored + AT_BOOTS, record->boots);
    store_le32(stored + AT_MINIMUM, record->minimum_rollback_index);
    memcpy(stored + AT_PENDING_HASH, record->pending_hash, BM_HASH_SIZE);
    memcpy(stored + AT_ROLLED_BACK_HASH, record->rolled_back_hash, BM_HASH_SIZE);
    memcpy(stored + AT_CONFIRMED_HASH, record->confirmed_hash, sizeof record->confirmed_hash);
    return record_ring_append(&store->ring, stored);
}
