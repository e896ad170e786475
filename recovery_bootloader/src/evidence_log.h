/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BOOTMEND_EVIDENCE_LOG_H
#define BOOTMEND_EVIDENCE_LOG_H

#include "bootmend/boot_services.h"
#include "record_ring.h"

/* The ring of events that survives updates and recovery; the oldest sector is given up when the last is full.
 */
struct evidence_log {
    struct record_ring ring;
    uint32_t last_boot; /* boot counter of the newest event; 0 when there is none */
};

void evidence_log_open(struct evidence_log *log);

/*
 * Appends the event; its sequence number is the log's. A log that cannot be written does not keep a unit from
 * booting, so there is nothing to return.
 */
void evidence_log_add(struct evidence_log *log, const struct bm_evidence_event *event);

/* Events with a sequence number of at least `from`, oldest first; returns how many were stored. */
size_t evidence_log_read(const struct evidence_log *log, uint32_t from, struct bm_evidence_event *events,
                         size_t capacity);

/* Sequence number of the newest event of this kind about the image whose hash begins so; 0 when there is
 * none. */
uint32_t evidence_log_newest(const struct evidence_log *log, enum bm_evidence_kind kind,
                             const uint8_t image[BM_IMAGE_PREFIX_SIZE]);

#endif
