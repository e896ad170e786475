/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BOOTMEND_SMP_IMAGE_H
#define BOOTMEND_SMP_IMAGE_H

#include "smp_request.h"

/* Codes of the image group, Zephyr: include/zephyr/mgmt/mcumgr/grp/img_mgmt/img_mgmt.h. */
enum image_err {
    IMAGE_ERR_HASH_NOT_FOUND = 8,
    IMAGE_ERR_NO_FREE_SLOT = 9,
    IMAGE_ERR_WRITE_FAILED = 12,
    IMAGE_ERR_ERASE_FAILED = 13,
    IMAGE_ERR_INVALID_SLOT = 14,
    IMAGE_ERR_NO_OFFSET = 20,
    IMAGE_ERR_NO_LENGTH = 21,
    IMAGE_ERR_HEADER_TOO_SHORT = 22,
    IMAGE_ERR_HEADER_MAGIC = 23,
    IMAGE_ERR_INVALID_HASH = 24,
    IMAGE_ERR_RUNNING_IS_NEWER = 27,
    IMAGE_ERR_ALREADY_PENDING = 28,
    IMAGE_ERR_TOO_LARGE = 30,
    IMAGE_ERR_DATA_OVERRUN = 31,
    IMAGE_ERR_CONFIRMATION_DENIED = 32,
    IMAGE_ERR_TEST_OF_ACTIVE_DENIED = 33,
};

static inline struct smp_outcome image_failed(enum image_err code, enum smp_rc v1_code)
{
    return smp_group_failed(SMP_GROUP_IMAGE, (uint8_t)code, v1_code);
}

static inline uint32_t slot_capacity(const struct smp_server *server, uint8_t slot)
{
    enum bm_region region = slot == BM_SLOT_A ? BM_REGION_SLOT_A : BM_REGION_SLOT_B;
    return server->services->flash_map()->regions[region].size;
}

/* Takes one chunk of an upload, smp_group_1.rst; the answer's "off" is what the client continues at. */
struct smp_outcome smp_upload_handle(struct smp_server *server, const struct smp_request *request,
                                     struct cbor_writer *answer);

#endif
