/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BOOTMEND_SMP_SERVER_H
#define BOOTMEND_SMP_SERVER_H

#include "bootmend/boot_services.h"
#include "cbor_reader.h"
#include "cbor_writer.h"
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

/* Fills in the check with that number, counted from 0; false when there is none. */
typedef bool (*health_checks)(uint32_t number, struct health_check *check);

/* The longest answer, with its header; an application with many health checks may need more. */
#ifndef SMP_ANSWER_SIZE
#define SMP_ANSWER_SIZE 384u
#endif

#define SMP_MAX_FIELDS 6u /* that a request has for its handler */

struct smp_upload {
    bool has_session_key;
    uint8_t slot;
    uint8_t tail_length;
    uint32_t length; /* 0 when no upload is under way; the members hold also after the last byte */
    uint32_t offset; /* the next byte that is expected */
    uint8_t session_key[BM_HASH_SIZE];
    uint8_t tail[BM_MAX_WRITE_SIZE]; /* bytes in front of `offset` that do not fill a write unit yet */
};

struct smp_server {
    struct cbor_writer
        answer; /* into `stream`; the first member, which a small core reaches without an addition */
    const struct boot_services *services;
    health_checks health; /* since smp_server_show_health() */
    void (*put_health)(struct smp_server *server); /* null in recovery mode */
    bool is_reset_asked; /* carried out when the answer has been sent */
    uint8_t boot_mode; /* enum bm_boot_mode, of that reset */
    struct smp_upload upload;
    uint8_t stream[SMP_STREAM_SIZE(SMP_ANSWER_SIZE)]; /* of the answer */
    struct cbor_value values[SMP_MAX_FIELDS]; /* of the request; not on the stack that verifies images */
    struct smp_decoder decoder;
};

void smp_server_init(struct smp_server *server, const struct boot_services *services);

/* Applications answer for their health; the recovery mode does not call this, nor does it contain it. */
void smp_server_show_health(struct smp_server *server, health_checks health);

/* Takes what has arrived on the line and answers it; returns when nothing is left. */
void smp_server_poll(struct smp_server *server);

/* Takes one packet, and answers it; what smp_server_poll() does with each that arrives. */
void smp_server_handle(struct smp_server *server, const uint8_t *packet, size_t length);

#endif
