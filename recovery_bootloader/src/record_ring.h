/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BOOTMEND_RECORD_RING_H
#define BOOTMEND_RECORD_RING_H

#include "bootmend/port.h"

/*
 * Records of one size in a region of at least two sectors: appended inside a sector, and when that is full,
 * or a place in it cannot be programmed, the next sector is erased and used. The sector that holds the newest
 * valid record is never erased, so a power cut at any moment leaves that record or its successor.
 *
 * A record is a struct of the machine, little endian, that begins with a record_head and ends with the CRC-32
 * of all before it; its size is a power of two, at least BM_MAX_WRITE_SIZE. One whose CRC is wrong is as if
 * it had never been written. Inside a sector the records lie one behind the other, so the end is found by
 * bisection.
 */

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "records are read as they lie in flash");

struct record_head {
    uint32_t magic;
    uint32_t sequence;
};

#define RECORD_NOWHERE UINT32_MAX

struct record_ring {
    uint32_t region; /* enum bm_region */
    uint32_t record_size;
    uint32_t magic;

    uint32_t newest; /* offset of the newest valid record, or RECORD_NOWHERE */
    uint32_t next; /* erased place behind it, or the start of a sector that has to be erased */
    uint32_t sequence; /* of the newest; 0 when there is none */
};

/* Walks the records from the oldest sector to the newest one. */
struct record_cursor {
    uint32_t bytes_left; /* of the region */
    uint32_t offset;
};

void record_ring_open(struct record_ring *ring, uint32_t region, uint32_t record_size, uint32_t magic);

/* The newest record, in flash; null when there is none. */
const void *record_ring_newest(const struct record_ring *ring);

/* Fills head and CRC of `record` and writes it; false when the flash failed, and the newest one is the old
 * one. */
bool record_ring_append(struct record_ring *ring, void *record);

void record_ring_rewind(const struct record_ring *ring, struct record_cursor *cursor);
/* The next valid record, in flash; null when there is none left. */
const void *record_ring_next(const struct record_ring *ring, struct record_cursor *cursor);

#endif
