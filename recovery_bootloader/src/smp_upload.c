/* SPDX-License-Identifier: Apache-2.0 */
#include "bytes.h"
#include "smp_image.h"

#define VERSION_AT 20u /* in the image's header: major, minor (u8), revision (u16), build (u32) */

/* Some clients shorten the hash to save room; what cannot be compared with the file is no key. */
static const uint8_t *key_of(const struct cbor_value *values)
{
    return values[UPLOAD_KEY].length == BM_HASH_SIZE ? values[UPLOAD_KEY].data : NULL;
}

/* Major, minor and revision, as one number; MCUmgr leaves the build out. */
static uint32_t rank_of(const uint8_t *header)
{
    const uint8_t *version = header + VERSION_AT;
    return (uint32_t)version[0] << 24 | (uint32_t)version[1] << 16 | load_le16(version + 2);
}

static SMP_APART bool is_upgrade(const struct smp_server *server, const uint8_t *header)
{
    const struct boot_services *services = server->services;
    struct bm_boot_state state;
    return services->boot_state(&state) != BM_SERVICE_OK || state.running == BM_SLOT_NONE
        || rank_of(header)
        > rank_of(services->flash_memory() + smp_slot_region(server, state.running)->offset);
}

/* What the first chunk must show before a byte of the slot is given up. */
static enum smp_outcome check_first(const struct smp_server *server, const struct cbor_value *values)
{
    const struct cbor_value *data = &values[UPLOAD_DATA];
    if (!values[UPLOAD_LENGTH].is_present) {
        return IMAGE_NO_LENGTH;
    }
    if (data->length < BM_IMAGE_HEADER_SIZE) {
        return IMAGE_HEADER_TOO_SHORT;
    }
    if (load_le32(data->data) != BM_IMAGE_MAGIC) {
        return IMAGE_HEADER_MAGIC;
    }
    if (data->length > values[UPLOAD_LENGTH].number) {
        return IMAGE_DATA_OVERRUN;
    }
    if (values[UPLOAD_MUST_BE_NEWER].number != 0 && !is_upgrade(server, data->data)) {
        return IMAGE_RUNNING_IS_NEWER;
    }
    return SMP_OK;
}

static bool is_complete(const struct smp_upload *upload)
{
    return upload->offset == upload->length;
}

static bool is_written_as_announced(const struct smp_server *server)
{
    const struct smp_upload *upload = &server->upload;
    uint8_t hash[BM_HASH_SIZE];
    return server->services->slot_sha256(upload->slot, upload->length, hash) == BM_SERVICE_OK
        && memcmp(hash, upload->session_key, BM_HASH_SIZE) == 0;
}

/* The client lost the line, or an answer, and comes back with the same file. */
static bool is_resumed(const struct smp_server *server, const struct cbor_value *values)
{
    const struct smp_upload *upload = &server->upload;
    const uint8_t *key = key_of(values);
    return upload->has_session_key && key != NULL && values[UPLOAD_LENGTH].number == upload->length
        && memcmp(key, upload->session_key, BM_HASH_SIZE) == 0
        && (!is_complete(upload) || is_written_as_announced(server));
}

static enum smp_outcome choose_slot(struct smp_server *server, const struct cbor_value *values)
{
    struct smp_upload *upload = &server->upload;
    uint32_t image = values[UPLOAD_IMAGE].number;
    if (image > BM_SLOT_COUNT) {
        return IMAGE_INVALID_SLOT;
    }
    upload->slot = image == 0 ? server->services->slot_for_upload() : (uint8_t)(image - 1);
    if (upload->slot == BM_SLOT_NONE) {
        return IMAGE_NO_FREE_SLOT;
    }
    upload->length = values[UPLOAD_LENGTH].number;
    return upload->length > smp_slot_region(server, upload->slot)->size ? IMAGE_TOO_LARGE : SMP_OK;
}

