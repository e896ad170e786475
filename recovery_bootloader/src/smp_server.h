/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BOOTMEND_SMP_SERVER_H
#define BOOTMEND_SMP_SERVER_H

#include "bootmend/boot_services.h"
#include "smp_frame.h"

/*
 * The SMP server of the recovery mode and of applications: both link this code, and it reaches the unit only
 * through the table of services. Groups: OS (0), image (1) and Bootmend's own (64).
 */

struct health_check {
    const char *name;
    const char *detail; /* or null */
    bool is_ok;
};

/* The longest answer, with its header; an application with many health checks may need more. */
#ifndef SMP_ANSWER_SIZE
#define SMP_ANSWER_SIZE 384u
#endif

/* Fills at most `capacity` checks and returns how many there are. */
typedef size_t (*health_checks)(struct health_check *checks, size_t capacity);

struct smp_upload {
    bool is_open; /* offset, length and slot hold, also after the last byte */
    bool has_session_key;
    uint8_t session_key[BM_HASH_SIZE];
    uint8_t slot;
    uint32_t length;
    uint32_t offset; /* the next byte that is expected */
    uint32_t erased; /* bytes from the slot's start that are erased or written */
    uint8_t tail[BM_MAX_WRITE_SIZE]; /* bytes in front of `offset` that do not fill a write unit yet */
    uint32_t tail_length;
};

struct smp_server {
    const struct boot_services *services;
    health_checks health; /* null in recovery mode */
    struct smp_decoder decoder;
    struct smp_upload upload;
    uint8_t answer[SMP_STREAM_SIZE(SMP_ANSWER_SIZE)];
    bool is_reset_asked;
    enum bm_boot_mode boot_mode;
};

void smp_server_init(struct smp_server *server, const struct boot_services *services, health_checks health);

/* Takes what has arrived on the line and answers it; returns when nothing is left. */
void smp_server_poll(struct smp_server *server);

/* Takes one packet, and answers it; what smp_server_poll() does with each that arrives. */
void smp_server_handle(struct smp_server *server, const uint8_t *packet, size_t length);

#endif
