/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BOOTMEND_SMP_FRAME_H
#define BOOTMEND_SMP_FRAME_H

#include "bootmend/port.h"

/*
 * "SMP over console": lines of at most 127 bytes, 06 09 (first) or 04 14 (continuation), base64, LF. The
 * stream in them is the length of packet and CRC (u16, big endian), the packet, and its CRC-16/XMODEM.
 * Zephyr: doc/services/device_mgmt/smp_transport.rst.
 */

#define SMP_LINE_SIZE 127u
#define SMP_STREAM_HEAD 2u /* the length */
#define SMP_STREAM_TAIL 2u /* the CRC */
#define SMP_STREAM_SIZE(packet_size) (SMP_STREAM_HEAD + (packet_size) + SMP_STREAM_TAIL)

struct smp_decoder {
    uint8_t previous; /* the last byte */
    uint8_t state; /* enum, in smp_frame.c */
    uint8_t line_length; /* characters of the line in progress, without its start bytes */
    uint8_t padding; /* '=' in the group of four characters in progress */
    uint32_t group; /* the digits of that group behind a leading 1, which tells how many there are */
    size_t stream_length;
    size_t packet_length; /* of the packet that is complete, at `packet` until the next byte is taken */
    const uint8_t *packet;
    uint8_t stream[SMP_STREAM_SIZE(BM_PACKET_SIZE)];
};

void smp_decoder_init(struct smp_decoder *decoder);

/* True when this byte completes a packet. Whatever is not a frame, or is a broken one, is ignored. */
bool smp_decoder_take(struct smp_decoder *decoder, uint8_t byte);

typedef void (*smp_line_sink)(const uint8_t *line, size_t length);

/*
 * Gives a packet of `length` bytes to `sink`, line by line. It lies in `stream`, SMP_STREAM_HEAD bytes behind
 * its start and with SMP_STREAM_TAIL bytes behind its end; both are filled in.
 */
void smp_frame_send(uint8_t *stream, size_t length, smp_line_sink sink);

#endif
