/* SPDX-License-Identifier: Apache-2.0 */
#include "smp_image.h"

#include <stddef.h>

#define VERSION_TEXT_SIZE 26u /* 255.255.65535.4294967295 and some room */

const struct bm_flash_region *smp_slot_region(const struct smp_server *server, uint32_t slot)
{
    return &server->services->flash_map()->regions[BM_REGION_SLOT_A + slot];
}

/* Digit by digit, without a division, which Cortex-M0 has none of. */
static char *put_decimal(char *to, uint32_t value)
{
    static const uint32_t powers[] = {1000000000, 100000000, 10000000, 1000000, 100000,
                                      10000,      1000,      100,      10,      1};
    const char *start = to;
    for (size_t i = 0; i < sizeof powers / sizeof powers[0]; i++) {
        char digit = '0';
        while (value >= powers[i]) {
            value -= powers[i];
            digit++;
        }
        if (digit != '0' || to != start || powers[i] == 1) {
            *to++ = digit;
        }
    }
    return to;
}

/* MCUmgr prints the build only when it is not zero. */
static SMP_APART void put_version(struct cbor_writer *answer, const struct bm_version *version)
{
    char text[VERSION_TEXT_SIZE];
    char *end = put_decimal(text, version->major);
    *end++ = '.';
    end = put_decimal(end, version->minor);
    *end++ = '.';
    end = put_decimal(end, version->revision);
    if (version->build != 0) {
        *end++ = '.';
        end = put_decimal(end, version->build);
    }
    cbor_put_key(answer, "version");
    cbor_put_text(answer, text, (size_t)(end - text));
}

#define FLAG(key, member) CBOR_MEMBER_UNLESS(bm_slot_status, key, member, CBOR_BOOL, member, false)

static const struct cbor_member status_members[] = {
    CBOR_MEMBER(bm_slot_status, "hash", hash, CBOR_BYTES | BM_HASH_SIZE),
    FLAG("pending", is_pending),
    FLAG("confirmed", is_confirmed),
    FLAG("active", is_active),
};

/* Images that are damaged are not listed; intact ones that must not boot here are, without "bootable". */
static void list_image(struct smp_server *server, uint8_t slot)
{
    struct bm_slot_status status;
    if (server->services->slot_status(slot, &status) != BM_SERVICE_OK || !status.is_intact) {
        return;
    }
    cbor_open_map(&server->answer);
    cbor_put_key_uint(&server->answer, "slot", slot);
    put_version(&server->answer, &status.version);
    cbor_put_members(&server->answer, &status, status_members,
                     sizeof status_members / sizeof status_members[0]);
    if (status.verdict == BM_IMAGE_OK) {
        cbor_put_key_bool(&server->answer, "bootable", true);
    }
    cbor_close(&server->answer);
}

enum smp_outcome smp_image_list(struct smp_server *server, const struct cbor_value *values)
{
    (void)values;
    cbor_open_key_array(&server->answer, "images");
    for (uint8_t slot = 0; slot < BM_SLOT_COUNT; slot++) {
        list_image(server, slot);
    }
    cbor_close(&server->answer);
    return SMP_OK;
}

static SMP_APART bool runs(struct smp_server *server, const uint8_t *hash)
{
    struct bm_boot_state state;
    return server->services->boot_state(&state) == BM_SERVICE_OK && state.running != BM_SLOT_NONE
        && memcmp(state.running_hash, hash, BM_HASH_SIZE) == 0;
}

/*
 * Only what runs can be confirmed: what MCUmgr calls a permanent swap would skip the trial, and every new
 * image goes through one here.
 */
enum smp_outcome smp_image_write_state(struct smp_server *server, const struct cbor_value *values)
{
    const struct boot_services *services = server->services;
    const struct cbor_value *hash = &values[STATE_HASH];
    bool wants_confirmation = values[STATE_CONFIRM].number != 0;
    if (hash->is_present ? hash->length != BM_HASH_SIZE : !wants_confirmation) {
        return IMAGE_INVALID_HASH;
    }
    if (wants_confirmation && hash->is_present && !runs(server, hash->data)) {
        return IMAGE_CONFIRMATION_DENIED;
    }
    enum bm_service_result result = wants_confirmation
        ? services->confirm()
        : services->request_trial(hash->data, values[STATE_FORCE].number != 0);
    return result == BM_SERVICE_OK ? smp_image_list(server, values) : smp_image_outcome(result);
}

static enum bm_service_result erase_slot(struct smp_server *server, uint8_t slot)
{
    const struct boot_services *services = server->services;
    uint32_t capacity = smp_slot_region(server, slot)->size;
    uint32_t offset = 0;
    enum bm_service_result result = services->slot_open(slot, NULL, capacity, &offset);
    while (result == BM_SERVICE_OK && offset < capacity) {
        result = services->slot_erase(slot, offset);
        services->watchdog_kick();
        offset += services->flash_map()->sector_size;
    }
    return result;
}

static SMP_APART bool is_pending(const struct smp_server *server, uint8_t slot)
{
    struct bm_slot_status status;
    return server->services->slot_status(slot, &status) == BM_SERVICE_OK && status.is_pending;
}

/* A pending image is somebody's decision: it is erased only after its trial was cancelled. */
enum smp_outcome smp_image_erase(struct smp_server *server, const struct cbor_value *wanted)
{
    uint32_t slot = wanted->is_present ? wanted->number : server->services->slot_for_upload();
    if (slot == BM_SLOT_NONE) {
        return IMAGE_NO_FREE_SLOT;
    }
    if (slot >= BM_SLOT_COUNT) {
        return IMAGE_INVALID_SLOT;
    }
    if (is_pending(server, (uint8_t)slot)) {
        return IMAGE_ALREADY_PENDING;
    }
    smp_upload_forget(server);
    return smp_image_outcome(erase_slot(server, (uint8_t)slot));
}

enum smp_outcome smp_image_slot_info(struct smp_server *server, const struct cbor_value *values)
{
    uint32_t largest = 0;
    (void)values;
    cbor_open_key_array(&server->answer, "images");
    cbor_open_map(&server->answer);
    cbor_put_key_uint(&server->answer, "image", 0);
    cbor_open_key_array(&server->answer, "slots");
    for (uint32_t slot = 0; slot < BM_SLOT_COUNT; slot++) {
        uint32_t capacity = smp_slot_region(server, slot)->size;
        largest = capacity > largest ? capacity : largest;
        cbor_open_map(&server->answer);
        cbor_put_key_uint(&server->answer, "slot", slot);
        cbor_put_key_uint(&server->answer, "size", capacity);
        cbor_close(&server->answer);
    }
    cbor_close(&server->answer);
    cbor_put_key_uint(&server->answer, "max_image_size", largest);
    cbor_close(&server->answer);
    cbor_close(&server->answer);
    return SMP_OK;
}
