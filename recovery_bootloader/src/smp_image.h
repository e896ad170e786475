/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BOOTMEND_SMP_IMAGE_H
#define BOOTMEND_SMP_IMAGE_H

#include "mem.h"
#include "smp_commands.h"

const struct bm_flash_region *smp_slot_region(const struct smp_server *server, uint32_t slot);

/* Whatever comes next of an upload starts it anew, or where slot_open() says. */
static inline void smp_upload_forget(struct smp_server *server)
{
    memset(&server->upload, 0, sizeof server->upload);
}

#endif
