/* SPDX-License-Identifier: Apache-2.0 */

/* A state region of two sectors of 1 KiB with any content: loaded, and written to, in any order. */
/* sources: record_ring.c flash_region.c state_store.c */
/* options: -eva-slevel 2000 -eva-ilevel 128 */
#define PROOF_REGION BM_REGION_STATE
#define PROOF_SECTOR_SIZE 1024u
#define PROOF_SECTORS 2u
#include "flash_model.h"

#include "state_store.h"

int main(void)
{
    struct record_ring store;
    struct boot_record record;
    flash_hold_anything();
    state_store_load(&store, &record);
    while (Frama_C_interval(0, 1)) {
        if (Frama_C_interval(0, 1)) {
            record_ring_append(&store, &record);
        } else {
            state_store_load(&store, &record);
        }
    }
    return 0;
}
