/* SPDX-License-Identifier: Apache-2.0 */
#include "bytes.h"
#include "mem.h"
#include "smp_image.h"

/* "image" of the first chunk: 0 lets the boot policy choose, n stands for slot n - 1 ("direct upload"). */
#define IMAGE_CHOOSES_SLOT 0u

struct chunk {
    struct cbor_value image;
    struct cbor_value length;
    struct cbor_value offset;
    struct cbor_value session_key;
    struct cbor_value data;
    struct cbor_value must_be_newer;
};

static bool read_chunk(const struct smp_request *request, struct chunk *chunk)
{
    const struct cbor_field fields[] = {
        {"image", CBOR_FIELD_UINT, &chunk->image}, {"len", CBOR_FIELD_UINT, &chunk->length},
        {"off", CBOR_FIELD_UINT, &chunk->offset},  {"sha", CBOR_FIELD_BYTES, &chunk->session_key},
        {"data", CBOR_FIELD_BYTES, &chunk->data},  {"upgrade", CBOR_FIELD_BOOL, &chunk->must_be_newer},
    };
    memset(chunk, 0, sizeof *chunk);
    if (!cbor_read_fields(request->payload, request->length, fields, sizeof fields / sizeof fields[0])
        || !chunk->data.is_present) {
        return false;
    }
    /* Some clients shorten the hash to save room; what cannot be compared with the file is no key. */
    chunk->session_key.is_present =
        chunk->session_key.is_present && chunk->session_key.length == BM_HASH_SIZE;
    return true;
}

/* Major, minor and revision, as one number; MCUmgr leaves the build out. */
static uint32_t rank_of(uint8_t major, uint8_t minor, uint16_t revision)
{
    return (uint32_t)major << 24 | (uint32_t)minor << 16 | revision;
}

static bool is_upgrade(const struct smp_server *server, const uint8_t *header)
{
    struct bm_slot_status status;
    for (uint8_t slot = 0; slot < BM_SLOT_COUNT; slot++) {
        if (server->services->slot_status(slot, &status) == BM_SERVICE_OK && status.is_active) {
            const struct bm_version *runs = &status.version;
            return rank_of(header[20], header[21], load_le16(header + 22))
                > rank_of(runs->major, runs->minor, runs->revision);
        }
    }
    return true;
}

/* What the first chunk must show before a byte of the slot is given up. */
static struct smp_outcome check_first(const struct smp_server *server, const struct chunk *chunk)
{
    if (!chunk->length.is_present) {
        return image_failed(IMAGE_ERR_NO_LENGTH, SMP_RC_INVALID);
    }
    if (chunk->data.length < BM_IMAGE_HEADER_SIZE) {
        return image_failed(IMAGE_ERR_HEADER_TOO_SHORT, SMP_RC_INVALID);
    }
    if (load_le32(chunk->data.data) != BM_IMAGE_MAGIC) {
        return image_failed(IMAGE_ERR_HEADER_MAGIC, SMP_RC_INVALID);
    }
    if (chunk->must_be_newer.number != 0 && !is_upgrade(server, chunk->data.data)) {
        return image_failed(IMAGE_ERR_RUNNING_IS_NEWER, SMP_RC_BAD_STATE);
    }
    return smp_done();
}

static struct smp_outcome choose_slot(const struct smp_server *server, const struct chunk *chunk,
                                      uint8_t *slot)
{
    uint32_t image = chunk->image.number;
    if (image > BM_SLOT_COUNT) {
        return image_failed(IMAGE_ERR_INVALID_SLOT, SMP_RC_INVALID);
    }
    *slot = image == IMAGE_CHOOSES_SLOT ? server->services->slot_for_upload() : (uint8_t)(image - 1);
    if (*slot == BM_SLOT_NONE) {
        return image_failed(IMAGE_ERR_NO_FREE_SLOT, SMP_RC_BAD_STATE);
    }
    if (chunk->length.number > slot_capacity(server, *slot)) {
        return image_failed(IMAGE_ERR_TOO_LARGE, SMP_RC_INVALID);
    }
    switch (server->services->slot_open(*slot)) {
    case BM_SERVICE_OK:
        return smp_done();
    case BM_SERVICE_NOT_ALLOWED:
        return image_failed(IMAGE_ERR_NO_FREE_SLOT, SMP_RC_BAD_STATE);
    default:
        return image_failed(IMAGE_ERR_WRITE_FAILED, SMP_RC_UNKNOWN);
    }
}

static bool is_written_as_announced(const struct smp_server *server)
{
    const struct smp_upload *upload = &server->upload;
    uint8_t hash[BM_HASH_SIZE];
    return server->services->slot_sha256(upload->slot, upload->length, hash) == BM_SERVICE_OK
        && memcmp(hash, upload->session_key, BM_HASH_SIZE) == 0;
}

/* The client lost the line, or an answer, and comes back with the same file. */
static bool is_resumed(const struct smp_server *server, const struct chunk *chunk)
{
    const struct smp_upload *upload = &server->upload;
    return upload->is_open && upload->has_session_key && chunk->session_key.is_present
        && chunk->length.is_present && chunk->length.number == upload->length
        && memcmp(chunk->session_key.data, upload->session_key, BM_HASH_SIZE) == 0
        && (upload->offset < upload->length || is_written_as_announced(server));
}

