/* SPDX-License-Identifier: Apache-2.0 */
#include "record_ring.h"

#include "bytes.h"
#include "crc.h"
#include "flash_region.h"
#include "mem.h"

#define CRC_SIZE 4u

static const uint8_t *place_at(const struct record_ring *ring, uint32_t offset)
{
    return region_memory(ring->region) + offset;
}

static bool is_erased(const struct record_ring *ring, uint32_t offset)
{
    return is_filled_with(place_at(ring, offset), ring->record_size, 0xff);
}

static bool is_valid(const struct record_ring *ring, uint32_t offset)
{
    const uint8_t *record = place_at(ring, offset);
    uint32_t checked = ring->record_size - CRC_SIZE;
    return load_le32(record) == ring->magic && load_le32(record + checked) == crc32_of(record, checked);
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

/* Whether there is room at `place`, which lies behind a record of the same sector. */
static uint32_t room_at(uint32_t place)
{
    return sector_start(place) == place ? RECORD_NOWHERE : place;
}

/* The last record that is whole is the sector's newest; what was torn behind it is passed over. */
static void scan_sector(struct record_ring *ring, uint32_t sector)
{
    uint32_t end = end_of_records(ring, sector);
    for (uint32_t at = end; at > sector;) {
        at -= ring->record_size;
        if (!is_valid(ring, at)) {
            continue;
        }
        uint32_t sequence = load_le32(place_at(ring, at) + 4);
        if (sequence > ring->sequence) {
            ring->newest = at;
            ring->next = room_at(end);
            ring->sequence = sequence;
        }
        return;
    }
}

void record_ring_open(struct record_ring *ring, enum bm_region region, uint32_t record_size, uint32_t magic)
{
    *ring = (struct record_ring){.region = region,
                                 .record_size = record_size,
                                 .magic = magic,
                                 .newest = RECORD_NOWHERE,
                                 .next = RECORD_NOWHERE};
    for (uint32_t sector = 0; sector < region_size(region); sector += port_flash_map()->sector_size) {
        scan_sector(ring, sector);
    }
}

bool record_ring_newest(const struct record_ring *ring, void *record)
{
    if (ring->newest == RECORD_NOWHERE) {
        return false;
    }
    memcpy(record, place_at(ring, ring->newest), ring->record_size);
    return true;
}

/* The sector behind the one that `offset` is in; the first one when there is none, or no offset. */
static uint32_t sector_behind(const struct record_ring *ring, uint32_t offset)
{
    uint32_t behind = offset == RECORD_NOWHERE ? 0 : sector_start(offset) + port_flash_map()->sector_size;
    return behind < region_size(ring->region) ? behind : 0;
}

static bool append_at(struct record_ring *ring, uint32_t place, const void *record)
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
    return is_erased(ring, place) ? RECORD_NOWHERE : room_at(place + ring->record_size);
}

static uint32_t write_somewhere(struct record_ring *ring, const void *record)
{
    uint32_t place = ring->next;
    for (bool is_new_sector = false;; place = place_after_failure(ring, place)) {
        if (place == RECORD_NOWHERE) {
            place = sector_behind(ring, ring->newest);
            if (is_new_sector || !region_erase_sector(ring->region, place)) {
                return RECORD_NOWHERE;
            }
            is_new_sector = true;
        }
        if (append_at(ring, place, record)) {
            return place;
        }
    }
}

bool record_ring_append(struct record_ring *ring, void *record)
{
    uint8_t *bytes = record;
    struct record_head head = {.magic = ring->magic, .sequence = ring->sequence + 1};
    uint32_t checked = ring->record_size - CRC_SIZE;
    memcpy(bytes, &head, sizeof head);
    store_le32(bytes + checked, crc32_of(bytes, checked));
    uint32_t place = write_somewhere(ring, record);
    ring->next = RECORD_NOWHERE;
    if (place == RECORD_NOWHERE) {
        return false;
    }
    ring->newest = place;
    ring->next = room_at(place + ring->record_size);
    ring->sequence++;
    return true;
}

void record_ring_rewind(const struct record_ring *ring, struct record_cursor *cursor)
{
    cursor->bytes_left = region_size(ring->region);
    cursor->offset = sector_behind(ring, ring->newest);
}

bool record_ring_next(const struct record_ring *ring, struct record_cursor *cursor, void *record)
{
    while (cursor->bytes_left > 0) {
        uint32_t at = cursor->offset;
        uint32_t behind = at + ring->record_size;
        bool is_found = is_valid(ring, at);
        if (room_at(behind) == RECORD_NOWHERE || (!is_found && is_erased(ring, at))) {
            cursor->bytes_left -= port_flash_map()->sector_size;
            behind = sector_behind(ring, at);
        }
        cursor->offset = behind;
        if (is_found) {
            memcpy(record, place_at(ring, at), ring->record_size);
            return true;
        }
    }
    return false;
}
