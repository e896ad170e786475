/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BOOTMEND_FUZZ_FUZZED_UNIT_H
#define BOOTMEND_FUZZ_FUZZED_UNIT_H

#include "boot_session.h"
#include "smp_server.h"

/*
 * The machine under the bootloader in a fuzz target: bootmend/port.h over a few KiB of memory, which can be
 * put back in no time. Its flash enforces the rules of NOR flash, and that an identity is written once.
 */

#define UNIT_SECTOR_SIZE 512u
#define UNIT_FLASH_SIZE (15u * UNIT_SECTOR_SIZE)

/* What a unit is like when the input arrives. */
enum situation {
    RUNNING, /* slot A, confirmed; another good image is in slot B */
    ON_TRIAL, /* slot B; slot A was confirmed */
    IN_RECOVERY, /* on request, with both images */
    UNLOCKED, /* the same, and a recovery key has unlocked the unit */
    UNPROVISIONED, /* no identity, so that no image is for it */
    EMPTY, /* provisioned, without an image */
    SITUATION_COUNT
};

struct unit {
    uint8_t flash[UNIT_FLASH_SIZE];
    uint8_t retained[BM_RETAINED_SIZE];
    uint32_t now_ms;
    bool wants_recovery;
};

extern struct unit unit;
extern const struct bm_flash_map unit_flash_map;

/* Puts the unit, the bootloader's memory and the server back to where the situation begins. */
void unit_begin(enum situation situation, struct smp_server *server);
/* The flash as it was then. */
const uint8_t *unit_flash_at_start(enum situation situation);

/* The line: what the bootloader reads, and what it has written since unit_receive(). */
void unit_receive(const uint8_t *data, size_t length);
struct sent {
    const uint8_t *data;
    size_t length;
};
struct sent unit_sent(void);

/* Lets the unit start anew; gives the slot that runs then, or BM_SLOT_NONE. */
uint8_t unit_restart(void);
/* The slot holds one of the two good images, byte for byte. */
bool unit_slot_is_genuine(uint8_t slot);

#endif
