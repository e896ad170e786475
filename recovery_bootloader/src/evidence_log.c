/* SPDX-License-Identifier: Apache-2.0 */
#include "evidence_log.h"

#include "mem.h"

#define EVIDENCE_MAGIC 0x01545645u /* "EVT" and the format version */

uint32_t evidence_log_open(struct record_ring *log)
{
    struct event_record newest;
    record_ring_open(log, BM_REGION_EVIDENCE, sizeof newest, EVIDENCE_MAGIC);
    return record_ring_newest(log, &newest) ? newest.boot : 0;
}

size_t evidence_log_read(const struct record_ring *log, uint32_t from, struct bm_evidence_event *events,
                         size_t capacity)
{
    struct event_record stored;
    struct record_cursor cursor;
    size_t count = 0;
    record_ring_rewind(log, &cursor);
    while (count < capacity && record_ring_next(log, &cursor, &stored)) {
        if (stored.head.sequence >= from) {
            struct bm_evidence_event *event = &events[count++];
            event->sequence = stored.head.sequence;
            event->boot = stored.boot;
            event->kind = stored.kind;
            event->slot = stored.slot;
            event->code = stored.code;
            memcpy(event->image, stored.image, BM_IMAGE_PREFIX_SIZE);
        }
    }
    return count;
}

struct witness evidence_log_witness(const struct record_ring *log, const uint8_t *image)
{
    struct event_record stored;
    struct record_cursor cursor;
    struct witness witness = {.standing = STANDING_UNKNOWN, .at = 0};
    record_ring_rewind(log, &cursor);
    while (record_ring_next(log, &cursor, &stored)) {
        bool is_confirmation = stored.kind == BM_EVIDENCE_CONFIRMED;
        if ((is_confirmation || stored.kind == BM_EVIDENCE_ROLLBACK)
            && memcmp(stored.image, image, BM_IMAGE_PREFIX_SIZE) == 0) {
            witness.standing = is_confirmation ? STANDING_CONFIRMED : STANDING_ROLLED_BACK;
            witness.at = stored.head.sequence;
        }
    }
    return witness;
}
