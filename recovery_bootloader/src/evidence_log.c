/* SPDX-License-Identifier: Apache-2.0 */
#include "evidence_log.h"

#include "mem.h"

#define EVIDENCE_MAGIC 0x01545645u /* "EVT" and the format version */

uint32_t evidence_log_open(struct record_ring *log)
{
    record_ring_open(log, BM_REGION_EVIDENCE, sizeof(struct event_record), EVIDENCE_MAGIC);
    const struct event_record *newest = record_ring_newest(log);
    return newest != NULL ? newest->event.boot : 0;
}

size_t evidence_log_read(const struct record_ring *log, uint32_t from, struct bm_evidence_event *events,
                         size_t capacity)
{
    const struct event_record *stored = NULL;
    struct record_cursor cursor;
    size_t count = 0;
    record_ring_rewind(log, &cursor);
    while (count < capacity && (stored = record_ring_next(log, &cursor)) != NULL) {
        if (stored->event.sequence >= from) {
            events[count++] = stored->event;
        }
    }
    return count;
}

uint32_t evidence_log_standing(const struct record_ring *log, const uint8_t *image)
{
    const struct event_record *stored = NULL;
    struct record_cursor cursor;
    uint32_t standing = STANDING_UNKNOWN;
    record_ring_rewind(log, &cursor);
    while ((stored = record_ring_next(log, &cursor)) != NULL) {
        const struct bm_evidence_event *event = &stored->event;
        if (memcmp(event->image, image, BM_IMAGE_PREFIX_SIZE) != 0) {
            continue;
        }
        if (event->kind == BM_EVIDENCE_CONFIRMED) {
            standing = STANDING_CONFIRMED + event->sequence;
        } else if (event->kind == BM_EVIDENCE_ROLLBACK) {
            standing = STANDING_ROLLED_BACK;
        }
    }
    return standing;
}
