/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BOOTMEND_RETAINED_H
#define BOOTMEND_RETAINED_H

#include <stdbool.h>

/* Notes that the bootloader leaves to itself over a reset, in memory that is undefined after power-on. */
struct retained_notes {
    bool stay_in_recovery;
    bool trial_has_expired;
};

/* What the previous run left; afterwards the memory is clear. */
struct retained_notes retained_take(void);
void retained_leave(struct retained_notes notes);

#endif
