/* SPDX-License-Identifier: Apache-2.0 */

/* An evidence region of two sectors of 1 KiB with any content: read, and written to, in any order. */
/* sources: record_ring.c flash_region.c evidence_log.c */
/* options: -eva-ilevel 128 -eva-widening-delay 80 -eva-slevel-function end_of_records:200,scan_sector:1200 */
#define PROOF_REGION BM_REGION_EVIDENCE
#define PROOF_SECTOR_SIZE 1024u
#define PROOF_SECTORS 2u
#include "flash_model.h"

#include "evidence_log.h"

int main(void)
{
    struct record_ring log;
    struct event_record event = {.unused = 0};
    struct bm_evidence_event events[4];
    uint8_t image[BM_HASH_SIZE];
    flash_hold_anything();
    Frama_C_make_unknown((char *)image, sizeof image);
    Frama_C_make_unknown((char *)&event, sizeof event);
    evidence_log_open(&log);
    while (Frama_C_interval(0, 1)) {
        record_ring_append(&log, &event);
        evidence_log_read(&log, Frama_C_unsigned_int_interval(0, UINT32_MAX), events,
                          (size_t)Frama_C_interval(0, 4));
        evidence_log_standing(&log, image);
    }
    return 0;
}
