/* SPDX-License-Identifier: Apache-2.0 */
#include "image_check.h"

#include "boot_session.h"
#include "bootloader_version.h"
#include "bootmend/boot_keys.h"
#include "bytes.h"
#include "flash_region.h"
#include "mem.h"

#include <sodium/crypto_sign_ed25519.h>

#define TLV_HEAD_SIZE 4u
#define HASH_STEP 65536u

enum tlv_kind {
    TLV_SHA256,
    TLV_KEY_HASH,
    TLV_SIGNATURE,
    TLV_MANDATORY_COUNT,
    TLV_SECURITY_COUNTER = TLV_MANDATORY_COUNT,
    TLV_VENDOR_UUID,
    TLV_CLASS_UUID,
    TLV_HW_REVISIONS,
    TLV_PRODUCT_COUNT, /* up to here, unless the key is good for any product */
    TLV_MIN_BOOTLOADER = TLV_PRODUCT_COUNT,
    TLV_COUNT
};

struct tlv_rule {
    uint16_t type;
    uint8_t length; /* 0: any */
    bool is_protected;
};

static const struct tlv_rule rules[TLV_COUNT] = {
    [TLV_SHA256] = {BM_TLV_SHA256, BM_HASH_SIZE, false},
    [TLV_KEY_HASH] = {BM_TLV_KEYHASH, BM_HASH_SIZE, false},
    [TLV_SIGNATURE] = {BM_TLV_ED25519, BM_SIGNATURE_SIZE, false},
    [TLV_SECURITY_COUNTER] = {BM_TLV_SECURITY_COUNTER, 4, true},
    [TLV_VENDOR_UUID] = {BM_TLV_VENDOR_UUID, BM_UUID_SIZE, true},
    [TLV_CLASS_UUID] = {BM_TLV_CLASS_UUID, BM_UUID_SIZE, true},
    [TLV_HW_REVISIONS] = {BM_TLV_HW_REVISIONS, 0, true},
    [TLV_MIN_BOOTLOADER] = {BM_TLV_MIN_BOOTLOADER, 0, true},
};

/* Of a TLV, or of an area: it stands behind the type or the magic. */
static uint32_t tlv_length(const uint8_t *tlv)
{
    return load_le16(tlv + 2);
}

/* mcuboot boot/bootutil/include/bootutil/image.h, struct image_header. */
struct image_header {
    uint32_t magic;
    uint32_t load_address;
    uint16_t header_size;
    uint16_t protected_size;
    uint32_t payload_length;
    uint32_t flags;
    struct bm_version version;
    uint32_t reserved;
};
_Static_assert(sizeof(struct image_header) == BM_IMAGE_HEADER_SIZE, "no holes");

struct image_job {
    const struct image_header *header; /* at the slot's start */
    uint32_t address; /* of the slot, as the image was linked for it */
    uint32_t capacity; /* of the slot */
    bool is_to_start;
    const struct image_target *target;
    struct image_info *info;
    const uint8_t *protected_tlvs; /* behind the payload */
    uint32_t key_roles; /* of the key that signed it */
    const uint8_t *tlvs[TLV_COUNT]; /* the values; null when absent. Of fixed length but the revisions */
};

/* Each size is compared with what is left of the slot, so that no sum can overflow. */
static bool is_layout_sane(const struct image_job *job)
{
    const struct image_header *header = job->header;
    uint32_t left = job->capacity - TLV_HEAD_SIZE;
    if (header->magic != BM_IMAGE_MAGIC || header->header_size < BM_IMAGE_HEADER_SIZE
        || header->header_size > left) {
        return false;
    }
    left -= header->header_size;
    return header->payload_length > 0 && header->payload_length <= left
        && (header->protected_size == 0 || header->protected_size >= TLV_HEAD_SIZE)
        && header->protected_size <= left - header->payload_length;
}

/*
 * Decides where the image runs. One that names no load address is position-independent; one that does was
 * linked for it, and must say whether it is to be loaded there, or runs in its slot.
 */
static bool place_payload(const struct image_job *job)
{
    uint32_t capacity = 0;
    uint8_t *load_area = port_load_area(&capacity);
    struct image_info *info = job->info;
    uint32_t address = job->header->load_address;
    /* Any flag but these says that the payload is encrypted, compressed, or something unknown here. */
    uint32_t mode = job->header->flags & ~BM_IMAGE_FLAG_PIC;
    if (mode == BM_IMAGE_FLAG_ROM_FIXED) {
        return address == job->address;
    }
    if ((mode & ~BM_IMAGE_FLAG_RAM_LOAD) != 0
        || (address != 0 && (mode == 0 || address != (uint32_t)(uintptr_t)load_area))) {
        return false;
    }
    if (load_area == NULL) {
        return mode == 0;
    }
    if (info->payload_length > capacity) {
        return false;
    }
    if (job->is_to_start) {
        info->payload = memcpy(load_area, info->payload, info->payload_length);
    }
    return true;
}

