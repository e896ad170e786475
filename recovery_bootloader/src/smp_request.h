/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BOOTMEND_SMP_REQUEST_H
#define BOOTMEND_SMP_REQUEST_H

#include "cbor_reader.h"
#include "smp_server.h"

/* What the server and its groups share. Zephyr: doc/services/device_mgmt/smp_protocol.rst. */

#define SMP_GROUP_OS 0u
#define SMP_GROUP_IMAGE 1u

#define SMP_OUTCOME_OS 0x40u
#define SMP_OUTCOME_IMAGE 0x80u
#define SMP_OUTCOME_OWN 0xc0u
#define SMP_OUTCOME_CODE_MASK 0x3fu

/*
 * How a request ended: well, with a generic code (mgmt_defines.h), or with a code of a group: of the OS group
 * (os_mgmt.h), of the image group (img_mgmt.h), or of our own (device_wire.h).
 */
enum smp_outcome {
    SMP_OK = 0,
    SMP_UNKNOWN = 1,
    SMP_INVALID = 3,
    SMP_NOT_FOUND = 5,
    SMP_BAD_STATE = 6,
    SMP_TOO_LONG = 7,
    SMP_NOT_SUPPORTED = 8,

    OS_NO_ANSWER_TO_QUERY = SMP_OUTCOME_OS | 3,

    IMAGE_HASH_NOT_FOUND = SMP_OUTCOME_IMAGE | 8,
    IMAGE_NO_FREE_SLOT = SMP_OUTCOME_IMAGE | 9,
    IMAGE_WRITE_FAILED = SMP_OUTCOME_IMAGE | 12,
    IMAGE_ERASE_FAILED = SMP_OUTCOME_IMAGE | 13,
    IMAGE_INVALID_SLOT = SMP_OUTCOME_IMAGE | 14,
    IMAGE_NO_OFFSET = SMP_OUTCOME_IMAGE | 20,
    IMAGE_NO_LENGTH = SMP_OUTCOME_IMAGE | 21,
    IMAGE_HEADER_TOO_SHORT = SMP_OUTCOME_IMAGE | 22,
    IMAGE_HEADER_MAGIC = SMP_OUTCOME_IMAGE | 23,
    IMAGE_INVALID_HASH = SMP_OUTCOME_IMAGE | 24,
    IMAGE_RUNNING_IS_NEWER = SMP_OUTCOME_IMAGE | 27,
    IMAGE_ALREADY_PENDING = SMP_OUTCOME_IMAGE | 28,
    IMAGE_TOO_LARGE = SMP_OUTCOME_IMAGE | 30,
    IMAGE_DATA_OVERRUN = SMP_OUTCOME_IMAGE | 31,
    IMAGE_CONFIRMATION_DENIED = SMP_OUTCOME_IMAGE | 32,
    IMAGE_TEST_OF_ACTIVE_DENIED = SMP_OUTCOME_IMAGE | 33,

    OWN_NOT_ON_TRIAL = SMP_OUTCOME_OWN | BM_SMP_ERR_NOT_ON_TRIAL,
    OWN_NOT_PROVISIONED = SMP_OUTCOME_OWN | BM_SMP_ERR_NOT_PROVISIONED,
    OWN_STORE_FAILED = SMP_OUTCOME_OWN | BM_SMP_ERR_STORE_FAILED,
    OWN_IMAGE_REFUSED = SMP_OUTCOME_OWN | BM_SMP_ERR_IMAGE_REFUSED,
    OWN_LOCKED = SMP_OUTCOME_OWN | BM_SMP_ERR_LOCKED,
    OWN_ROLLED_BACK = SMP_OUTCOME_OWN | BM_SMP_ERR_ROLLED_BACK,
    OWN_PROVISIONED = SMP_OUTCOME_OWN | BM_SMP_ERR_PROVISIONED,
    OWN_WRONG_SIGNATURE = SMP_OUTCOME_OWN | BM_SMP_ERR_WRONG_SIGNATURE,
    OWN_NO_CONFIG = SMP_OUTCOME_OWN | BM_SMP_ERR_NO_CONFIG,
    OWN_NOT_ALLOWED = SMP_OUTCOME_OWN | BM_SMP_ERR_NOT_ALLOWED,
};

/* What a refusal of the bootloader's means to the client, in the image group and in our own. */
enum smp_outcome smp_image_outcome(enum bm_service_result result);
enum smp_outcome smp_own_outcome(enum bm_service_result result);

/* Writes its answer inside a map that the server opens and closes; after a failure, it is dropped. */
typedef enum smp_outcome smp_handler(struct smp_server *server, const struct cbor_value *values);

/* Finds the command that the packet's header names, reads what it asks for, and has it carried out. */
enum smp_outcome smp_carry_out(struct smp_server *server, const uint8_t *packet, size_t length);

/* Keeps what is done in passing out of frames that lie on the stack while images are verified. */
#define SMP_APART __attribute__((noinline))

/* The header: operation and version, flags, length (u16, big endian), group (the same), sequence, command. */
#define SMP_HEADER_SIZE 8u
#define SMP_LENGTH_AT 2u
#define SMP_GROUP_AT 4u
#define SMP_COMMAND_AT 7u
#define SMP_OPERATION_MASK 7u
#define SMP_OPERATION_WRITE 2u
#define SMP_VERSION_MASK 0x18u /* 0: v1 */
#define SMP_V1_ANSWER 1u /* added to the operation of the request */
#define SMP_V2_ANSWER 9u

#endif