static struct smp_outcome open_upload(struct smp_server *server, const struct chunk *chunk)
{
    uint8_t slot = BM_SLOT_NONE;
    struct smp_outcome outcome = check_first(server, chunk);
    if (outcome.rc == SMP_RC_OK) {
        outcome = choose_slot(server, chunk, &slot);
    }
    if (outcome.rc != SMP_RC_OK) {
        return outcome;
    }
    server->upload = (struct smp_upload){.is_open = true,
                                         .slot = slot,
                                         .length = chunk->length.number,
                                         .has_session_key = chunk->session_key.is_present};
    if (chunk->session_key.is_present) {
        memcpy(server->upload.session_key, chunk->session_key.data, BM_HASH_SIZE);
    }
    return smp_done();
}

/* Erases sector by sector, just ahead of the data, so that no request takes longer than one sector needs. */
static struct smp_outcome program(struct smp_server *server, uint32_t offset, const uint8_t *data,
                                  uint32_t length)
{
    struct smp_upload *upload = &server->upload;
    const struct boot_services *services = server->services;
    while (upload->erased < offset + length) {
        if (services->slot_erase(upload->slot, upload->erased) != BM_SERVICE_OK) {
            return image_failed(IMAGE_ERR_ERASE_FAILED, SMP_RC_UNKNOWN);
        }
        upload->erased += services->flash_map()->sector_size;
    }
    if (length > 0 && services->slot_program(upload->slot, offset, data, length) != BM_SERVICE_OK) {
        return image_failed(IMAGE_ERR_WRITE_FAILED, SMP_RC_UNKNOWN);
    }
    return smp_done();
}

/* The tail grows to a write unit, or to the end of the file, and is programmed then. */
static struct smp_outcome fill_tail(struct smp_server *server, const uint8_t **data, uint32_t *length)
{
    struct smp_upload *upload = &server->upload;
    uint32_t unit = server->services->flash_map()->write_size;
    while (*length > 0 && upload->tail_length < unit) {
        upload->tail[upload->tail_length++] = *(*data)++;
        (*length)--;
        upload->offset++;
    }
    if (upload->tail_length < unit && upload->offset < upload->length) {
        return smp_done();
    }
    uint32_t start = upload->offset - upload->tail_length;
    memset(upload->tail + upload->tail_length, 0xff, unit - upload->tail_length);
    upload->tail_length = 0;
    return program(server, start, upload->tail, unit);
}

static struct smp_outcome store(struct smp_server *server, const uint8_t *data, uint32_t length)
{
    struct smp_upload *upload = &server->upload;
    uint32_t unit = server->services->flash_map()->write_size;
    struct smp_outcome outcome = smp_done();
    if (upload->tail_length > 0) {
        outcome = fill_tail(server, &data, &length);
    }
    uint32_t whole = length / unit * unit;
    if (outcome.rc == SMP_RC_OK && whole > 0) {
        outcome = program(server, upload->offset, data, whole);
        upload->offset += whole;
    }
    if (outcome.rc == SMP_RC_OK && length > whole) {
        data += whole;
        length -= whole;
        outcome = fill_tail(server, &data, &length);
    }
    return outcome;
}

static struct smp_outcome answer_offset(const struct smp_server *server, struct cbor_writer *answer)
{
    const struct smp_upload *upload = &server->upload;
    cbor_put_key_uint(answer, "off", upload->is_open ? upload->offset : 0);
    if (upload->is_open && upload->offset == upload->length && upload->has_session_key) {
        cbor_put_key_bool(answer, "match", is_written_as_announced(server));
    }
    return smp_done();
}

static struct smp_outcome take_data(struct smp_server *server, const struct chunk *chunk,
                                    struct cbor_writer *answer)
{
    struct smp_upload *upload = &server->upload;
    if (chunk->data.length > upload->length - upload->offset) {
        return image_failed(IMAGE_ERR_DATA_OVERRUN, SMP_RC_INVALID);
    }
    struct smp_outcome outcome = store(server, chunk->data.data, (uint32_t)chunk->data.length);
    if (outcome.rc != SMP_RC_OK) {
        upload->is_open = false;
        return outcome;
    }
    return answer_offset(server, answer);
}

struct smp_outcome smp_upload_handle(struct smp_server *server, const struct smp_request *request,
                                     struct cbor_writer *answer)
{
    struct chunk chunk;
    if (!read_chunk(request, &chunk)) {
        return smp_failed(SMP_RC_INVALID);
    }
    if (!chunk.offset.is_present) {
        return image_failed(IMAGE_ERR_NO_OFFSET, SMP_RC_INVALID);
    }
    if (chunk.offset.number == 0 && is_resumed(server, &chunk)) {
        return answer_offset(server, answer);
    }
    if (chunk.offset.number == 0) {
        struct smp_outcome outcome = open_upload(server, &chunk);
        return outcome.rc == SMP_RC_OK ? take_data(server, &chunk, answer) : outcome;
    }
    /* A chunk from elsewhere is no error: the answer says where to go on. */
    if (!server->upload.is_open || chunk.offset.number != server->upload.offset) {
        return answer_offset(server, answer);
    }
    return take_data(server, &chunk, answer);
}
