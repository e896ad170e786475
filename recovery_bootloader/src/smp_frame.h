/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BOOTMEND_SMP_FRAME_H
#define BOOTMEND_SMP_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * "SMP over console": lines of at most 127 bytes, 06 09 (first) or 04 14 (continuation), base64, LF. The
 * stream in them is the length of packet and CRC (u16, big endian), the packet, and its CRC-16/XMODEM.
 * Zephyr: doc/services/device_mgmt/smp_transport.rst.
 */

#define SMP_PACKET_SIZE 1024u /* the longest packet, with its 8-byte header */
#define SMP_LINE_SIZE 127u

struct smp_decoder {
    /* The line in progress, without its start bytes. */
    uint8_t previous;
    bool is_in_line;
    bool is_first_line;
    bool is_line_too_long;
    uint8_t line[SMP_LINE_SIZE];
    size_t line_length;
    /* The packet in progress: length field, packet, CRC. */
    bool is_in_packet;
    uint8_t stream[2 + SMP_PACKET_SIZE + 2];
    size_t stream_length;
    /* The packet, valid until the next byte is taken. */
    const uint8_t *packet;
    size_t packet_length;
};

void smp_decoder_init(struct smp_decoder *decoder);

/* True when this byte completes a packet. Whatever is not a frame, or is a broken one, is ignored. */
bool smp_decoder_take(struct smp_decoder *decoder, uint8_t byte);

typedef void (*smp_line_sink)(const uint8_t *line, size_t length);

/* Gives the packet to `sink`, line by line; packets longer than SMP_PACKET_SIZE are not sent. */
void smp_frame_send(const uint8_t *packet, size_t length, smp_line_sink sink);

#endif
