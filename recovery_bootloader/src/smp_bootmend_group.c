/* SPDX-License-Identifier: Apache-2.0 */
#include "bytes.h"
#include "smp_image.h"

#include <stddef.h>

/* The group of our own; its commands and keys are described in bootmend/device_wire.h. */

#define EVENTS_AN_ANSWER 6u
#define MAX_READ 256u

#define COUNT_OF(array) (sizeof(array) / sizeof(array)[0])

/* --- Boot state --- */

#define STATE(key, member, form) CBOR_MEMBER(bm_boot_state, key, member, form)
#define STATE_UNLESS(key, member, form, guard, absent)                                                       \
    CBOR_MEMBER_UNLESS(bm_boot_state, key, member, form, guard, absent)

static const struct cbor_member state_members[] = {
    STATE_UNLESS("running", running, CBOR_U8, running, BM_SLOT_NONE),
    STATE_UNLESS("hash", running_hash, CBOR_BYTES | BM_HASH_SIZE, running, BM_SLOT_NONE),
    STATE_UNLESS("active", active, CBOR_U8, active, BM_SLOT_NONE),
    STATE_UNLESS("pending", pending, CBOR_U8, pending, BM_SLOT_NONE),
    STATE("trials", trials, CBOR_U8),
    STATE("confirmed", is_confirmed, CBOR_BOOL),
    STATE("minimum", minimum_rollback_index, CBOR_U32),
    STATE("rollback", rollback_reason, CBOR_U8),
    STATE_UNLESS("rolled_back", rolled_back_hash, CBOR_BYTES | BM_HASH_SIZE, has_rolled_back, false),
    STATE("boots", boots, CBOR_U32),
    STATE("reset", reset_reason, CBOR_U8),
    STATE("sequence", sequence, CBOR_U32),
    STATE_UNLESS("cause", recovery_cause, CBOR_U8, stage, BM_STAGE_APPLICATION),
    STATE_UNLESS("unlocked", is_unlocked, CBOR_BOOL, is_unlocked, false),
};

static enum smp_outcome put_verdicts(struct smp_server *server)
{
    struct bm_slot_status status;
    cbor_open_key_array(&server->answer, "verdicts");
    for (uint8_t slot = 0; slot < BM_SLOT_COUNT; slot++) {
        if (server->services->slot_status(slot, &status) != BM_SERVICE_OK) {
            return SMP_UNKNOWN;
        }
        cbor_put_uint(&server->answer, status.verdict);
    }
    cbor_close(&server->answer);
    return SMP_OK;
}

static SMP_APART enum smp_outcome put_state(struct smp_server *server)
{
    struct bm_boot_state state;
    if (server->services->boot_state(&state) != BM_SERVICE_OK) {
        return SMP_UNKNOWN;
    }
    const char *stage = state.stage == BM_STAGE_APPLICATION ? "application" : "recovery";
    cbor_put_key_text(&server->answer, "stage", stage);
    cbor_put_members(&server->answer, &state, state_members, COUNT_OF(state_members));
    return SMP_OK;
}

enum smp_outcome smp_boot_state(struct smp_server *server, const struct cbor_value *values)
{
    (void)values;
    enum smp_outcome outcome = put_state(server);
    return outcome == SMP_OK ? put_verdicts(server) : outcome;
}

/* --- Evidence --- */

#define EVENT(key, member, form) CBOR_MEMBER(bm_evidence_event, key, member, form)

static const struct cbor_member event_members[] = {
    EVENT("seq", sequence, CBOR_U32), EVENT("boot", boot, CBOR_U32), EVENT("kind", kind, CBOR_U8),
    EVENT("slot", slot, CBOR_U8),     EVENT("code", code, CBOR_U8),
};

static void put_event(struct cbor_writer *answer, const struct bm_evidence_event *event)
{
    static const uint8_t no_image[BM_IMAGE_PREFIX_SIZE];
    cbor_open_map(answer);
    cbor_put_members(answer, event, event_members, COUNT_OF(event_members));
    if (memcmp(event->image, no_image, sizeof no_image) != 0) {
        cbor_put_key_bytes(answer, "image", event->image, BM_IMAGE_PREFIX_SIZE);
    }
    cbor_close(answer);
}

/* One event at a time: what a page needs on the stack is one of them. */
enum smp_outcome smp_evidence(struct smp_server *server, const struct cbor_value *from)
{
    struct bm_evidence_event event;
    uint32_t count = 0;
    bool is_there = server->services->evidence(from->number, &event, 1) > 0;
    cbor_open_key_array(&server->answer, "events");
    while (is_there && count < EVENTS_AN_ANSWER) {
        put_event(&server->answer, &event);
        count++;
        is_there = server->services->evidence(event.sequence + 1, &event, 1) > 0;
    }
    cbor_close(&server->answer);
    if (is_there) {
        cbor_put_key_uint(&server->answer, "next", event.sequence);
    }
    return SMP_OK;
}

/* --- Identity --- */

#define IDENTITY(key, member, form, size) CBOR_MEMBER(bm_identity, key, member, (form) | (size))

static const struct cbor_member identity_members[IDENTITY_FIELDS] = {
    [IDENTITY_PRODUCT] = IDENTITY("product", product, CBOR_TEXT, BM_PRODUCT_SIZE),
    [IDENTITY_HARDWARE] = IDENTITY("hw", hardware, CBOR_TEXT, BM_HARDWARE_SIZE),
    [IDENTITY_SERIAL] = IDENTITY("serial", serial, CBOR_TEXT, BM_SERIAL_SIZE),
    [IDENTITY_DEVICE] = IDENTITY("device_id", device_id, CBOR_BYTES, BM_UUID_SIZE),
    [IDENTITY_CLASS] = IDENTITY("class", class_uuid, CBOR_BYTES, BM_UUID_SIZE),
    [IDENTITY_VENDOR] = IDENTITY("vendor", vendor_uuid, CBOR_BYTES, BM_UUID_SIZE),
};

