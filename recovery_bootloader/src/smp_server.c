/* SPDX-License-Identifier: Apache-2.0 */
#include "smp_server.h"

#include "bytes.h"
#include "mem.h"
#include "smp_request.h"

#define HEADER_SIZE 8u
#define READ_SIZE 128u
#define NEWEST_VERSION 1u

void smp_server_init(struct smp_server *server, const struct boot_services *services, health_checks health)
{
    memset(server, 0, sizeof *server);
    server->services = services;
    server->health = health;
    smp_decoder_init(&server->decoder);
}

static struct smp_outcome dispatch(struct smp_server *server, const struct smp_request *request,
                                   struct cbor_writer *answer)
{
    switch (request->group) {
    case SMP_GROUP_OS:
        return smp_os_handle(server, request, answer);
    case SMP_GROUP_IMAGE:
        return smp_image_handle(server, request, answer);
    case BM_SMP_GROUP:
        return smp_bootmend_handle(server, request, answer);
    default:
        return smp_failed(SMP_RC_NOT_SUPPORTED);
    }
}

/* The two shapes of an error: {"rc"} of v1 and of generic codes, {"err":{"group","rc"}} of v2. */
static void write_failure(struct cbor_writer *answer, uint8_t version, struct smp_outcome outcome)
{
    cbor_open_map(answer);
    if (version == 0 || outcome.group_code == 0) {
        cbor_put_key_uint(answer, "rc", outcome.rc);
    } else {
        cbor_put_key(answer, "err");
        cbor_open_map(answer);
        cbor_put_key_uint(answer, "group", outcome.group);
        cbor_put_key_uint(answer, "rc", outcome.group_code);
        cbor_close(answer);
    }
    cbor_close(answer);
}

static void write_header(uint8_t *header, const struct smp_request *request, size_t length)
{
    header[0] = (uint8_t)(request->version << 3 | (request->operation + 1));
    header[1] = 0;
    store_be16(header + 2, (uint16_t)length);
    store_be16(header + 4, request->group);
    header[6] = request->sequence;
    header[7] = request->command;
}

static void answer_request(struct smp_server *server, const struct smp_request *request)
{
    struct cbor_writer answer = {.buffer = server->answer + HEADER_SIZE,
                                 .capacity = sizeof server->answer - HEADER_SIZE};
    cbor_open_map(&answer);
    struct smp_outcome outcome = dispatch(server, request, &answer);
    cbor_close(&answer);
    if (outcome.rc == SMP_RC_OK && answer.has_overflown) {
        outcome = smp_failed(SMP_RC_TOO_LONG);
    }
    if (outcome.rc != SMP_RC_OK) {
        answer.length = 0;
        answer.has_overflown = false;
        write_failure(&answer, request->version, outcome);
    }
    write_header(server->answer, request, answer.length);
    smp_frame_send(server->answer, HEADER_SIZE + answer.length, server->services->line_write);
    if (server->is_reset_asked) {
        server->is_reset_asked = false;
        server->services->reset(server->boot_mode);
    }
}

/* Answers are dropped without a word: a line that echoes would have the server answer itself for ever. */
static bool is_request(uint8_t operation)
{
    return operation == SMP_OPERATION_READ || operation == SMP_OPERATION_WRITE;
}

void smp_server_handle(struct smp_server *server, const uint8_t *packet, size_t length)
{
    while (length >= HEADER_SIZE) {
        uint8_t version = packet[0] >> 3 & 3u;
        struct smp_request request = {.operation = packet[0] & 7u,
                                      .version = version > NEWEST_VERSION ? NEWEST_VERSION : version,
                                      .group = load_be16(packet + 4),
                                      .sequence = packet[6],
                                      .command = packet[7],
                                      .payload = packet + HEADER_SIZE,
                                      .length = load_be16(packet + 2)};
        if (!is_request(request.operation) || request.length > length - HEADER_SIZE) {
            return;
        }
        answer_request(server, &request);
        packet += HEADER_SIZE + request.length;
        length -= HEADER_SIZE + request.length;
    }
}

void smp_server_poll(struct smp_server *server)
{
    uint8_t bytes[READ_SIZE];
    size_t count = server->services->line_read(bytes, sizeof bytes);
    while (count > 0) {
        for (size_t i = 0; i < count; i++) {
            if (smp_decoder_take(&server->decoder, bytes[i])) {
                smp_server_handle(server, server->decoder.packet, server->decoder.packet_length);
            }
        }
        /* A client that never pauses must not keep an application from kicking its watchdog. */
        server->services->watchdog_kick();
        count = server->services->line_read(bytes, sizeof bytes);
    }
}
