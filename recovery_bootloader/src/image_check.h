/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BOOTMEND_IMAGE_CHECK_H
#define BOOTMEND_IMAGE_CHECK_H

#include "bootmend/boot_services.h"

/* Each of the two TLV areas may be this long, with its 4-byte head; a longer one is refused as malformed. */
#define IMAGE_MAX_TLV_AREA BM_IMAGE_MAX_TLV_AREA

/* What an image has to fit. */
struct image_target {
    const struct bm_identity *identity;
    uint32_t minimum_rollback_index;
};

struct image_info {
    enum bm_image_verdict verdict;
    bool is_intact; /* structure and hash are right; the members below hold then */
    struct bm_version version;
    uint32_t rollback_index;
    uint32_t payload_length;
    uint8_t hash[BM_HASH_SIZE];
};

/*
 * Judges the image in `slot`: header, TLVs, SHA-256, Ed25519 signature by a boot key, product, hardware
 * revision and rollback index, in this order; the first objection is the verdict.
 */
void image_check(uint8_t slot, const struct image_target *target, struct image_info *info);

/* The same, but the payload is copied to the load area first, and that copy is what is judged. */
void image_load(uint8_t slot, const struct image_target *target, struct image_info *info);

#endif
