/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BOOTMEND_MEM_H
#define BOOTMEND_MEM_H

#include <stddef.h>
#include <stdint.h>

/*
 * The functions that a compiler may call on its own: from the C library, or from the port where there is
 * none.
 */
#ifdef __cplusplus
#include <string.h> /* tests in C++ have a library, and its declarations differ from these */
#else
void *memcpy(void *restrict to, const void *restrict from, size_t length);
void *memmove(void *to, const void *from, size_t length);
void *memset(void *to, int value, size_t length);
int memcmp(const void *left, const void *right, size_t length);
#endif

#endif
