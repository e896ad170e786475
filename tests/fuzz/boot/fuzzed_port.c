/* SPDX-License-Identifier: Apache-2.0 */
#include "fuzzed_unit.h"
#include "identity_store.h"
#include "promise.h"

#include <string.h>

#define SENT_ROOM 65536u

struct unit unit;

const struct bm_flash_map unit_flash_map = {
    .sector_size = UNIT_SECTOR_SIZE,
    .write_size = 8,
    .regions =
        {
            [BM_REGION_STATE] = {0, 2 * UNIT_SECTOR_SIZE},
            [BM_REGION_EVIDENCE] = {2 * UNIT_SECTOR_SIZE, 2 * UNIT_SECTOR_SIZE},
            [BM_REGION_IDENTITY] = {4 * UNIT_SECTOR_SIZE, UNIT_SECTOR_SIZE},
            [BM_REGION_CONFIG_A] = {5 * UNIT_SECTOR_SIZE, UNIT_SECTOR_SIZE},
            [BM_REGION_CONFIG_B] = {6 * UNIT_SECTOR_SIZE, UNIT_SECTOR_SIZE},
            [BM_REGION_SLOT_A] = {7 * UNIT_SECTOR_SIZE, 4 * UNIT_SECTOR_SIZE},
            [BM_REGION_SLOT_B] = {11 * UNIT_SECTOR_SIZE, 4 * UNIT_SECTOR_SIZE},
        },
};

static uint8_t load_area[4 * UNIT_SECTOR_SIZE];
static const uint8_t *received;
static size_t received_left;
static uint8_t sent[SENT_ROOM];
static size_t sent_length;

/* --- Flash --- */

const struct bm_flash_map *port_flash_map(void)
{
    return &unit_flash_map;
}

const uint8_t *port_flash_memory(void)
{
    return unit.flash;
}

/* Behind the record lies its mark, which is written last. */
static void check_identity(uint32_t offset)
{
    const struct bm_identity *identity;
    if (offset - unit_flash_map.regions[BM_REGION_IDENTITY].offset < sizeof *identity) {
        PROMISE(identity_store_find(&identity) != IDENTITY_GOOD, "an identity is written once");
    }
}

bool port_flash_program(uint32_t offset, const void *data, size_t length)
{
    const uint8_t *bytes = data;
    PROMISE(offset % unit_flash_map.write_size == 0 && length % unit_flash_map.write_size == 0
                && offset <= UNIT_FLASH_SIZE && length <= UNIT_FLASH_SIZE - offset,
            "the core keeps to the flash and its write size");
    check_identity(offset);
    for (size_t i = 0; i < length; i++) {
        PROMISE((~unit.flash[offset + i] & bytes[i]) == 0, "no bit is set without an erase");
        unit.flash[offset + i] = bytes[i];
    }
    return true;
}

bool port_flash_erase(uint32_t offset)
{
    PROMISE(offset % UNIT_SECTOR_SIZE == 0 && offset < UNIT_FLASH_SIZE, "the core erases whole sectors");
    check_identity(offset);
    memset(unit.flash + offset, 0xff, UNIT_SECTOR_SIZE);
    return true;
}

/* --- The line --- */

void unit_receive(const uint8_t *data, size_t length)
{
    received = data;
    received_left = length;
    sent_length = 0;
}

struct sent unit_sent(void)
{
    return (struct sent){sent, sent_length};
}

size_t port_line_read(uint8_t *to, size_t capacity)
{
    size_t count = received_left < capacity ? received_left : capacity;
    if (count > 0) {
        memcpy(to, received, count);
        received += count;
        received_left -= count;
    }
    return count;
}

/* Of what is sent, the newest is kept. */
void port_line_write(const uint8_t *data, size_t length)
{
    if (length > SENT_ROOM - sent_length) {
        sent_length = 0;
    }
    memcpy(sent + sent_length, data, length);
    sent_length += length;
}

/* --- Time, watchdog, reset --- */

uint32_t port_now_ms(void)
{
    return unit.now_ms++;
}

void port_idle(uint32_t timeout_ms)
{
    unit.now_ms += timeout_ms;
}

const struct bm_timing *port_timing(void)
{
    static const struct bm_timing timing = {.watchdog_ms = 1000, .trial_limit_ms = 10000, .trials = 2};
    return &timing;
}

bool port_watchdog_start(uint32_t timeout_ms)
{
    (void)timeout_ms;
    return true;
}

void port_watchdog_kick(void) { }

void port_reset(void)
{
    PROMISE(false, "the served table resets by itself");
    abort();
}

enum bm_reset_reason port_reset_reason(void)
{
    return BM_RESET_REQUESTED;
}

void *port_retained(void)
{
    return unit.retained;
}

bool port_recovery_is_requested(void)
{
    return unit.wants_recovery;
}

uint8_t *port_load_area(uint32_t *capacity)
{
    *capacity = sizeof load_area;
    return load_area;
}

void port_start_payload(const uint8_t *payload, uint32_t length, const struct boot_services *services)
{
    (void)payload;
    (void)length;
    (void)services;
    PROMISE(false, "nothing is started here");
    abort();
}