/*
 * A known TLV stands in its own area, once, with its length. Of the others, only protected ones may occur:
 * the signature does not cover what stands unprotected.
 */
static bool take_tlv(struct image_job *job, uint32_t area_magic, const uint8_t *tlv)
{
    uint32_t type = load_le16(tlv);
    uint32_t length = tlv_length(tlv);
    bool is_protected = area_magic == BM_TLV_PROTECTED_INFO_MAGIC;
    for (size_t i = 0; i < TLV_COUNT; i++) {
        const struct tlv_rule *rule = &rules[i];
        if (rule->type != type || rule->is_protected != is_protected) {
            continue;
        }
        if (job->tlvs[i] != NULL || (rule->length != 0 && rule->length != length)) {
            return false;
        }
        job->tlvs[i] = tlv + TLV_HEAD_SIZE;
        return true;
    }
    return is_protected;
}

/* Reads the TLV area at `at`, for which there is room up to `end`; gives its end, or null. The TLVs fill it.
 */
static const uint8_t *read_tlvs(struct image_job *job, uint32_t magic, const uint8_t *at, const uint8_t *end)
{
    size_t size = tlv_length(at);
    if (load_le16(at) != magic || size > (size_t)(end - at) || size > BM_IMAGE_MAX_TLV_AREA) {
        return NULL;
    }
    end = at + size;
    at += TLV_HEAD_SIZE;
    while (at < end) {
        size_t left = (size_t)(end - at);
        if (left < TLV_HEAD_SIZE || left - TLV_HEAD_SIZE < tlv_length(at) || !take_tlv(job, magic, at)) {
            return NULL;
        }
        at += TLV_HEAD_SIZE + tlv_length(at);
    }
    return end;
}

static bool has_tlvs(const struct image_job *job, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (job->tlvs[i] == NULL) {
            return false;
        }
    }
    return true;
}

static bool read_all_tlvs(struct image_job *job)
{
    const uint8_t *end = (const uint8_t *)job->header + job->capacity;
    const uint8_t *rest = job->protected_tlvs + job->header->protected_size;
    bool is_good = job->protected_tlvs == rest
        || read_tlvs(job, BM_TLV_PROTECTED_INFO_MAGIC, job->protected_tlvs, end) == rest;
    return is_good && read_tlvs(job, BM_TLV_INFO_MAGIC, rest, end) != NULL
        && has_tlvs(job, TLV_MANDATORY_COUNT);
}

void hash_in_steps(crypto_hash_sha256_state *state, const uint8_t *data, uint32_t length,
                   void (*between)(void))
{
    while (length > 0) {
        uint32_t step = length < HASH_STEP ? length : HASH_STEP;
        crypto_hash_sha256_update(state, data, step);
        between();
        data += step;
        length -= step;
    }
}

static bool is_hash_right(const struct image_job *job)
{
    crypto_hash_sha256_state state;
    struct image_info *info = job->info;
    crypto_hash_sha256_init(&state);
    crypto_hash_sha256_update(&state, (const uint8_t *)job->header, job->header->header_size);
    hash_in_steps(&state, info->payload, info->payload_length, boot_session_kick_watchdog);
    crypto_hash_sha256_update(&state, job->protected_tlvs, job->header->protected_size);
    crypto_hash_sha256_final(&state, info->hash);
    return memcmp(info->hash, job->tlvs[TLV_SHA256], BM_HASH_SIZE) == 0;
}

static enum bm_image_verdict check_signature(struct image_job *job)
{
    for (size_t i = 0; i < boot_key_count; i++) {
        const struct boot_key *key = &boot_keys[i];
        if ((key->roles & (BM_KEY_BOOT | BM_KEY_REVOKED)) == 0
            || memcmp(key->key_hash, job->tlvs[TLV_KEY_HASH], BM_HASH_SIZE) != 0) {
            continue;
        }
        if ((key->roles & BM_KEY_REVOKED) != 0) {
            return BM_IMAGE_KEY_REVOKED;
        }
        job->key_roles = key->roles;
        int result = crypto_sign_ed25519_verify_detached(job->tlvs[TLV_SIGNATURE], job->info->hash,
                                                         BM_HASH_SIZE, key->public_key);
        return result == 0 ? BM_IMAGE_OK : BM_IMAGE_SIGNATURE_WRONG;
    }
    return BM_IMAGE_KEY_UNKNOWN;
}

