/* SPDX-License-Identifier: Apache-2.0 */

/* What a line carries, 1 to 93 bytes of any content, encoded into no more room than that takes; each digit.
 */
/* sources: base64.c */
/* options: -eva-slevel 40 -eva-partition-history 0 */
#include "base64.h"

#include <__fc_builtin.h>

#define LARGEST 93u

static uint8_t data[LARGEST];
static uint8_t text[(LARGEST + 2) / 3 * 4];

int main(void)
{
    size_t length = (size_t)Frama_C_interval(1, LARGEST);
    Frama_C_make_unknown((char *)data, sizeof data);
    base64_digit(Frama_C_unsigned_char_interval(0, 255));
    /*@ split length; */
    uint8_t *start = text + sizeof text - (length + 2) / 3 * 4;
    size_t written = base64_encode(data + sizeof data - length, length, start);
    /*@ assert written == (length + 2) / 3 * 4; */
    /*@ assert \initialized(start + (0 .. written - 1)); */
    return written > 0;
}
