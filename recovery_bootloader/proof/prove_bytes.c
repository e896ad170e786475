/* SPDX-License-Identifier: Apache-2.0 */

/* Up to a packet of bytes that end where their object ends. */
/* sources: bytes.c crc.c */
/* options: -eva-domains gauges */
#include "bytes.h"

#include "bootmend/port.h"
#include "crc.h"

#include <__fc_builtin.h>

static uint8_t bytes[BM_PACKET_SIZE];

int main(void)
{
    Frama_C_make_unknown((char *)bytes, sizeof bytes);
    text_length((const char *)bytes, sizeof bytes);
    is_blank(bytes, sizeof bytes);
    crc16_of(bytes, sizeof bytes);
    crc32_of(bytes, sizeof bytes);
    load_le32(bytes + sizeof bytes - 4);
    return 0;
}
