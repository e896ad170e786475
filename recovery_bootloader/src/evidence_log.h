/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BOOTMEND_EVIDENCE_LOG_H
#define BOOTMEND_EVIDENCE_LOG_H

#include "bootmend/boot_services.h"
#include "record_ring.h"

/* The ring of events that survives updates and recovery; the oldest sector is given up when the last is full.
 */

/* An event as it lies in flash. */
struct event_record {
    struct record_head head;
    uint32_t boot;
    uint8_t kind;
    uint8_t slot;
    uint8_t code;
    uint8_t reserved;
    uint8_t image[BM_IMAGE_PREFIX_SIZE];
    uint32_t unused;
    uint32_t crc;
};
_Static_assert(sizeof(struct event_record) == 32, "a power of two without holes");

/* Gives the boot counter of the newest event; 0 when there is none. */
uint32_t evidence_log_open(struct record_ring *log);

/* Events with a sequence number of at least `from`, oldest first; returns how many were stored. */
size_t evidence_log_read(const struct record_ring *log, uint32_t from, struct bm_evidence_event *events,
                         size_t capacity);

/* What the log says of an image; what it said last counts. */
enum standing { STANDING_ROLLED_BACK, STANDING_UNKNOWN, STANDING_CONFIRMED };

struct witness {
    enum standing standing;
    uint32_t at; /* sequence number of the event that says so; 0 when the log is silent */
};

/* Reads the whole log: not for every boot. */
struct witness evidence_log_witness(const struct record_ring *log, const uint8_t *image);

#endif
