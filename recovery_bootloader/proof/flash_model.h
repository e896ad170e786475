/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BOOTMEND_PROOF_FLASH_MODEL_H
#define BOOTMEND_PROOF_FLASH_MODEL_H

#include "bootmend/port.h"

#include <__fc_builtin.h>
#include <string.h>

/*
 * A flash that consists of one region, so that a byte read beside the region is an alarm; its contents are
 * any, and any again after each program and erase, which fail or not. A proof defines PROOF_REGION,
 * PROOF_SECTOR_SIZE and PROOF_SECTORS first. A PROOF_SECOND_REGION lies where the first one does, as its
 * contents are any, too.
 */

#define PROOF_REGION_SIZE (PROOF_SECTORS * PROOF_SECTOR_SIZE)

static uint8_t flash[PROOF_REGION_SIZE];

const struct bm_flash_map *port_flash_map(void)
{
    static const struct bm_flash_map map = {
        .sector_size = PROOF_SECTOR_SIZE,
        .write_size = 4,
        .regions =
            {
                [PROOF_REGION] = {0, PROOF_REGION_SIZE},
#ifdef PROOF_SECOND_REGION
                [PROOF_SECOND_REGION] = {0, PROOF_REGION_SIZE},
#endif
            },
    };
    return &map;
}

const uint8_t *port_flash_memory(void)
{
    return flash;
}

static void flash_hold_anything(void)
{
    Frama_C_make_unknown((char *)flash, sizeof flash);
}

bool port_flash_program(uint32_t offset, const void *data, size_t length)
{
    /*@ assert offset + length <= PROOF_REGION_SIZE; */
    /*@ assert \valid_read((const uint8_t *)data + (0 .. length - 1)); */
    /*@ assert \initialized((const uint8_t *)data + (0 .. length - 1)); */
    flash_hold_anything();
    return Frama_C_interval(0, 1) != 0;
}

bool port_flash_erase(uint32_t offset)
{
    /*@ assert offset + PROOF_SECTOR_SIZE <= PROOF_REGION_SIZE; */
    flash_hold_anything();
    return Frama_C_interval(0, 1) != 0;
}

/*@ assigns \nothing; */
void boot_session_kick_watchdog(void);

/* Proven in prove_bytes.c; in the others they would only take time. */

/*@ requires \valid_read((const uint8_t *)data + (0 .. length - 1));
    requires \initialized((const uint8_t *)data + (0 .. length - 1));
    assigns \result \from length, ((const uint8_t *)data)[0 .. length - 1]; */
uint32_t crc32_of(const void *data, size_t length);

/*@ requires \valid_read((const uint8_t *)data + (0 .. length - 1));
    requires \initialized((const uint8_t *)data + (0 .. length - 1));
    assigns \result \from length, ((const uint8_t *)data)[0 .. length - 1];
    ensures \result == 0 || \result == 1; */
bool is_blank(const void *data, size_t length);

#endif
