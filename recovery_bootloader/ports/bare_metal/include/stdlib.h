/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BOOTMEND_BARE_METAL_STDLIB_H
#define BOOTMEND_BARE_METAL_STDLIB_H

#include <stddef.h>

/* libsodium's files include this header; nothing that a bootloader links may allocate or exit. */

#endif
