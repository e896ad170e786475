/* SPDX-License-Identifier: Apache-2.0 */

/* Packets of 0 to BM_PACKET_SIZE bytes, of any content; the sink may read every line to its end. */
/* sources: smp_frame.c */
/* options: -eva-min-loop-unroll 8 -eva-slevel 1000 -eva-partition-history 0 */
#include "smp_frame.h"

#include <__fc_builtin.h>
#include <string.h>

static uint8_t stream[SMP_STREAM_SIZE(BM_PACKET_SIZE)];

/* What the callees need, and give; proven in prove_bytes.c and prove_base64.c. */

/*@ requires \valid_read((const uint8_t *)data + (0 .. length - 1));
    requires \initialized((const uint8_t *)data + (0 .. length - 1));
    assigns \result \from length, ((const uint8_t *)data)[0 .. length - 1]; */
uint16_t crc16_of(const void *data, size_t length);

/*@ requires \valid_read(data + (0 .. length - 1));
    requires \initialized(data + (0 .. length - 1));
    requires \valid(text + (0 .. (length + 2) / 3 * 4 - 1));
    assigns \result, text[0 .. (length + 2) / 3 * 4 - 1] \from length, data[0 .. length - 1];
    ensures \result == (length + 2) / 3 * 4;
    ensures \initialized(text + (0 .. \result - 1)); */
size_t base64_encode(const uint8_t *data, size_t length, uint8_t *text);

/*@ requires \valid_read(line + (0 .. length - 1));
    requires \initialized(line + (0 .. length - 1));
    assigns \nothing; */
void sink(const uint8_t *line, size_t length);

int main(void)
{
    size_t length = (size_t)Frama_C_interval(0, BM_PACKET_SIZE);
    Frama_C_make_unknown((char *)stream + SMP_STREAM_HEAD, sizeof stream - SMP_STREAM_HEAD);
    smp_frame_send(stream, length, sink);
    return 0;
}
