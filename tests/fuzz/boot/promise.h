/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BOOTMEND_FUZZ_PROMISE_H
#define BOOTMEND_FUZZ_PROMISE_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* Ends the program, and says which promise was broken. */
#define PROMISE(condition, promise)                                                                          \
    do {                                                                                                     \
        if (!(condition)) {                                                                                  \
            fprintf(stderr, "broken promise: %s\n", promise);                                                \
            abort();                                                                                         \
        }                                                                                                    \
    } while (0)

/* libFuzzer's entry. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
