/* SPDX-License-Identifier: Apache-2.0 */
#include "record_ring.h"

#include "bytes.h"
#include "crc.h"
#include "flash_region.h"
#include "mem.h"

/* A program that does not read back is repeated at the next place; more failures than that are a dead flash.
 */
#define APPEND_ATTEMPTS 4

enum record_kind { RECORD_ERASED, RECORD_TORN, RECORD_VALID };

static uint32_t sector_of(uint32_t offset)
{
    uint32_t size = port_flash_map()->sector_size;
    return offset / size * size;
}

/* No record crosses the end of its sector. */
static bool fits_its_sector(const struct record_ring *ring, uint32_t offset)
{
    return offset - sector_of(offset) + ring->record_size <= port_flash_map()->sector_size
        && offset < region_size(ring->region);
}

static enum record_kind read_record(const struct record_ring *ring, uint32_t offset, uint8_t *record)
{
    uint32_t checked = ring->record_size - RECORD_CRC_SIZE;
    if (!region_read(ring->region, offset, record, ring->record_size)) {
        return RECORD_TORN;
    }
    if (is_filled_with(record, ring->record_size, 0xff)) {
        return RECORD_ERASED;
    }
    if (load_le32(record) != ring->magic || load_le32(record + checked) != crc32_of(record, checked)) {
        return RECORD_TORN;
    }
    return RECORD_VALID;
}

/* The place behind `offset` in the same sector, or RECORD_NOWHERE. */
static uint32_t place_behind(const struct record_ring *ring, uint32_t offset)
{
    uint32_t behind = offset + ring->record_size;
    return sector_of(behind) == sector_of(offset) && fits_its_sector(ring, behind) ? behind : RECORD_NOWHERE;
}

static void scan_sector(struct record_ring *ring, uint32_t sector)
{
    uint8_t record[RECORD_MAX_SIZE];
    uint32_t offset = sector;
    bool holds_newest = false;
    while (offset != RECORD_NOWHERE) {
        enum record_kind kind = read_record(ring, offset, record);
        if (kind == RECORD_ERASED) {
            break;
        }
        if (kind == RECORD_VALID
            && (ring->newest == RECORD_NOWHERE || load_le32(record + 4) > ring->sequence)) {
            ring->newest = offset;
            ring->sequence = load_le32(record + 4);
            holds_newest = true;
        }
        offset = place_behind(ring, offset);
    }
    if (holds_newest) {
        ring->sector = sector;
        ring->next = offset;
    }
}

void record_ring_open(struct record_ring *ring, enum bm_region region, uint32_t record_size, uint32_t magic)
{
    *ring = (struct record_ring){.region = region,
                                 .record_size = record_size,
                                 .magic = magic,
                                 .newest = RECORD_NOWHERE,
                                 .sector = RECORD_NOWHERE,
                                 .next = RECORD_NOWHERE};
    for (uint32_t sector = 0; sector < region_size(region); sector += port_flash_map()->sector_size) {
        scan_sector(ring, sector);
    }
}

bool record_ring_read(const struct record_ring *ring, uint32_t offset, uint8_t *record)
{
    return offset != RECORD_NOWHERE && read_record(ring, offset, record) == RECORD_VALID;
}

static uint32_t sector_behind(const struct record_ring *ring, uint32_t sector)
{
    return sector == RECORD_NOWHERE ? 0
                                    : (sector + port_flash_map()->sector_size) % region_size(ring->region);
}

static bool start_next_sector(struct record_ring *ring)
{
    uint32_t sector = sector_behind(ring, ring->sector);
    if (ring->newest != RECORD_NOWHERE && sector == sector_of(ring->newest)) {
        return false;
    }
    ring->sector = sector;
    if (!region_erase_sector(ring->region, sector)) {
        return false;
    }
    ring->next = sector;
    return true;
}

static bool reads_back(const struct record_ring *ring, uint32_t offset, const uint8_t *record)
{
    uint8_t written[RECORD_MAX_SIZE];
    return region_read(ring->region, offset, written, ring->record_size)
        && memcmp(written, record, ring->record_size) == 0;
}

bool record_ring_append(struct record_ring *ring, uint8_t *record)
{
    uint32_t checked = ring->record_size - RECORD_CRC_SIZE;
    store_le32(record, ring->magic);
    store_le32(record + 4, ring->sequence + 1);
    store_le32(record + checked, crc32_of(record, checked));
    for (int attempt = 0; attempt < APPEND_ATTEMPTS; attempt++) {
        if (ring->next == RECORD_NOWHERE && !start_next_sector(ring)) {
            return false;
        }
        uint32_t place = ring->next;
        bool is_written =
            region_program(ring->region, place, record, ring->record_size) && reads_back(ring, place, record);
        ring->next = place_behind(ring, place);
        if (is_written) {
            ring->newest = place;
            ring->sequence++;
            return true;
        }
    }
    return false;
}

void record_ring_rewind(const struct record_ring *ring, struct record_cursor *cursor)
{
    cursor->sectors_left = region_size(ring->region) / port_flash_map()->sector_size;
    cursor->offset = sector_behind(ring, ring->sector);
}

bool record_ring_next(const struct record_ring *ring, struct record_cursor *cursor, uint8_t *record)
{
    while (cursor->sectors_left > 0) {
        uint32_t offset = cursor->offset;
        enum record_kind kind = read_record(ring, offset, record);
        uint32_t behind = kind == RECORD_ERASED ? RECORD_NOWHERE : place_behind(ring, offset);
        if (behind == RECORD_NOWHERE) {
            cursor->sectors_left--;
            behind = sector_behind(ring, sector_of(offset));
        }
        cursor->offset = behind;
        if (kind == RECORD_VALID) {
            return true;
        }
    }
    return false;
}
