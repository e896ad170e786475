/* SPDX-License-Identifier: Apache-2.0 */
#include "smp_commands.h"

#include "bytes.h"

enum os_command { OS_ECHO = 0, OS_RESET = 5, OS_PARAMETERS = 6, OS_BOOTLOADER = 8 };
enum image_command { IMAGE_STATE = 0, IMAGE_UPLOAD = 1, IMAGE_ERASE = 5, IMAGE_SLOT_INFO = 6 };

#define SMP_READ 1u /* 1 << operation */
#define SMP_WRITE 4u

#define OPTIONAL(key, type)                                                                                  \
    {                                                                                                        \
        key, type, .is_required = false                                                                      \
    }
#define REQUIRED(key, type)                                                                                  \
    {                                                                                                        \
        key, type, .is_required = true                                                                       \
    }

static const struct cbor_field echo_fields[] = {REQUIRED("d", CBOR_FIELD_TEXT)};
static const struct cbor_field reset_fields[] = {OPTIONAL("boot_mode", CBOR_FIELD_UINT)};
static const struct cbor_field bootloader_fields[] = {OPTIONAL("query", CBOR_FIELD_TEXT)};

static const struct cbor_field state_fields[STATE_FIELDS] = {
    [STATE_HASH] = OPTIONAL("hash", CBOR_FIELD_BYTES),
    [STATE_CONFIRM] = OPTIONAL("confirm", CBOR_FIELD_BOOL),
    [STATE_FORCE] = OPTIONAL("force", CBOR_FIELD_BOOL),
};

static const struct cbor_field upload_fields[UPLOAD_FIELDS] = {
    [UPLOAD_IMAGE] = OPTIONAL("image", CBOR_FIELD_UINT),
    [UPLOAD_LENGTH] = OPTIONAL("len", CBOR_FIELD_UINT),
    [UPLOAD_OFFSET] = OPTIONAL("off", CBOR_FIELD_UINT),
    [UPLOAD_KEY] = OPTIONAL("sha", CBOR_FIELD_BYTES),
    [UPLOAD_DATA] = REQUIRED("data", CBOR_FIELD_BYTES),
    [UPLOAD_MUST_BE_NEWER] = OPTIONAL("upgrade", CBOR_FIELD_BOOL),
};

static const struct cbor_field erase_fields[] = {OPTIONAL("slot", CBOR_FIELD_UINT)};

static const struct cbor_field evidence_fields[] = {OPTIONAL("from", CBOR_FIELD_UINT)};

static const struct cbor_field identity_fields[IDENTITY_FIELDS] = {
    [IDENTITY_PRODUCT] = REQUIRED("product", CBOR_FIELD_TEXT),
    [IDENTITY_HARDWARE] = REQUIRED("hw", CBOR_FIELD_TEXT),
    [IDENTITY_SERIAL] = REQUIRED("serial", CBOR_FIELD_TEXT),
    [IDENTITY_DEVICE] = REQUIRED("device_id", CBOR_FIELD_BYTES),
    [IDENTITY_CLASS] = REQUIRED("class", CBOR_FIELD_BYTES),
    [IDENTITY_VENDOR] = REQUIRED("vendor", CBOR_FIELD_BYTES),
};

static const struct cbor_field revert_fields[] = {OPTIONAL("reason", CBOR_FIELD_UINT)};
static const struct cbor_field unlock_fields[] = {REQUIRED("sig", CBOR_FIELD_BYTES)};

/* An erase takes the first of them. */
static const struct cbor_field region_fields[REGION_FIELDS] = {
    [REGION_NUMBER] = REQUIRED("region", CBOR_FIELD_UINT),
    [REGION_OFFSET] = REQUIRED("off", CBOR_FIELD_UINT),
    [REGION_LENGTH] = REQUIRED("len", CBOR_FIELD_UINT),
};

