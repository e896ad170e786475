/* SPDX-License-Identifier: Apache-2.0 */
#include "mem.h"
#include "smp_request.h"

/* The group of our own; its commands and keys are described in bootmend/device_wire.h. */

#define EVENTS_AN_ANSWER 10u
#define MAX_HEALTH_CHECKS 8u

static struct smp_outcome boot_state(struct smp_server *server, struct cbor_writer *answer)
{
    const struct boot_services *services = server->services;
    struct bm_boot_state state;
    if (services->boot_state(&state) != BM_SERVICE_OK) {
        return smp_failed(SMP_RC_UNKNOWN);
    }
    cbor_put_key_text(answer, "stage", services->stage == BM_STAGE_APPLICATION ? "application" : "recovery");
    if (state.running != BM_SLOT_NONE) {
        cbor_put_key_uint(answer, "running", state.running);
        cbor_put_key_bytes(answer, "hash", state.running_hash, BM_HASH_SIZE);
    }
    if (state.active != BM_SLOT_NONE) {
        cbor_put_key_uint(answer, "active", state.active);
    }
    if (state.pending != BM_SLOT_NONE) {
        cbor_put_key_uint(answer, "pending", state.pending);
    }
    cbor_put_key_uint(answer, "trials", state.trials);
    cbor_put_key_bool(answer, "confirmed", state.is_confirmed);
    cbor_put_key_uint(answer, "minimum", state.minimum_rollback_index);
    cbor_put_key_uint(answer, "rollback", state.rollback_reason);
    if (state.has_rolled_back) {
        cbor_put_key_bytes(answer, "rolled_back", state.rolled_back_hash, BM_HASH_SIZE);
    }
    cbor_put_key_uint(answer, "boots", state.boots);
    cbor_put_key_uint(answer, "reset", state.reset_reason);
    cbor_put_key_uint(answer, "sequence", state.sequence);
    cbor_put_key(answer, "verdicts");
    cbor_open_array(answer);
    for (uint8_t slot = 0; slot < BM_SLOT_COUNT; slot++) {
        struct bm_slot_status status;
        if (services->slot_status(slot, &status) != BM_SERVICE_OK) {
            return smp_failed(SMP_RC_UNKNOWN);
        }
        cbor_put_uint(answer, status.verdict);
    }
    cbor_close(answer);
    return smp_done();
}

static void put_event(struct cbor_writer *answer, const struct bm_evidence_event *event)
{
    cbor_open_map(answer);
    cbor_put_key_uint(answer, "seq", event->sequence);
    cbor_put_key_uint(answer, "boot", event->boot);
    cbor_put_key_uint(answer, "kind", event->kind);
    cbor_put_key_uint(answer, "slot", event->slot);
    cbor_put_key_uint(answer, "code", event->code);
    if (!is_filled_with(event->image, BM_IMAGE_PREFIX_SIZE, 0)) {
        cbor_put_key_bytes(answer, "image", event->image, BM_IMAGE_PREFIX_SIZE);
    }
    cbor_close(answer);
}

static struct smp_outcome evidence(struct smp_server *server, const struct smp_request *request,
                                   struct cbor_writer *answer)
{
    struct bm_evidence_event events[EVENTS_AN_ANSWER + 1];
    struct cbor_value from = {.is_present = false};
    const struct cbor_field fields[] = {{"from", CBOR_FIELD_UINT, &from}};
    if (!cbor_read_fields(request->payload, request->length, fields, 1)) {
        return smp_failed(SMP_RC_INVALID);
    }
    size_t count = server->services->evidence(from.number, events, EVENTS_AN_ANSWER + 1);
    cbor_put_key(answer, "events");
    cbor_open_array(answer);
    for (size_t i = 0; i < count && i < EVENTS_AN_ANSWER; i++) {
        put_event(answer, &events[i]);
    }
    cbor_close(answer);
    if (count > EVENTS_AN_ANSWER) {
        cbor_put_key_uint(answer, "next", events[EVENTS_AN_ANSWER].sequence);
    }
    return smp_done();
}

