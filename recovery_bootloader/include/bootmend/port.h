/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BOOTMEND_PORT_H
#define BOOTMEND_PORT_H

#include "bootmend/device_wire.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
#define BM_NORETURN [[noreturn]]
extern "C" {
#else
#define BM_NORETURN _Noreturn
#endif

/*
 * What a port gives to the bootloader: one folder under ports/ implements these functions for one machine.
 * Nothing here blocks for longer than it says, and nothing allocates.
 */

/* --- Flash --- */

enum bm_region {
    BM_REGION_STATE, /* at least two sectors of boot-state records */
    BM_REGION_EVIDENCE, /* at least two sectors */
    BM_REGION_IDENTITY, /* one sector, written once at provisioning */
    BM_REGION_CONFIG_A,
    BM_REGION_CONFIG_B,
    BM_REGION_SLOT_A,
    BM_REGION_SLOT_B,
    BM_REGION_COUNT
};

struct bm_flash_region {
    uint32_t offset; /* bytes from the start of the writable flash; sector aligned */
    uint32_t size; /* bytes; whole sectors */
};

struct bm_flash_map {
    uint32_t sector_size; /* bytes that one erase clears */
    uint32_t write_size; /* bytes; programs start and end at multiples of it; at most BM_MAX_WRITE_SIZE */
    struct bm_flash_region regions[BM_REGION_COUNT];
};

#define BM_MAX_WRITE_SIZE 16u

const struct bm_flash_map *port_flash_map(void);

/* Offsets count from the start of the writable flash. False: outside the flash, unaligned, or failed. */
bool port_flash_read(uint32_t offset, void *to, size_t length);
bool port_flash_program(uint32_t offset, const void *data, size_t length); /* only clears bits (NOR) */
bool port_flash_erase(uint32_t offset); /* one sector, to 0xff */

/* --- The line --- */

/*
 * A client may have BM_LINE_PACKETS packets in flight, so a port without flow control of its own keeps at
 * least BM_LINE_BUFFER received bytes while a packet is being worked on.
 */
#define BM_LINE_PACKETS 4u
#define BM_LINE_BUFFER 6144u

size_t port_line_read(uint8_t *to, size_t capacity); /* what has arrived; 0 when nothing; never waits */
void port_line_write(const uint8_t *data, size_t length);

/* --- Time, watchdog, reset --- */

uint32_t port_now_ms(void); /* since the reset; wraps */
void port_idle(uint32_t timeout_ms); /* sleeps until a byte arrives on the line, or the time has passed */

struct bm_timing {
    uint32_t watchdog_ms; /* of an image on trial; the application kicks more often than that */
    uint32_t trial_limit_ms; /* after that a trial that nobody confirmed ends by itself */
    uint8_t trials; /* boots that an image on trial gets; at least 1 */
};
const struct bm_timing *port_timing(void);

/* Cannot be stopped but by a reset; false when there is no watchdog: no image goes on trial then. */
bool port_watchdog_start(uint32_t timeout_ms);
void port_watchdog_kick(void); /* without effect before the start */

/* What was written to the line before has left, or leaves, the unit. */
BM_NORETURN void port_reset(void);
enum bm_reset_reason port_reset_reason(void);

/* 64 bytes of memory that survive a reset and are undefined after power-on. The bootloader guards them. */
#define BM_RETAINED_SIZE 64u
void *port_retained(void);

/* A button, or whatever else the machine has, held at reset. */
bool port_recovery_is_requested(void);

/* --- Starting an image --- */

struct boot_services;

/*
 * RAM-load: where a verified image's payload is to be copied, and how it is started. The bootloader copies
 * the payload to port_load_area(), hashes that copy, and starts it only when the copy is what was signed.
 */
uint8_t *port_load_area(uint32_t *capacity);
BM_NORETURN void port_start_payload(const uint8_t *payload, uint32_t length,
                                    const struct boot_services *services);

#ifdef __cplusplus
}
#endif

#endif
