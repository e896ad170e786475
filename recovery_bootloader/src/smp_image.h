/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BOOTMEND_SMP_IMAGE_H
#define BOOTMEND_SMP_IMAGE_H

#include "mem.h"
#include "smp_commands.h"

static inline const struct bm_flash_region *region_of(const struct smp_server *server, uint32_t slot)
{
    return &server->services->flash_map()->regions[BM_REGION_SLOT_A + slot];
}

/* Whatever comes next of an upload starts it anew, or where slot_open() says. */
static inline void smp_upload_forget(struct smp_server *server)
{
    memset(&server->upload, 0, sizeof server->upload);
}

#endif
