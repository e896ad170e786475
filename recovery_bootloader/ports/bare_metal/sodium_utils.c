/* SPDX-License-Identifier: Apache-2.0 */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <sodium/utils.h>

/*
 * The three functions of libsodium's utils.c that its verification and hashes call; the file itself is about
 * guarded memory and needs an operating system.
 */

/* Whatever a compiler takes away of this was no secret: keys, digests and signatures here are public. */
void sodium_memzero(void *const memory, const size_t length)
{
    memset(memory, 0, length);
}

int sodium_memcmp(const void *const left, const void *const right, size_t length)
{
    const volatile uint8_t *const a = left;
    const volatile uint8_t *const b = right;
    uint8_t difference = 0;
    for (size_t i = 0; i < length; i++) {
        difference |= a[i] ^ b[i];
    }
    return difference == 0 ? 0 : -1;
}

int sodium_is_zero(const unsigned char *number, const size_t length)
{
    volatile uint8_t bits = 0;
    for (size_t i = 0; i < length; i++) {
        bits |= number[i];
    }
    return bits == 0;
}
