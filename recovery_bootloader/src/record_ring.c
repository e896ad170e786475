/* SPDX-License-Identifier: Apache-2.0 */
#include "record_ring.h"

#include "bytes.h"
#include "crc.h"
#include "flash_region.h"
#include "mem.h"

#define CRC_SIZE 4u

static const void *place_at(const struct record_ring *ring, uint32_t offset)
{
    return region_memory(ring->region) + offset;
}

static bool is_erased(const struct record_ring *ring, uint32_t offset)
{
    return is_blank(place_at(ring, offset), ring->record_size);
}

static const struct record_head *valid_at(const struct record_ring *ring, uint32_t offset)
{
    const struct record_head *record = place_at(ring, offset);
    bool is_valid = record->magic == ring->magic && crc32_of(record, ring->record_size) == CRC32_OF_VALID;
    return is_valid ? record : NULL;
}

/* The region's end is its beginning. */
static uint32_t wrapped(const struct record_ring *ring, uint32_t offset)
{
    return offset < region_size(ring->region) ? offset : 0;
}

/* The sector behind the one that `offset` is in; the first one when there is none, or no offset. */
static uint32_t sector_behind(const struct record_ring *ring, uint32_t offset)
{
    return wrapped(ring, sector_start(offset) + port_flash_map()->sector_size);
}

/* The first erased place of a sector; its end when there is none. */
static uint32_t end_of_records(const struct record_ring *ring, uint32_t sector)
{
    uint32_t written = sector; /* everything in front of it is */
    uint32_t erased = sector + port_flash_map()->sector_size; /* everything from it on is */
    while (written < erased) {
        uint32_t middle = written + (((erased - written) >> 1) & ~(ring->record_size - 1));
        if (is_erased(ring, middle)) {
            erased = middle;
        } else {
            written = middle + ring->record_size;
        }
    }
    return written;
}

/* The last record that is whole is the sector's newest; what was torn behind it is passed over. */
static void scan_sector(struct record_ring *ring, uint32_t sector)
{
    uint32_t end = end_of_records(ring, sector);
    const struct record_head *record = NULL;
    uint32_t at = end;
    while (record == NULL && at > sector) {
        at -= ring->record_size;
        record = valid_at(ring, at);
    }
    if (record != NULL && record->sequence > ring->sequence) {
        ring->newest = at;
        ring->next = wrapped(ring, end);
        ring->sequence = record->sequence;
    }
}

void record_ring_open(struct record_ring *ring, uint32_t region, uint32_t record_size, uint32_t magic)
{
    ring->region = region;
    ring->record_size = record_size;
    ring->magic = magic;
    ring->newest = RECORD_NOWHERE;
    ring->next = 0;
    ring->sequence = 0;
    for (uint32_t sector = 0; sector < region_size(region); sector += port_flash_map()->sector_size) {
        scan_sector(ring, sector);
    }
}

const void *record_ring_newest(const struct record_ring *ring)
{
    return ring->newest == RECORD_NOWHERE ? NULL : place_at(ring, ring->newest);
}

static bool write_at(const struct record_ring *ring, uint32_t place, const void *record)
{
    return region_program(ring->region, place, record, ring->record_size)
        && memcmp(place_at(ring, place), record, ring->record_size) == 0;
}

/*
 * A place that failed is passed over when it is written to the eye of end_of_records(). Where it still looks
 * erased, nothing more goes to that sector: what is behind it would not be found.
 */
static uint32_t place_after_failure(const struct record_ring *ring, uint32_t place)
{
    return is_erased(ring, place) ? sector_behind(ring, place) : wrapped(ring, place + ring->record_size);
}

/* Round the region once, and never over the sector with the newest record. */
static uint32_t write_somewhere(const struct record_ring *ring, const void *record)
{
    uint32_t place = ring->next;
    uint32_t kept = sector_start(ring->newest);
    uint32_t left = region_size(ring->region);
    for (;;) {
        if (sector_start(place) == place) {
            if (left == 0 || place == kept) {
                return RECORD_NOWHERE;
            }
            left -= port_flash_map()->sector_size;
            if (!region_erase_sector(ring->region, place)) {
                place = sector_behind(ring, place);
                continue;
            }
        }
        if (write_at(ring, place, record)) {
            return place;
        }
        place = place_after_failure(ring, place);
    }
}

bool record_ring_append(struct record_ring *ring, void *record)
{
    struct record_head *head = record;
    uint32_t checked = ring->record_size - CRC_SIZE;
    head->magic = ring->magic;
    head->sequence = ring->sequence + 1;
    uint32_t crc = crc32_of(record, checked);
    memcpy((uint8_t *)record + checked, &crc, CRC_SIZE);
    uint32_t place = write_somewhere(ring, record);
    if (place == RECORD_NOWHERE) {
        ring->next = sector_behind(ring, ring->newest);
        return false;
    }
    ring->newest = place;
    ring->next = wrapped(ring, place + ring->record_size);
    ring->sequence++;
    return true;
}

void record_ring_rewind(const struct record_ring *ring, struct record_cursor *cursor)
{
    cursor->bytes_left = region_size(ring->region);
    cursor->offset = sector_behind(ring, ring->newest);
}

const void *record_ring_next(const struct record_ring *ring, struct record_cursor *cursor)
{
    const void *record = NULL;
    while (record == NULL && cursor->bytes_left > 0) {
        record = valid_at(ring, cursor->offset);
        cursor->bytes_left -= ring->record_size;
        cursor->offset = wrapped(ring, cursor->offset + ring->record_size);
    }
    return record;
}
