/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BOOTMEND_IDENTITY_STORE_H
#define BOOTMEND_IDENTITY_STORE_H

#include "bootmend/boot_services.h"

/* False when the unit was never provisioned, or the record is damaged; `identity` is all zero then. */
bool identity_store_load(struct bm_identity *identity);

/* Erases the region and writes the record; for provisioning only, the bootloader never calls it. */
bool identity_store_write(const struct bm_identity *identity);

#endif
