/* SPDX-License-Identifier: Apache-2.0 */
#include "mem.h"
#include "smp_image.h"

/* Zephyr: doc/services/device_mgmt/smp_groups/smp_group_1.rst. */
enum image_command { IMAGE_STATE = 0, IMAGE_UPLOAD = 1, IMAGE_ERASE = 5, IMAGE_SLOT_INFO = 6 };

#define VERSION_TEXT_SIZE 26u /* 255.255.65535.4294967295 and the zero byte */

static size_t put_decimal(char *to, uint32_t value)
{
    char digits[10];
    size_t count = 0;
    do {
        digits[count++] = (char)('0' + value % 10);
        value /= 10;
    } while (value > 0);
    for (size_t i = 0; i < count; i++) {
        to[i] = digits[count - 1 - i];
    }
    return count;
}

/* MCUmgr prints the build only when it is not zero. */
static void put_version(struct cbor_writer *answer, const struct bm_version *version)
{
    char text[VERSION_TEXT_SIZE];
    size_t length = put_decimal(text, version->major);
    text[length++] = '.';
    length += put_decimal(text + length, version->minor);
    text[length++] = '.';
    length += put_decimal(text + length, version->revision);
    if (version->build != 0) {
        text[length++] = '.';
        length += put_decimal(text + length, version->build);
    }
    cbor_put_key(answer, "version");
    cbor_put_text(answer, text, length);
}

static void put_flag(struct cbor_writer *answer, const char *key, bool flag)
{
    if (flag) {
        cbor_put_key_bool(answer, key, true);
    }
}

/* Images that are damaged are not listed; intact ones that must not boot here are, without "bootable". */
static struct smp_outcome list_images(struct smp_server *server, struct cbor_writer *answer)
{
    cbor_put_key(answer, "images");
    cbor_open_array(answer);
    for (uint8_t slot = 0; slot < BM_SLOT_COUNT; slot++) {
        struct bm_slot_status status;
        if (server->services->slot_status(slot, &status) != BM_SERVICE_OK || !status.is_intact) {
            continue;
        }
        cbor_open_map(answer);
        cbor_put_key_uint(answer, "slot", slot);
        put_version(answer, &status.version);
        cbor_put_key_bytes(answer, "hash", status.hash, BM_HASH_SIZE);
        put_flag(answer, "bootable", status.verdict == BM_IMAGE_OK);
        put_flag(answer, "pending", status.is_pending);
        put_flag(answer, "confirmed", status.is_confirmed);
        put_flag(answer, "active", status.is_active);
        cbor_close(answer);
    }
    cbor_close(answer);
    return smp_done();
}

static struct smp_outcome outcome_of(enum bm_service_result result)
{
    switch (result) {
    case BM_SERVICE_OK:
        return smp_done();
    case BM_SERVICE_NOT_FOUND:
        return image_failed(IMAGE_ERR_HASH_NOT_FOUND, SMP_RC_NOT_FOUND);
    case BM_SERVICE_IMAGE_RUNS:
        return image_failed(IMAGE_ERR_TEST_OF_ACTIVE_DENIED, SMP_RC_BAD_STATE);
    case BM_SERVICE_ON_TRIAL:
        return image_failed(IMAGE_ERR_ALREADY_PENDING, SMP_RC_BAD_STATE);
    case BM_SERVICE_NOT_ON_TRIAL:
        return image_failed(IMAGE_ERR_CONFIRMATION_DENIED, SMP_RC_BAD_STATE);
    case BM_SERVICE_IMAGE_REFUSED:
        return smp_group_failed(BM_SMP_GROUP, BM_SMP_ERR_IMAGE_REFUSED, SMP_RC_BAD_STATE);
    case BM_SERVICE_NOT_ALLOWED:
        return image_failed(IMAGE_ERR_NO_FREE_SLOT, SMP_RC_BAD_STATE);
    case BM_SERVICE_INVALID:
        return image_failed(IMAGE_ERR_INVALID_SLOT, SMP_RC_INVALID);
    default:
        return smp_group_failed(BM_SMP_GROUP, BM_SMP_ERR_STORE_FAILED, SMP_RC_UNKNOWN);
    }
}

static bool runs(struct smp_server *server, const uint8_t *hash)
{
    struct bm_boot_state state;
    return server->services->boot_state(&state) == BM_SERVICE_OK && state.running != BM_SLOT_NONE
        && memcmp(state.running_hash, hash, BM_HASH_SIZE) == 0;
}

/*
 * Only what runs can be confirmed: what MCUmgr calls a permanent swap would skip the trial, and every new
 * image goes through one here.
 */