static enum smp_outcome open_upload(struct smp_server *server, const struct cbor_value *values)
{
    struct smp_upload *upload = &server->upload;
    const struct boot_services *services = server->services;
    const uint8_t *key = key_of(values);
    smp_upload_forget(server);
    enum smp_outcome outcome = choose_slot(server, values);
    if (outcome != SMP_OK) {
        return outcome;
    }
    if (key != NULL) {
        upload->has_session_key = true;
        memcpy(upload->session_key, key, BM_HASH_SIZE);
    }
    enum bm_service_result result = services->slot_open(upload->slot, key, upload->length, &upload->offset);
    return smp_image_outcome(result);
}

/* The erase goes just ahead of the data, so that no request takes longer than a sector needs. */
static enum smp_outcome program(const struct smp_server *server, uint32_t offset, const uint8_t *data,
                                uint32_t length)
{
    const struct smp_upload *upload = &server->upload;
    const struct boot_services *services = server->services;
    if (services->slot_erase(upload->slot, offset + length - 1) != BM_SERVICE_OK) {
        return IMAGE_ERASE_FAILED;
    }
    return services->slot_program(upload->slot, offset, data, length) == BM_SERVICE_OK ? SMP_OK
                                                                                       : IMAGE_WRITE_FAILED;
}

/* The tail grows to a write unit, or to the end of the file, and is programmed then. */
static enum smp_outcome add_to_tail(struct smp_server *server, uint8_t byte, uint32_t unit)
{
    struct smp_upload *upload = &server->upload;
    uint32_t length = upload->tail_length;
    upload->tail[length++] = byte;
    upload->tail_length = (uint8_t)length;
    if (length < unit && upload->offset + 1 < upload->length) {
        return SMP_OK;
    }
    memset(upload->tail + length, 0xff, unit - length);
    upload->tail_length = 0;
    return program(server, upload->offset + 1 - length, upload->tail, unit);
}

/* Whole write units straight from the packet, what is left over by way of the tail. */
static enum smp_outcome store(struct smp_server *server, const uint8_t *data, uint32_t length)
{
    struct smp_upload *upload = &server->upload;
    uint32_t unit = server->services->flash_map()->write_size;
    enum smp_outcome outcome = SMP_OK;
    while (length > 0 && outcome == SMP_OK) {
        uint32_t taken = upload->tail_length == 0 ? length & ~(unit - 1) : 0;
        if (taken > 0) {
            outcome = program(server, upload->offset, data, taken);
        } else {
            taken = 1;
            outcome = add_to_tail(server, *data, unit);
        }
        upload->offset += taken;
        data += taken;
        length -= taken;
    }
    return outcome;
}

static enum smp_outcome take_data(struct smp_server *server, const struct cbor_value *data)
{
    const struct smp_upload *upload = &server->upload;
    return data->length > upload->length - upload->offset ? IMAGE_DATA_OVERRUN
                                                          : store(server, data->data, (uint32_t)data->length);
}

static enum smp_outcome take_chunk(struct smp_server *server, const struct cbor_value *values)
{
    const struct cbor_value *offset = &values[UPLOAD_OFFSET];
    if (!offset->is_present) {
        return IMAGE_NO_OFFSET;
    }
    if (offset->number == 0 && !is_resumed(server, values)) {
        enum smp_outcome outcome = check_first(server, values);
        outcome = outcome == SMP_OK ? open_upload(server, values) : outcome;
        if (outcome != SMP_OK) {
            return outcome;
        }
    }
    /* A chunk from elsewhere is no error: the answer says where to go on. */
    return offset->number == server->upload.offset ? take_data(server, &values[UPLOAD_DATA]) : SMP_OK;
}

/* One chunk; whatever goes wrong ends the upload. */
enum smp_outcome smp_image_upload(struct smp_server *server, const struct cbor_value *values)
{
    const struct smp_upload *upload = &server->upload;
    enum smp_outcome outcome = take_chunk(server, values);
    if (outcome != SMP_OK) {
        smp_upload_forget(server);
        return outcome;
    }
    cbor_put_key_uint(&server->answer, "off", upload->offset);
    if (upload->has_session_key && is_complete(upload)) {
        cbor_put_key_bool(&server->answer, "match", is_written_as_announced(server));
    }
    return SMP_OK;
}