static struct smp_outcome identity(struct smp_server *server, struct cbor_writer *answer)
{
    struct bm_identity identity;
    if (server->services->identity(&identity) != BM_SERVICE_OK) {
        return smp_group_failed(BM_SMP_GROUP, BM_SMP_ERR_NOT_PROVISIONED, SMP_RC_NOT_FOUND);
    }
    cbor_put_key_text(answer, "product", identity.product);
    cbor_put_key_text(answer, "hw", identity.hardware);
    cbor_put_key_text(answer, "serial", identity.serial);
    cbor_put_key_bytes(answer, "device_id", identity.device_id, BM_UUID_SIZE);
    cbor_put_key_bytes(answer, "class", identity.class_uuid, BM_UUID_SIZE);
    cbor_put_key_text(answer, "bootloader", server->services->bootloader_version);
    return smp_done();
}

static struct smp_outcome flash_map(struct smp_server *server, struct cbor_writer *answer)
{
    static const char *const names[BM_REGION_COUNT] = {"state",    "evidence", "identity", "config_a",
                                                       "config_b", "slot_a",   "slot_b"};
    const struct bm_flash_map *map = server->services->flash_map();
    cbor_put_key(answer, "regions");
    cbor_open_array(answer);
    for (size_t i = 0; i < BM_REGION_COUNT; i++) {
        cbor_open_map(answer);
        cbor_put_key_text(answer, "name", names[i]);
        cbor_put_key_uint(answer, "offset", map->regions[i].offset);
        cbor_put_key_uint(answer, "size", map->regions[i].size);
        cbor_put_key_uint(answer, "sector", map->sector_size);
        cbor_close(answer);
    }
    cbor_close(answer);
    return smp_done();
}

static struct smp_outcome health(struct smp_server *server, struct cbor_writer *answer)
{
    struct health_check checks[MAX_HEALTH_CHECKS];
    if (server->health == NULL) {
        return smp_failed(SMP_RC_NOT_SUPPORTED);
    }
    size_t count = server->health(checks, MAX_HEALTH_CHECKS);
    cbor_put_key(answer, "checks");
    cbor_open_array(answer);
    for (size_t i = 0; i < count && i < MAX_HEALTH_CHECKS; i++) {
        cbor_open_map(answer);
        cbor_put_key_text(answer, "name", checks[i].name);
        cbor_put_key_bool(answer, "ok", checks[i].is_ok);
        if (checks[i].detail != NULL) {
            cbor_put_key_text(answer, "detail", checks[i].detail);
        }
        cbor_close(answer);
    }
    cbor_close(answer);
    return smp_done();
}

static struct smp_outcome revert(struct smp_server *server, const struct smp_request *request)
{
    struct cbor_value reason = {.is_present = false};
    const struct cbor_field fields[] = {{"reason", CBOR_FIELD_UINT, &reason}};
    if (!cbor_read_fields(request->payload, request->length, fields, 1)) {
        return smp_failed(SMP_RC_INVALID);
    }
    switch (server->services->revert(reason.is_present ? reason.number : BM_REVERT_REASON_REQUESTED)) {
    case BM_SERVICE_OK:
        return smp_done();
    case BM_SERVICE_NOT_ON_TRIAL:
        return smp_group_failed(BM_SMP_GROUP, BM_SMP_ERR_NOT_ON_TRIAL, SMP_RC_BAD_STATE);
    case BM_SERVICE_FLASH_FAILED:
        return smp_group_failed(BM_SMP_GROUP, BM_SMP_ERR_STORE_FAILED, SMP_RC_UNKNOWN);
    default:
        return smp_failed(SMP_RC_INVALID);
    }
}

static struct smp_outcome read_command(struct smp_server *server, const struct smp_request *request,
                                       struct cbor_writer *answer)
{
    switch (request->command) {
    case BM_SMP_BOOT_STATE:
        return boot_state(server, answer);
    case BM_SMP_EVIDENCE:
        return evidence(server, request, answer);
    case BM_SMP_IDENTITY:
        return identity(server, answer);
    case BM_SMP_FLASH_MAP:
        return flash_map(server, answer);
    case BM_SMP_HEALTH:
        return health(server, answer);
    default:
        return smp_failed(SMP_RC_NOT_SUPPORTED);
    }
}

struct smp_outcome smp_bootmend_handle(struct smp_server *server, const struct smp_request *request,
                                       struct cbor_writer *answer)
{
    if (request->operation == SMP_OPERATION_READ) {
        return read_command(server, request, answer);
    }
    return request->command == BM_SMP_REVERT ? revert(server, request) : smp_failed(SMP_RC_NOT_SUPPORTED);
}
