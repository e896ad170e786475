/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BOOTMEND_SMP_REQUEST_H
#define BOOTMEND_SMP_REQUEST_H

#include "cbor_reader.h"
#include "cbor_writer.h"
#include "smp_server.h"

/* What the server and its groups share. Zephyr: doc/services/device_mgmt/smp_protocol.rst. */

enum smp_group { SMP_GROUP_OS = 0, SMP_GROUP_IMAGE = 1 };

/* Generic codes, mgmt_defines.h. */
enum smp_rc {
    SMP_RC_OK = 0,
    SMP_RC_UNKNOWN = 1,
    SMP_RC_INVALID = 3,
    SMP_RC_NOT_FOUND = 5,
    SMP_RC_BAD_STATE = 6,
    SMP_RC_TOO_LONG = 7,
    SMP_RC_NOT_SUPPORTED = 8,
    SMP_RC_CORRUPT = 9,
};

struct smp_request {
    uint8_t operation; /* 0 read, 2 write */
    uint8_t version; /* 0 or 1: SMP v1 or v2 */
    uint16_t group;
    uint8_t sequence;
    uint8_t command;
    const uint8_t *payload;
    size_t length;
};

/* How a request ended: well, with a generic code, or with a code of a group. */
struct smp_outcome {
    uint8_t rc; /* what a v1 client gets; and a v2 client too when group_code is 0 */
    uint8_t group_code;
    uint16_t group;
};

static inline struct smp_outcome smp_done(void)
{
    return (struct smp_outcome){.rc = SMP_RC_OK};
}

static inline struct smp_outcome smp_failed(enum smp_rc rc)
{
    return (struct smp_outcome){.rc = (uint8_t)rc};
}

static inline struct smp_outcome smp_group_failed(uint16_t group, uint8_t code, enum smp_rc v1_code)
{
    return (struct smp_outcome){.rc = (uint8_t)v1_code, .group_code = code, .group = group};
}

/* Each answers inside a map that the server opens and closes; after a failure, what it wrote is dropped. */
struct smp_outcome smp_os_handle(struct smp_server *server, const struct smp_request *request,
                                 struct cbor_writer *answer);
struct smp_outcome smp_image_handle(struct smp_server *server, const struct smp_request *request,
                                    struct cbor_writer *answer);
struct smp_outcome smp_bootmend_handle(struct smp_server *server, const struct smp_request *request,
                                       struct cbor_writer *answer);

#define SMP_OPERATION_READ 0u
#define SMP_OPERATION_WRITE 2u

#endif