enum smp_outcome smp_identity(struct smp_server *server, const struct cbor_value *values)
{
    struct bm_identity identity;
    (void)values;
    enum bm_service_result result = server->services->identity(&identity);
    if (result == BM_SERVICE_OK) {
        cbor_put_members(&server->answer, &identity, identity_members, IDENTITY_VENDOR);
        cbor_put_key_text(&server->answer, "bootloader", server->services->bootloader_version);
    }
    return smp_own_outcome(result);
}

/* A text fits with the zero byte behind it, and has none inside. */
static bool fits(const struct cbor_value *value, uint32_t form)
{
    size_t size = form & CBOR_SIZE_MASK;
    if (form < CBOR_TEXT) {
        return value->length == size;
    }
    return value->length > 0 && value->length < size
        && text_length((const char *)value->data, value->length) == value->length;
}

enum smp_outcome smp_identity_write(struct smp_server *server, const struct cbor_value *values)
{
    struct bm_identity identity;
    memset(&identity, 0, sizeof identity);
    for (size_t i = 0; i < IDENTITY_FIELDS; i++) {
        if (!fits(&values[i], identity_members[i].form)) {
            return SMP_INVALID;
        }
        memcpy((uint8_t *)&identity + identity_members[i].offset, values[i].data, values[i].length);
    }
    return smp_own_outcome(server->services->identity_write(&identity));
}

/* --- Flash --- */

enum smp_outcome smp_flash_map(struct smp_server *server, const struct cbor_value *values)
{
    static const char names[BM_REGION_COUNT][9] = {"state",    "evidence", "identity", "config_a",
                                                   "config_b", "slot_a",   "slot_b"};
    const struct bm_flash_map *map = server->services->flash_map();
    (void)values;
    cbor_open_key_array(&server->answer, "regions");
    for (size_t i = 0; i < BM_REGION_COUNT; i++) {
        cbor_open_map(&server->answer);
        cbor_put_key_text(&server->answer, "name", names[i]);
        cbor_put_key_uint(&server->answer, "offset", map->regions[i].offset);
        cbor_put_key_uint(&server->answer, "size", map->regions[i].size);
        cbor_put_key_uint(&server->answer, "sector", map->sector_size);
        cbor_close(&server->answer);
    }
    cbor_close(&server->answer);
    return SMP_OK;
}

static bool is_unlocked(const struct smp_server *server)
{
    struct bm_boot_state state;
    return server->services->boot_state(&state) == BM_SERVICE_OK && state.is_unlocked;
}

enum smp_outcome smp_region_read(struct smp_server *server, const struct cbor_value *values)
{
    const struct bm_flash_region *regions = server->services->flash_map()->regions;
    uint32_t number = values[REGION_NUMBER].number;
    uint32_t offset = values[REGION_OFFSET].number;
    uint32_t length = values[REGION_LENGTH].number;
    if (!is_unlocked(server)) {
        return OWN_LOCKED;
    }
    if (number >= BM_REGION_COUNT || length > MAX_READ || offset > regions[number].size
        || length > regions[number].size - offset) {
        return SMP_INVALID;
    }
    const uint8_t *data = server->services->flash_memory() + regions[number].offset + offset;
    cbor_put_key_bytes(&server->answer, "data", data, length);
    return SMP_OK;
}

enum smp_outcome smp_region_erase(struct smp_server *server, const struct cbor_value *values)
{
    smp_upload_forget(server);
    return smp_own_outcome(server->services->region_erase(values[REGION_NUMBER].number));
}

/* --- Configuration --- */

#define CONFIG(key, member, form) CBOR_MEMBER(bm_config, key, member, form)

static const struct cbor_member config_members[] = {
    CONFIG("schema", schema, CBOR_U32),
    CONFIG("seq", sequence, CBOR_U32),
    CONFIG("len", length, CBOR_U32),
    CONFIG("region", region, CBOR_U8),
};

enum smp_outcome smp_config(struct smp_server *server, const struct cbor_value *values)
{
    struct bm_config found;
    (void)values;
    enum bm_service_result result = server->services->config_find(UINT32_MAX, &found);
    if (result == BM_SERVICE_OK) {
        cbor_put_members(&server->answer, &found, config_members, COUNT_OF(config_members));
    }
    return smp_own_outcome(result);
}

/* --- Unlocking --- */

enum smp_outcome smp_challenge(struct smp_server *server, const struct cbor_value *values)
{
    uint8_t bytes[BM_CHALLENGE_SIZE];
    (void)values;
    enum bm_service_result result = server->services->challenge(bytes);
    if (result == BM_SERVICE_OK) {
        cbor_put_key_bytes(&server->answer, "challenge", bytes, sizeof bytes);
    }
    return smp_own_outcome(result);
}

enum smp_outcome smp_unlock(struct smp_server *server, const struct cbor_value *signature)
{
    if (signature->length != BM_SIGNATURE_SIZE) {
        return SMP_INVALID;
    }
    return smp_own_outcome(server->services->unlock(signature->data));
}

/* --- Trial --- */

enum smp_outcome smp_health(struct smp_server *server, const struct cbor_value *values)
{
    (void)values;
    if (server->put_health == NULL) {
        return SMP_NOT_SUPPORTED;
    }
    server->put_health(server);
    return SMP_OK;
}

enum smp_outcome smp_revert(struct smp_server *server, const struct cbor_value *reason)
{
    return smp_own_outcome(
        server->services->revert(reason->is_present ? reason->number : BM_REVERT_REASON_REQUESTED));
}
