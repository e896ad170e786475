/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BOOTMEND_IMAGE_CHECK_H
#define BOOTMEND_IMAGE_CHECK_H

#include "bootmend/boot_services.h"

#include <sodium/crypto_hash_sha256.h>

/* What an image has to fit. */
struct image_target {
    const struct bm_identity *identity; /* null: no image fits a unit without an identity */
    uint32_t minimum_rollback_index;
};

struct image_info {
    enum bm_image_verdict verdict;
    bool is_intact; /* structure and hash are right; the members below hold then */
    struct bm_version version;
    uint32_t rollback_index;
    uint32_t payload_length;
    const uint8_t *payload; /* what was verified: in the slot, or in the load area */
    uint8_t hash[BM_HASH_SIZE];
};

/*
 * Judges the image in `slot`: header, TLVs, SHA-256, Ed25519 signature by a boot key, product, hardware
 * revision, bootloader version and rollback index, in this order; the first objection is the verdict.
 */
void image_check(uint8_t slot, const struct image_target *target, struct image_info *info);

/* The same for an image that is to be started: the payload is copied first, unless it runs in place. */
void image_load(uint8_t slot, const struct image_target *target, struct image_info *info);

/* Hashes in steps, and calls `between` after each of them: a slow core needs seconds for a whole slot. */
void hash_in_steps(crypto_hash_sha256_state *state, const uint8_t *data, uint32_t length,
                   void (*between)(void));

#endif
