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

struct bm_flash_region {
    uint32_t offset; /* bytes from the start of the writable flash; sector aligned */
    uint32_t size; /* bytes; whole sectors */
};

struct bm_flash_map {
    uint32_t sector_size; /* bytes that one erase clears; a power of two */
    uint32_t write_size; /* bytes; a power of two, at most BM_MAX_WRITE_SIZE; programs are aligned to it */
    uint32_t address; /* of the writable flash, for images that are linked to run in their slot */
    struct bm_flash_region regions[BM_REGION_COUNT];
};

#define BM_MAX_WRITE_SIZE 16u

const struct bm_flash_map *port_flash_map(void);

/*
 * The writable flash as the CPU reads it, from its first byte on; slots are executed in place from there. Its
 * address is a multiple of 4, as records and image headers are read where they lie.
 */
const uint8_t *port_flash_memory(void);

/* Offsets count from the start of the writable flash. False: outside the flash, unaligned, or failed. */
bool port_flash_program(uint32_t offset, const void *data, size_t length); /* only clears bits (NOR) */
bool port_flash_erase(uint32_t offset); /* one sector, to 0xff */

/* --- The line --- */

/*
 * What the server announces as its buffers: a client may have one packet less than that in flight. Two of
 * them, framed, fit into BM_LINE_BUFFER, and a port without flow control of its own keeps at least that many
 * received bytes while the flash is busy.
 */
#ifdef BM_OWN_LINE_LIMITS /* the file of a port that learns them when it starts */
#include BM_OWN_LINE_LIMITS
#else
#define BM_PACKET_SIZE 512u /* the longest packet, with its 8-byte header */
#define BM_PACKET_LIMIT BM_PACKET_SIZE /* what is announced and taken; at most the above */
#define BM_LINE_PACKETS 3u
#endif
#define BM_LINE_BUFFER 1536u

size_t port_line_read(uint8_t *to, size_t capacity); /* what has arrived; 0 when nothing; never waits */
void port_line_write(const uint8_t *data, size_t length);

/* --- Time, watchdog, reset --- */

uint32_t port_now_ms(void); /* since the reset; wraps */
void port_idle(uint32_t timeout_ms); /* sleeps until a byte arrives on the line, or the time has passed */

struct bm_timing {
    uint32_t watchdog_ms; /* of an image on trial; the application kicks more often than that */
    uint32_t trial_limit_ms; /* after that a trial that nobody confirmed ends by itself */
    uint32_t entry_window_ms; /* how long a silent line is listened to at reset for BM_ENTRY_CHARACTER */
    uint8_t trials; /* boots that an image on trial gets; at least 1 */
};
const struct bm_timing *port_timing(void);

/* Cannot be stopped but by a reset; false when there is no watchdog: no image goes on trial then. */
bool port_watchdog_start(uint32_t timeout_ms);
void port_watchdog_kick(void); /* without effect before the start */

/* What was written to the line before has left, or leaves, the unit. */
BM_NORETURN void port_reset(void);
enum bm_reset_reason port_reset_reason(void);

/* 64 bytes of memory, aligned to 4, that survive a reset and are undefined after power-on. */
#define BM_RETAINED_SIZE 64u
void *port_retained(void);

/* A button, a break on the line, or whatever else the machine has, at reset. */
bool port_recovery_is_requested(void);

/* --- Starting an image --- */

struct boot_services;

/*
 * RAM-load: the memory that an image which does not run in place is copied to; it is that copy which is
 * verified and started. Null on machines that run every image in place; `capacity` is 0 then.
 */
uint8_t *port_load_area(uint32_t *capacity);
/* `payload` is where the image was verified: in the load area, or in its slot. */
BM_NORETURN void port_start_payload(const uint8_t *payload, uint32_t length,
                                    const struct boot_services *services);

#ifdef __cplusplus
}
#endif

#endif
