/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BOOTMEND_BARE_METAL_STRING_H
#define BOOTMEND_BARE_METAL_STRING_H

#include <stddef.h>

/* What a freestanding compiler expects the program to have; src/mem.c has it. */
void *memcpy(void *restrict to, const void *restrict from, size_t length);
void *memmove(void *to, const void *from, size_t length);
void *memset(void *to, int value, size_t length);
int memcmp(const void *left, const void *right, size_t length);

#endif