/* Each revision is ended by a zero byte, the last one as well. */
static enum bm_image_verdict check_hardware(const uint8_t *revision, const char *hardware)
{
    const uint8_t *end = revision + tlv_length(revision - TLV_HEAD_SIZE);
    if (revision == end || end[-1] != 0) {
        return BM_IMAGE_MALFORMED;
    }
    while (revision < end) {
        size_t length = text_length((const char *)revision, (size_t)(end - revision));
        if (length > 0 && length < BM_HARDWARE_SIZE && memcmp(revision, hardware, length + 1) == 0) {
            return BM_IMAGE_OK;
        }
        revision += length + 1;
    }
    return BM_IMAGE_OTHER_HARDWARE;
}

static bool needs_newer_bootloader(const uint8_t *wanted)
{
    return wanted != NULL
        && (tlv_length(wanted - TLV_HEAD_SIZE) != 4
            || ((uint32_t)wanted[0] << 24 | (uint32_t)wanted[1] << 16 | load_le16(wanted + 2))
                > BOOTLOADER_VERSION_NUMBER);
}

static enum bm_image_verdict check_product(const struct image_job *job)
{
    const struct bm_identity *identity = job->target->identity;
    if (!has_tlvs(job, TLV_PRODUCT_COUNT)) {
        return BM_IMAGE_MALFORMED;
    }
    if (identity == NULL || memcmp(job->tlvs[TLV_VENDOR_UUID], identity->vendor_uuid, BM_UUID_SIZE) != 0
        || memcmp(job->tlvs[TLV_CLASS_UUID], identity->class_uuid, BM_UUID_SIZE) != 0) {
        return BM_IMAGE_OTHER_PRODUCT;
    }
    enum bm_image_verdict verdict = check_hardware(job->tlvs[TLV_HW_REVISIONS], identity->hardware);
    if (verdict == BM_IMAGE_OK && needs_newer_bootloader(job->tlvs[TLV_MIN_BOOTLOADER])) {
        return BM_IMAGE_BOOTLOADER_TOO_OLD;
    }
    return verdict;
}

/* The TLVs of others' images may mean something else: of those with a key for any product only the counter
 * counts. */
static enum bm_image_verdict check_target(const struct image_job *job)
{
    bool is_for_any = (job->key_roles & BM_KEY_ANY_PRODUCT) != 0;
    enum bm_image_verdict verdict = is_for_any ? BM_IMAGE_OK : check_product(job);
    bool is_too_old = job->info->rollback_index < job->target->minimum_rollback_index;
    return verdict == BM_IMAGE_OK && is_too_old ? BM_IMAGE_ROLLBACK : verdict;
}

static enum bm_image_verdict judge(struct image_job *job)
{
    const struct image_header *header = job->header;
    struct image_info *info = job->info;
    if (is_blank(header, sizeof *header)) {
        return BM_IMAGE_EMPTY;
    }
    if (!is_layout_sane(job)) {
        return BM_IMAGE_MALFORMED;
    }
    info->version = header->version;
    info->payload_length = header->payload_length;
    info->payload = (const uint8_t *)header + header->header_size;
    job->protected_tlvs = info->payload + header->payload_length;
    if (!read_all_tlvs(job) || !place_payload(job)) {
        return BM_IMAGE_MALFORMED;
    }
    if (job->tlvs[TLV_SECURITY_COUNTER] != NULL) {
        info->rollback_index = load_le32(job->tlvs[TLV_SECURITY_COUNTER]);
    }
    if (!is_hash_right(job)) {
        return BM_IMAGE_HASH_WRONG;
    }
    info->is_intact = true;
    enum bm_image_verdict verdict = check_signature(job);
    return verdict == BM_IMAGE_OK ? check_target(job) : verdict;
}

static void run(uint8_t slot, bool is_to_start, const struct image_target *target, struct image_info *info)
{
    uint32_t region = region_of_slot(slot);
    struct image_job job;
    memset(&job, 0, sizeof job);
    memset(info, 0, sizeof *info);
    job.header = (const void *)region_memory(region);
    job.address = port_flash_map()->address + port_flash_map()->regions[region].offset;
    job.capacity = region_size(region);
    job.is_to_start = is_to_start;
    job.target = target;
    job.info = info;
    info->verdict = judge(&job);
}

void image_check(uint8_t slot, const struct image_target *target, struct image_info *info)
{
    run(slot, false, target, info);
}

void image_load(uint8_t slot, const struct image_target *target, struct image_info *info)
{
    run(slot, true, target, info);
}
