/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BOOTMEND_LINE_ENTRY_H
#define BOOTMEND_LINE_ENTRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Listens for BM_ENTRY_CHARACTER at reset, as long as port_timing() says, and to eight bytes at
 * most. What was read and is not it comes first out of line_entry_read(), so that nobody's first packet is
 * lost.
 */
bool line_entry_is_asked_for(void);

/* port_line_read(), after what was read too early. */
size_t line_entry_read(uint8_t *to, size_t capacity);

#endif
