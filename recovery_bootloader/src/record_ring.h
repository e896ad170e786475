/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BOOTMEND_RECORD_RING_H
#define BOOTMEND_RECORD_RING_H

#include "bootmend/port.h"

/*
 * Records of one size in a region of at least two sectors: appended inside a sector, and when that is full,
 * the next sector is erased and used. The sector that holds the newest valid record is never erased, so a
 * power cut at any moment leaves that record or its successor.
 *
 * Layout of a record: magic (u32), sequence number (u32), body, CRC-32 of all before it (u32); little endian.
 * A record whose CRC is wrong is as if it had never been written.
 */

#define RECORD_HEAD_SIZE 8u
#define RECORD_CRC_SIZE 4u
#define RECORD_MAX_SIZE 192u
#define RECORD_NOWHERE UINT32_MAX

struct record_ring {
    enum bm_region region;
    uint32_t record_size; /* multiple of BM_MAX_WRITE_SIZE, at most RECORD_MAX_SIZE */
    uint32_t magic;

    uint32_t newest; /* offset of the newest valid record, or RECORD_NOWHERE */
    uint32_t sector; /* start of the sector in use, or RECORD_NOWHERE */
    uint32_t next; /* erased place in that sector, or RECORD_NOWHERE when a sector has to be erased first */
    uint32_t sequence; /* of the newest; 0 when there is none */
};

/* Walks the records from the oldest sector to the newest one. */
struct record_cursor {
    uint32_t sectors_left; /* with the one that `offset` is in */
    uint32_t offset;
};

void record_ring_open(struct record_ring *ring, enum bm_region region, uint32_t record_size, uint32_t magic);

/* Reads the record at `offset`, with its head; false when there is no valid one. */
bool record_ring_read(const struct record_ring *ring, uint32_t offset, uint8_t *record);

/* Fills head and CRC of `record` and writes it; false when the flash failed. */
bool record_ring_append(struct record_ring *ring, uint8_t *record);

void record_ring_rewind(const struct record_ring *ring, struct record_cursor *cursor);
/* The next valid record; false when there is none left. */
bool record_ring_next(const struct record_ring *ring, struct record_cursor *cursor, uint8_t *record);

#endif
