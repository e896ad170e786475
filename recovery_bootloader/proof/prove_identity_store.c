/* SPDX-License-Identifier: Apache-2.0 */

/* An identity region of 1 KiB with any content: its texts are read to their ends, and it is written to. */
/* sources: identity_store.c flash_region.c */
/* options: -eva-slevel 100 */
#define PROOF_REGION BM_REGION_IDENTITY
#define PROOF_SECTOR_SIZE 1024u
#define PROOF_SECTORS 1u
#include "flash_model.h"

#include "identity_store.h"

static volatile char seen;

static void read_text(const char *text)
{
    while (*text != 0) {
        seen = *text++;
    }
}

int main(void)
{
    const struct bm_identity *found = NULL;
    struct bm_identity identity;
    flash_hold_anything();
    if (identity_store_find(&found) == IDENTITY_GOOD) {
        read_text(found->product);
        read_text(found->hardware);
        read_text(found->serial);
    }
    Frama_C_make_unknown((char *)&identity, sizeof identity);
    identity_store_write(&identity);
    return 0;
}
