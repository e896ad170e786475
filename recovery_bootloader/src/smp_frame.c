/* SPDX-License-Identifier: Apache-2.0 */
#include "smp_frame.h"

#include "base64.h"
#include "bytes.h"
#include "crc.h"
#include "mem.h"

#define LENGTH_SIZE 2u
#define CRC_SIZE 2u
#define LINE_RAW_SIZE 93u /* 124 characters of base64 */

void smp_decoder_init(struct smp_decoder *decoder)
{
    memset(decoder, 0, sizeof *decoder);
}

static bool is_start(uint8_t previous, uint8_t byte)
{
    return (previous == 0x06 && byte == 0x09) || (previous == 0x04 && byte == 0x14);
}

static void start_line(struct smp_decoder *decoder, uint8_t byte)
{
    decoder->is_in_line = true;
    decoder->is_first_line = byte == 0x09;
    decoder->is_line_too_long = false;
    decoder->line_length = 0;
}

/* Appends the line's bytes to the stream; false when the packet is beyond repair. */
static bool append_line(struct smp_decoder *decoder)
{
    size_t decoded = 0;
    if (decoder->line_length > 0 && decoder->line[decoder->line_length - 1] == '\r') {
        decoder->line_length--;
    }
    if (decoder->is_line_too_long
        || !base64_decode(decoder->line, decoder->line_length, decoder->line, &decoded)
        || decoded > sizeof decoder->stream - decoder->stream_length) {
        return false;
    }
    memcpy(decoder->stream + decoder->stream_length, decoder->line, decoded);
    decoder->stream_length += decoded;
    return true;
}

static bool finish_packet(struct smp_decoder *decoder, size_t announced)
{
    const uint8_t *packet = decoder->stream + LENGTH_SIZE;
    decoder->is_in_packet = false;
    if (decoder->stream_length != LENGTH_SIZE + announced
        || crc16_of(packet, announced - CRC_SIZE) != load_be16(packet + announced - CRC_SIZE)) {
        return false;
    }
    decoder->packet = packet;
    decoder->packet_length = announced - CRC_SIZE;
    return true;
}

static bool finish_line(struct smp_decoder *decoder)
{
    decoder->is_in_line = false;
    if (decoder->is_first_line) {
        decoder->is_in_packet = true;
        decoder->stream_length = 0;
    }
    if (!decoder->is_in_packet) {
        return false;
    }
    if (!append_line(decoder) || decoder->stream_length < LENGTH_SIZE) {
        decoder->is_in_packet = false;
        return false;
    }
    size_t announced = load_be16(decoder->stream);
    if (announced <= CRC_SIZE || announced > SMP_PACKET_SIZE + CRC_SIZE) {
        decoder->is_in_packet = false;
        return false;
    }
    return decoder->stream_length >= LENGTH_SIZE + announced && finish_packet(decoder, announced);
}

bool smp_decoder_take(struct smp_decoder *decoder, uint8_t byte)
{
    uint8_t previous = decoder->previous;
    decoder->previous = byte;
    /* A start inside a line means that the rest of that line was lost. */
    if (is_start(previous, byte)) {
        start_line(decoder, byte);
        return false;
    }
    if (!decoder->is_in_line) {
        return false;
    }
    if (byte == '\n') {
        return finish_line(decoder);
    }
    if (decoder->line_length == sizeof decoder->line) {
        decoder->is_line_too_long = true;
    } else {
        decoder->line[decoder->line_length++] = byte;
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

static uint8_t stream_byte(const uint8_t *packet, size_t length, size_t at)
{
    uint8_t field[2];
    if (at < LENGTH_SIZE) {
        store_be16(field, (uint16_t)(length + CRC_SIZE));
        return field[at];
    }
    if (at < LENGTH_SIZE + length) {
        return packet[at - LENGTH_SIZE];
    }
    store_be16(field, crc16_of(packet, length));
    return field[at - LENGTH_SIZE - length];
}

void smp_frame_send(const uint8_t *packet, size_t length, smp_line_sink sink)
{
    uint8_t raw[LINE_RAW_SIZE];
    uint8_t line[SMP_LINE_SIZE];
    size_t total = LENGTH_SIZE + length + CRC_SIZE;
    if (length > SMP_PACKET_SIZE) {
        return;
    }
    for (size_t at = 0; at < total;) {
        size_t share = share_of_line(total - at);
        for (size_t i = 0; i < share; i++) {
            raw[i] = stream_byte(packet, length, at + i);
        }
        line[0] = at == 0 ? 0x06 : 0x04;
        line[1] = at == 0 ? 0x09 : 0x14;
        size_t characters = base64_encode(raw, share, line + 2);
        line[2 + characters] = '\n';
        sink(line, characters + 3);
        at += share;
    }
}
