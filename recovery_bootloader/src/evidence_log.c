/* SPDX-License-Identifier: Apache-2.0 */
#include "evidence_log.h"

#include "bytes.h"
#include "mem.h"

#define EVIDENCE_MAGIC 0x01545645u /* "EVT" and the format version */

/* Layout behind the record's head; little endian. */
enum {
    AT_BOOT = RECORD_HEAD_SIZE,
    AT_KIND = AT_BOOT + 4,
    AT_SLOT,
    AT_CODE,
    AT_IMAGE = AT_KIND + 4,
    AT_END = AT_IMAGE + BM_IMAGE_PREFIX_SIZE,
    EVENT_RECORD_SIZE = 32,
};
_Static_assert(AT_END + RECORD_CRC_SIZE <= EVENT_RECORD_SIZE, "the record holds all fields");
_Static_assert(EVENT_RECORD_SIZE % BM_MAX_WRITE_SIZE == 0, "records end at a write unit");

static void decode(const uint8_t *stored, struct bm_evidence_event *event)
{
    event->sequence = load_le32(stored + 4);
    event->boot = load_le32(stored + AT_BOOT);
    event->kind = stored[AT_KIND];
    event->slot = stored[AT_SLOT];
    event->code = stored[AT_CODE];
    memcpy(event->image, stored + AT_IMAGE, BM_IMAGE_PREFIX_SIZE);
}

void evidence_log_open(struct evidence_log *log)
{
    uint8_t stored[RECORD_MAX_SIZE];
    record_ring_open(&log->ring, BM_REGION_EVIDENCE, EVENT_RECORD_SIZE, EVIDENCE_MAGIC);
    log->last_boot = record_ring_read(&log->ring, log->ring.newest, stored) ? load_le32(stored + AT_BOOT) : 0;
}

void evidence_log_add(struct evidence_log *log, const struct bm_evidence_event *event)
{
    uint8_t stored[RECORD_MAX_SIZE];
    memset(stored, 0xff, sizeof stored);
    store_le32(stored + AT_BOOT, event->boot);
    stored[AT_KIND] = event->kind;
    stored[AT_SLOT] = event->slot;
    stored[AT_CODE] = event->code;
    memcpy(stored + AT_IMAGE, event->image, BM_IMAGE_PREFIX_SIZE);
    if (record_ring_append(&log->ring, stored)) {
        log->last_boot = event->boot;
    }
}

size_t evidence_log_read(const struct evidence_log *log, uint32_t from, struct bm_evidence_event *events,
                         size_t capacity)
{
    uint8_t stored[RECORD_MAX_SIZE];
    struct record_cursor cursor;
    size_t count = 0;
    record_ring_rewind(&log->ring, &cursor);
    while (count < capacity && record_ring_next(&log->ring, &cursor, stored)) {
        if (load_le32(stored + 4) >= from) {
            decode(stored, &events[count++]);
        }
    }
    return count;
}

uint32_t evidence_log_newest(const struct evidence_log *log, enum bm_evidence_kind kind,
                             const uint8_t image[BM_IMAGE_PREFIX_SIZE])
{
    uint8_t stored[RECORD_MAX_SIZE];
    struct record_cursor cursor;
    uint32_t newest = 0;
    record_ring_rewind(&log->ring, &cursor);
    while (record_ring_next(&log->ring, &cursor, stored)) {
        if (stored[AT_KIND] == kind && memcmp(stored + AT_IMAGE, image, BM_IMAGE_PREFIX_SIZE) == 0
            && load_le32(stored + 4) > newest) {
            newest = load_le32(stored + 4);
        }
    }
    return newest;
}
