/* SPDX-License-Identifier: Apache-2.0 */
#include "retained.h"

#include "bootmend/port.h"
#include "bytes.h"
#include "crc.h"
#include "mem.h"

#define RETAINED_MAGIC 0x31544552u /* "RET1" */

enum { AT_RECOVERY = 4, AT_EXPIRED, AT_CRC = BM_RETAINED_SIZE - 4 };

struct retained_notes retained_take(void)
{
    uint8_t *memory = port_retained();
    struct retained_notes notes = {.stay_in_recovery = false, .trial_has_expired = false};
    if (load_le32(memory) == RETAINED_MAGIC && load_le32(memory + AT_CRC) == crc32_of(memory, AT_CRC)) {
        notes.stay_in_recovery = memory[AT_RECOVERY] == 1;
        notes.trial_has_expired = memory[AT_EXPIRED] == 1;
    }
    memset(memory, 0, BM_RETAINED_SIZE);
    return notes;
}

void retained_leave(struct retained_notes notes)
{
    uint8_t *memory = port_retained();
    memset(memory, 0, BM_RETAINED_SIZE);
    store_le32(memory, RETAINED_MAGIC);
    memory[AT_RECOVERY] = notes.stay_in_recovery ? 1 : 0;
    memory[AT_EXPIRED] = notes.trial_has_expired ? 1 : 0;
    store_le32(memory + AT_CRC, crc32_of(memory, AT_CRC));
}