static struct smp_outcome write_state(struct smp_server *server, const struct smp_request *request,
                                      struct cbor_writer *answer)
{
    struct cbor_value hash = {.is_present = false};
    struct cbor_value confirm = {.is_present = false};
    const struct cbor_field fields[] = {{"hash", CBOR_FIELD_BYTES, &hash},
                                        {"confirm", CBOR_FIELD_BOOL, &confirm}};
    if (!cbor_read_fields(request->payload, request->length, fields, 2)) {
        return smp_failed(SMP_RC_INVALID);
    }
    bool wants_confirmation = confirm.number != 0;
    if (hash.is_present ? hash.length != BM_HASH_SIZE : !wants_confirmation) {
        return image_failed(IMAGE_ERR_INVALID_HASH, SMP_RC_INVALID);
    }
    if (wants_confirmation && hash.is_present && !runs(server, hash.data)) {
        return image_failed(IMAGE_ERR_CONFIRMATION_DENIED, SMP_RC_BAD_STATE);
    }
    const struct boot_services *services = server->services;
    enum bm_service_result result =
        wants_confirmation ? services->confirm() : services->request_trial(hash.data);
    return result == BM_SERVICE_OK ? list_images(server, answer) : outcome_of(result);
}

static enum bm_service_result erase_slot(struct smp_server *server, uint8_t slot)
{
    const struct boot_services *services = server->services;
    enum bm_service_result result = services->slot_open(slot);
    uint32_t offset = 0;
    while (result == BM_SERVICE_OK && offset < slot_capacity(server, slot)) {
        result = services->slot_erase(slot, offset);
        services->watchdog_kick();
        offset += services->flash_map()->sector_size;
    }
    return result;
}

/* A pending image is somebody's decision: it is erased only after its trial was cancelled. */
static struct smp_outcome erase(struct smp_server *server, const struct smp_request *request)
{
    struct cbor_value wanted = {.is_present = false};
    const struct cbor_field fields[] = {{"slot", CBOR_FIELD_UINT, &wanted}};
    if (!cbor_read_fields(request->payload, request->length, fields, 1)) {
        return smp_failed(SMP_RC_INVALID);
    }
    uint32_t slot = wanted.is_present ? wanted.number : server->services->slot_for_upload();
    struct bm_slot_status status;
    if (slot == BM_SLOT_NONE) {
        return image_failed(IMAGE_ERR_NO_FREE_SLOT, SMP_RC_BAD_STATE);
    }
    if (slot >= BM_SLOT_COUNT || server->services->slot_status((uint8_t)slot, &status) != BM_SERVICE_OK) {
        return image_failed(IMAGE_ERR_INVALID_SLOT, SMP_RC_INVALID);
    }
    if (status.is_pending) {
        return image_failed(IMAGE_ERR_ALREADY_PENDING, SMP_RC_BAD_STATE);
    }
    server->upload.is_open = false;
    return outcome_of(erase_slot(server, (uint8_t)slot));
}

static struct smp_outcome slot_info(struct smp_server *server, struct cbor_writer *answer)
{
    uint32_t largest = 0;
    cbor_put_key(answer, "images");
    cbor_open_array(answer);
    cbor_open_map(answer);
    cbor_put_key_uint(answer, "image", 0);
    cbor_put_key(answer, "slots");
    cbor_open_array(answer);
    for (uint8_t slot = 0; slot < BM_SLOT_COUNT; slot++) {
        uint32_t capacity = slot_capacity(server, slot);
        largest = capacity > largest ? capacity : largest;
        cbor_open_map(answer);
        cbor_put_key_uint(answer, "slot", slot);
        cbor_put_key_uint(answer, "size", capacity);
        cbor_close(answer);
    }
    cbor_close(answer);
    cbor_put_key_uint(answer, "max_image_size", largest);
    cbor_close(answer);
    cbor_close(answer);
    return smp_done();
}

struct smp_outcome smp_image_handle(struct smp_server *server, const struct smp_request *request,
                                    struct cbor_writer *answer)
{
    bool is_write = request->operation == SMP_OPERATION_WRITE;
    if (request->command == IMAGE_STATE) {
        return is_write ? write_state(server, request, answer) : list_images(server, answer);
    }
    if (request->command == IMAGE_UPLOAD && is_write) {
        return smp_upload_handle(server, request, answer);
    }
    if (request->command == IMAGE_ERASE && is_write) {
        return erase(server, request);
    }
    if (request->command == IMAGE_SLOT_INFO && !is_write) {
        return slot_info(server, answer);
    }
    return smp_failed(SMP_RC_NOT_SUPPORTED);
}
