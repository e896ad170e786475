/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BOOTMEND_RETAINED_H
#define BOOTMEND_RETAINED_H

#include <stdint.h>

/* Notes from one boot to the next, in memory that survives a reset; a power-on finds none. */

#define RETAINED_STAY_IN_RECOVERY 1u
#define RETAINED_TRIAL_EXPIRED 2u
#define RETAINED_CRASH 0x100u /* times the crashes in a row, up to 255 */
#define RETAINED_CRASHES(notes) ((notes) >> 8)

/* Reads the notes, and leaves none. */
uint32_t retained_take(void);
void retained_leave(uint32_t notes);

#endif
