/* SPDX-License-Identifier: Apache-2.0 */
#include "state_store.h"

#include "mem.h"

/* "BST" and the format version: another version is another magic, and no valid record to this code. */
#define STATE_MAGIC 0x02545342u

bool state_store_load(struct record_ring *store, struct boot_record *record)
{
    record_ring_open(store, BM_REGION_STATE, sizeof *record, STATE_MAGIC);
    const struct boot_record *newest = record_ring_newest(store);
    if (newest == NULL) {
        memset(record, 0, sizeof *record);
        record->active_slot = BM_SLOT_NONE;
        record->pending_slot = BM_SLOT_NONE;
        record->upload_slot = BM_SLOT_NONE;
        return false;
    }
    *record = *newest;
    return true;
}
