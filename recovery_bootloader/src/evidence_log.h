/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BOOTMEND_EVIDENCE_LOG_H
#define BOOTMEND_EVIDENCE_LOG_H

#include "bootmend/boot_services.h"
#include "record_ring.h"

/* The ring of events that survives updates and recovery; the oldest sector is given up when the last is full.
 */

/* An event as it lies in flash. */
struct event_record {
    uint32_t magic;
    struct bm_evidence_event event;
    uint32_t unused;
    uint32_t crc;
};
_Static_assert(offsetof(struct event_record, event) == offsetof(struct record_head, sequence),
               "the event's sequence number is the record's");
_Static_assert(sizeof(struct event_record) == 32, "a power of two without holes");

/* Gives the boot counter of the newest event; 0 when there is none. */
uint32_t evidence_log_open(struct record_ring *log);

/* Events with a sequence number of at least `from`, oldest first; returns how many were stored. */
size_t evidence_log_read(const struct record_ring *log, uint32_t from, struct bm_evidence_event *events,
                         size_t capacity);

/*
 * What the log says of an image; what it said last counts. A confirmed image stands at STANDING_CONFIRMED,
 * and the later it was confirmed, the higher.
 */
#define STANDING_ROLLED_BACK 0u
#define STANDING_UNKNOWN 1u
#define STANDING_CONFIRMED 2u

/* Reads the whole log: not for every boot. */
uint32_t evidence_log_standing(const struct record_ring *log, const uint8_t *image);

#endif
