/* SPDX-License-Identifier: Apache-2.0 */

/* Reads one byte too far for one length of many: tools/prove.sh checks that the prover says so. */
#include <__fc_builtin.h>
#include <stdint.h>

static uint8_t bytes[512];

int main(void)
{
    uint32_t sum = 0;
    int length = Frama_C_interval(0, 513);
    for (int i = 0; i < length; i++) {
        sum += bytes[i];
    }
    return sum > 0;
}
