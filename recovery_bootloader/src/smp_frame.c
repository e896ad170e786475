/* SPDX-License-Identifier: Apache-2.0 */
#include "smp_frame.h"

#include "base64.h"
#include "bytes.h"
#include "crc.h"
#include "mem.h"

#define FIRST_LINE 0x0609u
#define NEXT_LINE 0x0414u
#define LINE_CHARACTERS 124u /* of base64: SMP_LINE_SIZE without start bytes and LF, in whole groups */
#define LINE_RAW_SIZE 93u /* what they stand for */

#define EMPTY_GROUP 1u
#define TWO_DIGITS (1u << 12)
#define FOUR_DIGITS (1u << 24)

enum decoder_state {
    OUTSIDE, /* of a packet */
    BETWEEN_LINES,
    IN_LINE,
};

void smp_decoder_init(struct smp_decoder *decoder)
{
    memset(decoder, 0, sizeof *decoder);
    decoder->packet = decoder->stream + SMP_STREAM_HEAD;
}

/* A start inside a line means that the rest of that line was lost, and so is the packet. */
static void start_line(struct smp_decoder *decoder, bool is_first)
{
    if (is_first) {
        decoder->stream_length = 0;
    }
    decoder->state = is_first || decoder->state == BETWEEN_LINES ? IN_LINE : OUTSIDE;
    decoder->group = EMPTY_GROUP;
    decoder->padding = 0;
    decoder->line_length = 0;
}

/* False when the stream has no room for the bytes of a group, one less for each '='. */
static bool take_group(struct smp_decoder *decoder)
{
    for (uint32_t i = decoder->padding; i < 3; i++) {
        if (decoder->stream_length == SMP_STREAM_SIZE(BM_PACKET_LIMIT)) {
            return false;
        }
        decoder->stream[decoder->stream_length++] = (uint8_t)(decoder->group >> 16);
        decoder->group <<= 8;
    }
    decoder->group = EMPTY_GROUP;
    return true;
}

/* False when the packet is beyond repair. Padding ends a line, and is one or two characters long. */
static bool take_character(struct smp_decoder *decoder, uint8_t character)
{
    uint8_t digit = base64_digit(character);
    if (++decoder->line_length > LINE_CHARACTERS) {
        return false;
    }
    if (character == '=' && decoder->group >= TWO_DIGITS) {
        decoder->padding++;
        digit = 0;
    } else if (digit == BASE64_NO_DIGIT || decoder->padding > 0) {
        return false;
    }
    decoder->group = decoder->group << 6 | digit;
    return decoder->group < FOUR_DIGITS || take_group(decoder);
}

static bool finish_line(struct smp_decoder *decoder)
{
    decoder->state = OUTSIDE;
    if (decoder->group != EMPTY_GROUP || decoder->stream_length < SMP_STREAM_HEAD) {
        return false;
    }
    size_t announced = load_be16(decoder->stream);
    size_t arrived = decoder->stream_length - SMP_STREAM_HEAD;
    if (arrived < announced) {
        decoder->state = BETWEEN_LINES;
        return false;
    }
    /* The CRC of bytes and their CRC is 0. */
    if (arrived > announced || announced <= SMP_STREAM_TAIL || crc16_of(decoder->packet, announced) != 0) {
        return false;
    }
    decoder->packet_length = announced - SMP_STREAM_TAIL;
    return true;
}

bool smp_decoder_take(struct smp_decoder *decoder, uint8_t byte)
{
    uint32_t last_two = (uint32_t)decoder->previous << 8 | byte;
    decoder->previous = byte;
    if (last_two == FIRST_LINE || last_two == NEXT_LINE) {
        start_line(decoder, last_two == FIRST_LINE);
    } else if (decoder->state == IN_LINE) {
        /* Some senders end a line with CR LF; the LF is outside then. */
        if (byte == '\n' || byte == '\r') {
            return finish_line(decoder);
        }
        if (!take_character(decoder, byte)) {
            decoder->state = OUTSIDE;
        }
    }
    return false;
}

/* How much of the stream goes to the next line: the two bytes of the CRC always travel together. */
static size_t share_of_line(size_t left)
{
    if (left <= LINE_RAW_SIZE) {
        return left;
    }
    return left == LINE_RAW_SIZE + 1 ? LINE_RAW_SIZE - 3 : LINE_RAW_SIZE;
}

void smp_frame_send(uint8_t *stream, size_t length, smp_line_sink sink)
{
    uint8_t line[SMP_LINE_SIZE];
    uint8_t *crc = stream + SMP_STREAM_HEAD + length;
    size_t left = SMP_STREAM_SIZE(length);
    uint16_t start = FIRST_LINE;
    store_be16(stream, (uint16_t)(length + SMP_STREAM_TAIL));
    store_be16(crc, crc16_of(stream + SMP_STREAM_HEAD, length));
    while (left > 0) {
        /*@ split left; */
        size_t share = share_of_line(left);
        store_be16(line, start);
        size_t end = 2 + base64_encode(stream, share, line + 2);
        line[end] = '\n';
        sink(line, end + 1);
        stream += share;
        left -= share;
        start = NEXT_LINE;
    }
}
