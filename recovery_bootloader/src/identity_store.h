/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BOOTMEND_IDENTITY_STORE_H
#define BOOTMEND_IDENTITY_STORE_H

#include "bootmend/boot_services.h"

/*
 * The identity is written once. Behind the record lies a mark that is written after it: a record that is
 * damaged and has its mark was whole once, so that it is a matter for a recovery key, and not for every
 * visitor.
 */
enum identity_state {
    IDENTITY_BLANK, /* never written, or the writing was cut short */
    IDENTITY_GOOD,
    IDENTITY_DAMAGED,
};

/* `identity` points into the flash; it holds when the state is IDENTITY_GOOD. */
enum identity_state identity_store_find(const struct bm_identity **identity);

/* Erases what is there; false when the flash failed. */
bool identity_store_write(const struct bm_identity *identity);

#endif
