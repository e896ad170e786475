/* SPDX-License-Identifier: Apache-2.0 */

/* Bytes of any content, in any number, on the line; and what the decoder finds in them is read to its end. */
/* sources: smp_frame.c base64.c crc.c */
#include "smp_frame.h"

#include <__fc_builtin.h>
#include <string.h>

static volatile uint8_t seen;

int main(void)
{
    struct smp_decoder decoder;
    smp_decoder_init(&decoder);
    /*@ loop widen_hints "all", 124, 512, 516; */
    while (Frama_C_interval(0, 1)) {
        if (smp_decoder_take(&decoder, Frama_C_unsigned_char_interval(0, 255))) {
            for (size_t i = 0; i < decoder.packet_length; i++) {
                seen = decoder.packet[i];
            }
        }
    }
    return 0;
}
