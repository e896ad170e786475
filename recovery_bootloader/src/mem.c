/* SPDX-License-Identifier: Apache-2.0 */
#include "mem.h"

/* Compile with -fno-tree-loop-distribute-patterns, or these loops become calls of themselves. */

/*
 * Whole images are copied by this, and half a block for each 64 bytes that are hashed: eight words at a time
 * where both sides are aligned. Any type may lie there, which is what the attribute says.
 */
typedef uint32_t __attribute__((may_alias)) word;
#define WORDS 8u

/* Counted by where it ends, which saves an instruction of twenty. At least one block. */
static void copy_blocks(word *restrict to, const word *restrict from, const word *end)
{
    do {
#pragma GCC unroll 8
        for (size_t i = 0; i < WORDS; i++) {
            to[i] = from[i];
        }
        to += WORDS;
        from += WORDS;
    } while (from != end);
}

void *memcpy(void *restrict to, const void *restrict from, size_t length)
{
    uint8_t *target = to;
    const uint8_t *source = from;
    size_t rest = length % (WORDS * sizeof(word));
    size_t whole = length - rest;
    if (whole > 0 && (((uintptr_t)to | (uintptr_t)from) % sizeof(word)) == 0) {
        copy_blocks(to, from, (const word *)(const void *)(source + whole));
        target += whole;
        source += whole;
        length = rest;
    }
    while (length-- > 0) {
        *target++ = *source++;
    }
    return to;
}

void *memmove(void *to, const void *from, size_t length)
{
    uint8_t *target = to;
    const uint8_t *source = from;
    /* Not memcpy, even forwards: its pointers promise that nothing overlaps. */
    if (target < source) {
        for (size_t i = 0; i < length; i++) {
            target[i] = source[i];
        }
        return to;
    }
    while (length-- > 0) {
        target[length] = source[length];
    }
    return to;
}

void *memset(void *to, int value, size_t length)
{
    uint8_t *target = to;
    while (length-- > 0) {
        *target++ = (uint8_t)value;
    }
    return to;
}

int memcmp(const void *left, const void *right, size_t length)
{
    const uint8_t *a = left;
    const uint8_t *b = right;
    for (size_t i = 0; i < length; i++) {
        if (a[i] != b[i]) {
            return a[i] < b[i] ? -1 : 1;
        }
    }
    return 0;
}
