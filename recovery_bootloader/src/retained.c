/* SPDX-License-Identifier: Apache-2.0 */
#include "retained.h"

#include "bootmend/port.h"

#define RETAINED_MAGIC 0x32544552u /* "RET2" */

struct retained_memory {
    uint32_t magic;
    uint32_t notes;
    uint32_t inverted_notes; /* memory without power decays into anything */
};
_Static_assert(sizeof(struct retained_memory) <= BM_RETAINED_SIZE, "it fits what ports give");

uint32_t retained_take(void)
{
    const struct retained_memory *memory = port_retained();
    uint32_t notes =
        memory->magic == RETAINED_MAGIC && memory->notes == ~memory->inverted_notes ? memory->notes : 0;
    retained_leave(0);
    return notes;
}

void retained_leave(uint32_t notes)
{
    *(struct retained_memory *)port_retained() =
        (struct retained_memory){.magic = RETAINED_MAGIC, .notes = notes, .inverted_notes = ~notes};
}
