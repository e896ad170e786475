/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BOOTMEND_FUZZ_GOOD_IMAGE_H
#define BOOTMEND_FUZZ_GOOD_IMAGE_H

#include "bootmend/boot_services.h"

#define GOOD_IMAGE_ROOM 512u

struct good_image {
    size_t length;
    uint8_t bytes[GOOD_IMAGE_ROOM];
    uint8_t hash[BM_HASH_SIZE];
};

/* An image for the unit with this identity, signed by the boot key. */
void good_image_make(struct good_image *image, const struct bm_identity *identity, uint8_t major,
                     uint32_t payload_length);

#endif
