/* SPDX-License-Identifier: Apache-2.0 */
#include "smp_server.h"

#include "bytes.h"
#include "mem.h"
#include "smp_commands.h"

#define READ_SIZE 16u
#define CONTENT_SIZE (SMP_ANSWER_SIZE - SMP_HEADER_SIZE)

#define COUNT_OF(array) (sizeof(array) / sizeof(array)[0])

/* --- Outcomes --- */

/* By enum bm_service_result; the same refusal has another code in each group. */
static const uint8_t image_outcomes[] = {
    SMP_OK,
    IMAGE_INVALID_SLOT,
    IMAGE_NO_FREE_SLOT,
    IMAGE_HASH_NOT_FOUND,
    OWN_IMAGE_REFUSED,
    IMAGE_TEST_OF_ACTIVE_DENIED,
    IMAGE_ALREADY_PENDING,
    IMAGE_CONFIRMATION_DENIED,
};

static const uint8_t own_outcomes[] = {
    SMP_OK,          SMP_INVALID,   OWN_NOT_ALLOWED,  OWN_NO_CONFIG,       OWN_IMAGE_REFUSED,
    SMP_BAD_STATE,   SMP_BAD_STATE, OWN_NOT_ON_TRIAL, OWN_NOT_PROVISIONED, OWN_STORE_FAILED,
    OWN_ROLLED_BACK, OWN_LOCKED,    OWN_PROVISIONED,  OWN_WRONG_SIGNATURE,
};

enum smp_outcome smp_own_outcome(enum bm_service_result result)
{
    /* A bootloader may know refusals that are younger than this code. */
    return (size_t)result < COUNT_OF(own_outcomes) ? (enum smp_outcome)own_outcomes[result] : SMP_UNKNOWN;
}

enum smp_outcome smp_image_outcome(enum bm_service_result result)
{
    return (size_t)result < COUNT_OF(image_outcomes) ? (enum smp_outcome)image_outcomes[result]
                                                     : smp_own_outcome(result);
}

struct v1_code {
    uint8_t outcome;
    uint8_t rc;
};

/* What SMP v1, which knows no codes of groups, is told; "bad state" where nothing is said. */
static const struct v1_code v1_codes[] = {
    {OS_NO_ANSWER_TO_QUERY, SMP_NOT_FOUND}, {IMAGE_HASH_NOT_FOUND, SMP_NOT_FOUND},
    {IMAGE_WRITE_FAILED, SMP_UNKNOWN},      {IMAGE_ERASE_FAILED, SMP_UNKNOWN},
    {IMAGE_INVALID_SLOT, SMP_INVALID},      {IMAGE_NO_OFFSET, SMP_INVALID},
    {IMAGE_NO_LENGTH, SMP_INVALID},         {IMAGE_HEADER_TOO_SHORT, SMP_INVALID},
    {IMAGE_HEADER_MAGIC, SMP_INVALID},      {IMAGE_INVALID_HASH, SMP_INVALID},
    {IMAGE_TOO_LARGE, SMP_INVALID},         {IMAGE_DATA_OVERRUN, SMP_INVALID},
    {OWN_NOT_PROVISIONED, SMP_NOT_FOUND},   {OWN_STORE_FAILED, SMP_UNKNOWN},
    {OWN_NO_CONFIG, SMP_NOT_FOUND},
};

static uint32_t v1_code_of(enum smp_outcome outcome)
{
    for (size_t i = 0; i < COUNT_OF(v1_codes); i++) {
        if (v1_codes[i].outcome == (uint8_t)outcome) {
            return v1_codes[i].rc;
        }
    }
    return SMP_BAD_STATE;
}

/* The two shapes of an error: {"rc"} of v1 and of generic codes, {"err":{"group","rc"}} of v2. */
static void write_failure(struct cbor_writer *answer, bool is_v1, enum smp_outcome outcome)
{
    /* By the upper two bits of an outcome, which are 0 in generic ones. */
    static const uint8_t groups[] = {0, SMP_GROUP_OS, SMP_GROUP_IMAGE, BM_SMP_GROUP};
    uint32_t code = outcome & SMP_OUTCOME_CODE_MASK;
    bool is_generic = code == outcome;
    if (!is_generic && is_v1) {
        is_generic = true;
        code = v1_code_of(outcome);
    }
    if (!is_generic) {
        cbor_put_key(answer, "err");
        cbor_open_map(answer);
        cbor_put_key_uint(answer, "group", groups[outcome >> 6]);
    }
    cbor_put_key_uint(answer, "rc", code);
    if (!is_generic) {
        cbor_close(answer);
    }
}

/* --- Requests --- */

static void start_answer(struct smp_server *server)
{
    cbor_start(&server->answer, server->stream + SMP_STREAM_HEAD + SMP_HEADER_SIZE, CONTENT_SIZE);
}

static void answer_request(struct smp_server *server, const uint8_t *packet, size_t length)
{
    uint8_t *header = server->stream + SMP_STREAM_HEAD;
    bool is_v1 = (packet[0] & SMP_VERSION_MASK) == 0;
    start_answer(server);
    enum smp_outcome outcome = smp_carry_out(server, packet, length);
    cbor_close(&server->answer);
    if (outcome == SMP_OK && server->answer.has_overflown) {
        outcome = SMP_TOO_LONG;
    }
    if (outcome != SMP_OK) {
        start_answer(server);
        write_failure(&server->answer, is_v1, outcome);
        cbor_close(&server->answer);
    }
    length = server->answer.length;
    memcpy(header, packet, SMP_HEADER_SIZE);
    /* Versions to come are answered in the newest one that is known. */
    header[0] = (uint8_t)((packet[0] & SMP_OPERATION_MASK) + (is_v1 ? SMP_V1_ANSWER : SMP_V2_ANSWER));
    header[1] = 0;
    store_be16(header + SMP_LENGTH_AT, (uint16_t)length);
    smp_frame_send(server->stream, SMP_HEADER_SIZE + length, server->services->line_write);
    if (server->is_reset_asked) {
        server->is_reset_asked = false;
        server->services->reset(server->boot_mode);
    }
}

/* Reads and writes are; answers are not, or a line that echoes would have the server answer itself for ever.
 */
static bool is_request(const uint8_t *header)
{
    return (header[0] & SMP_OPERATION_MASK & ~SMP_OPERATION_WRITE) == 0;
}

void smp_server_handle(struct smp_server *server, const uint8_t *packet, size_t length)
{
    while (length >= SMP_HEADER_SIZE && is_request(packet)) {
        size_t size = SMP_HEADER_SIZE + load_be16(packet + SMP_LENGTH_AT);
        if (size > length) {
            return;
        }
        answer_request(server, packet, size - SMP_HEADER_SIZE);
        packet += size;
        length -= size;
    }
}

void smp_server_init(struct smp_server *server, const struct boot_services *services)
{
    memset(server, 0, sizeof *server);
    server->services = services;
    smp_decoder_init(&server->decoder);
}

void smp_server_poll(struct smp_server *server)
{
    uint8_t bytes[READ_SIZE];
    size_t count = 0;
    while ((count = server->services->line_read(bytes, sizeof bytes)) > 0) {
        for (size_t i = 0; i < count; i++) {
            if (smp_decoder_take(&server->decoder, bytes[i])) {
                smp_server_handle(server, server->decoder.packet, server->decoder.packet_length);
            }
        }
        /* A client that never pauses must not keep an application from kicking its watchdog. */
        server->services->watchdog_kick();
    }
}