struct smp_command {
    uint8_t group;
    uint8_t command;
    uint8_t operations; /* SMP_READ, SMP_WRITE, or both */
    uint8_t field_count;
    const struct cbor_field *fields; /* what the handler gets as `values`, in this order */
    smp_handler *handle;
};

static const struct smp_command commands[] = {
    {SMP_GROUP_OS, OS_ECHO, SMP_READ | SMP_WRITE, 1, echo_fields, smp_echo},
    {SMP_GROUP_OS, OS_RESET, SMP_WRITE, 1, reset_fields, smp_reset},
    {SMP_GROUP_OS, OS_PARAMETERS, SMP_READ, 0, NULL, smp_parameters},
    {SMP_GROUP_OS, OS_BOOTLOADER, SMP_READ, 1, bootloader_fields, smp_bootloader_info},

    {SMP_GROUP_IMAGE, IMAGE_STATE, SMP_READ, 0, NULL, smp_image_list},
    {SMP_GROUP_IMAGE, IMAGE_STATE, SMP_WRITE, STATE_FIELDS, state_fields, smp_image_write_state},
    {SMP_GROUP_IMAGE, IMAGE_UPLOAD, SMP_WRITE, UPLOAD_FIELDS, upload_fields, smp_image_upload},
    {SMP_GROUP_IMAGE, IMAGE_ERASE, SMP_WRITE, 1, erase_fields, smp_image_erase},
    {SMP_GROUP_IMAGE, IMAGE_SLOT_INFO, SMP_READ, 0, NULL, smp_image_slot_info},

    {BM_SMP_GROUP, BM_SMP_BOOT_STATE, SMP_READ, 0, NULL, smp_boot_state},
    {BM_SMP_GROUP, BM_SMP_EVIDENCE, SMP_READ, 1, evidence_fields, smp_evidence},
    {BM_SMP_GROUP, BM_SMP_IDENTITY, SMP_READ, 0, NULL, smp_identity},
    {BM_SMP_GROUP, BM_SMP_IDENTITY, SMP_WRITE, IDENTITY_FIELDS, identity_fields, smp_identity_write},
    {BM_SMP_GROUP, BM_SMP_FLASH_MAP, SMP_READ, 0, NULL, smp_flash_map},
    {BM_SMP_GROUP, BM_SMP_HEALTH, SMP_READ, 0, NULL, smp_health},
    {BM_SMP_GROUP, BM_SMP_REVERT, SMP_WRITE, 1, revert_fields, smp_revert},
    {BM_SMP_GROUP, BM_SMP_CONFIG, SMP_READ, 0, NULL, smp_config},
    {BM_SMP_GROUP, BM_SMP_UNLOCK, SMP_READ, 0, NULL, smp_challenge},
    {BM_SMP_GROUP, BM_SMP_UNLOCK, SMP_WRITE, 1, unlock_fields, smp_unlock},
    {BM_SMP_GROUP, BM_SMP_REGION, SMP_READ, REGION_FIELDS, region_fields, smp_region_read},
    {BM_SMP_GROUP, BM_SMP_REGION, SMP_WRITE, 1, region_fields, smp_region_erase},
};

static const struct smp_command *find_command(const uint8_t *header)
{
    uint32_t group = load_be16(header + SMP_GROUP_AT);
    uint32_t operation = 1u << (header[0] & SMP_OPERATION_MASK);
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        const struct smp_command *command = &commands[i];
        if (command->group == group && command->command == header[SMP_COMMAND_AT]
            && (command->operations & operation) != 0) {
            return command;
        }
    }
    return NULL;
}

enum smp_outcome smp_carry_out(struct smp_server *server, const uint8_t *packet, size_t length)
{
    const struct smp_command *command = find_command(packet);
    if (command == NULL) {
        return SMP_NOT_SUPPORTED;
    }
    if (!cbor_read_fields(packet + SMP_HEADER_SIZE, length, command->fields, command->field_count,
                          server->values)) {
        return SMP_INVALID;
    }
    return command->handle(server, server->values);
}
