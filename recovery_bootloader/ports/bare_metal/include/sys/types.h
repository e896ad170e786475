/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BOOTMEND_BARE_METAL_SYS_TYPES_H
#define BOOTMEND_BARE_METAL_SYS_TYPES_H

#include <stddef.h>

/* libsodium's files include this header and take nothing from it. */

#endif
