/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BOOTMEND_FUZZ_TEST_KEYS_H
#define BOOTMEND_FUZZ_TEST_KEYS_H

#include <stddef.h>
#include <stdint.h>

/* The key table of the fuzzed bootloader, and the secret halves of its keys, which are known to everybody. */

void sign_as_boot_key(const uint8_t *message, size_t length, uint8_t *signature);
void sign_as_recovery_key(const uint8_t *message, size_t length, uint8_t *signature);

#endif
