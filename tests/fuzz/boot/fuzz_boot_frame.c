/* SPDX-License-Identifier: Apache-2.0 */
#include "promise.h"
#include "smp_frame.h"

#include <string.h>

/*
 * The framing, both ways. An input whose first byte is even is what arrives on the line; of any other, the
 * rest is a packet. Whatever packet there is, it survives being framed and read again.
 */

static struct smp_decoder again;
static const uint8_t *expected;
static size_t expected_length;
static int found;

static void read_again(const uint8_t *line, size_t length)
{
    PROMISE(length <= SMP_LINE_SIZE, "lines are short");
    for (size_t i = 0; i < length; i++) {
        if (smp_decoder_take(&again, line[i])) {
            found++;
            PROMISE(i + 1 == length, "a packet ends with its line");
            PROMISE(again.packet_length == expected_length
                        && memcmp(again.packet, expected, expected_length) == 0,
                    "packets survive");
        }
    }
}

static void send_and_read(const uint8_t *packet, size_t length)
{
    /* Of exactly the size that it needs: a byte behind it is found. */
    uint8_t *stream = malloc(SMP_STREAM_SIZE(length));
    memcpy(stream + SMP_STREAM_HEAD, packet, length);
    expected = packet;
    expected_length = length;
    found = 0;
    smp_frame_send(stream, length, read_again);
    PROMISE(found == (length > 0), "every packet arrives once");
    free(stream);
}

static void take_line(const uint8_t *data, size_t size)
{
    static struct smp_decoder decoder;
    smp_decoder_init(&decoder);
    size_t carried = 0;
    for (size_t i = 0; i < size; i++) {
        if (smp_decoder_take(&decoder, data[i])) {
            PROMISE(decoder.packet_length > 0 && decoder.packet_length <= BM_PACKET_SIZE,
                    "packets are no longer than announced");
            carried += decoder.packet_length;
            send_and_read(decoder.packet, decoder.packet_length);
        }
    }
    PROMISE(carried <= size, "nothing is invented");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0) {
        return 0;
    }
    /* Not from the start each time: what was lost before must not matter to a packet that is whole. */
    if (again.packet == NULL) {
        smp_decoder_init(&again);
    }
    if (data[0] % 2 == 0) {
        take_line(data + 1, size - 1);
    } else {
        send_and_read(data + 1, size - 1 < BM_PACKET_SIZE ? size - 1 : BM_PACKET_SIZE);
    }
    return 0;
}
