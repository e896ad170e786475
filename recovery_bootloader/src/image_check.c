/* SPDX-License-Identifier: Apache-2.0 */
#include "image_check.h"

#include "bootloader_version.h"
#include "bootmend/boot_keys.h"
#include "bytes.h"
#include "flash_region.h"
#include "mem.h"

#include <sodium/crypto_sign_ed25519.h>

#define TLV_HEAD_SIZE 4u
#define HASH_STEP 16384u

/* Any other flag says that the payload is encrypted, compressed, or something that is not known here. */
#define KNOWN_FLAGS (BM_IMAGE_FLAG_PIC | BM_IMAGE_FLAG_RAM_LOAD | BM_IMAGE_FLAG_ROM_FIXED)

/* The values that the TLVs point to; a null pointer is an absent TLV. All of fixed length but the revisions.
 */
enum tlv_kind {
    TLV_SHA256,
    TLV_KEY_HASH,
    TLV_SIGNATURE,
    TLV_SECURITY_COUNTER,
    TLV_VENDOR_UUID,
    TLV_CLASS_UUID,
    TLV_HW_REVISIONS,
    TLV_MANDATORY_COUNT,
    TLV_MIN_BOOTLOADER = TLV_MANDATORY_COUNT,
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
    [TLV_MIN_BOOTLOADER] = {BM_TLV_MIN_BOOTLOADER, 4, true},
};

struct image_job {
    const uint8_t *image; /* the slot */
    uint32_t address; /* of the slot, as the image was linked for it */
    uint32_t capacity; /* of the slot */
    uint8_t *load_to; /* null: the payload is judged where it is */
    const struct image_target *target;
    struct image_info *info;
    uint32_t header_size;
    uint32_t protected_size;
    const uint8_t *tlvs[TLV_COUNT];
    uint32_t hw_revisions_length;
};

/* mcuboot boot/bootutil/include/bootutil/image.h, struct image_header. */
static enum bm_image_verdict read_header(struct image_job *job)
{
    const uint8_t *header = job->image;
    struct image_info *info = job->info;
    if (is_filled_with(header, BM_IMAGE_HEADER_SIZE, 0xff)) {
        return BM_IMAGE_EMPTY;
    }
    job->header_size = load_le16(header + 8);
    job->protected_size = load_le16(header + 10);
    info->payload_length = load_le32(header + 12);
    info->version = (struct bm_version){.major = header[20],
                                        .minor = header[21],
                                        .revision = load_le16(header + 22),
                                        .build = load_le32(header + 24)};
    return load_le32(header) == BM_IMAGE_MAGIC ? BM_IMAGE_OK : BM_IMAGE_MALFORMED;
}

/* Each size is compared with what is left of the slot, so that no sum can overflow. */
static bool is_layout_sane(const struct image_job *job)
{
    uint32_t left = job->capacity - TLV_HEAD_SIZE;
    if (job->header_size < BM_IMAGE_HEADER_SIZE || job->header_size > left) {
        return false;
    }
    left -= job->header_size;
    return job->info->payload_length > 0 && job->info->payload_length <= left
        && job->protected_size >= TLV_HEAD_SIZE && job->protected_size <= left - job->info->payload_length;
}

/*
 * Decides where the image runs. One that names no load address is position-independent; one that does was
 * linked for it, and must say whether it is to be loaded there, or runs in its slot.
 */
static bool place_payload(struct image_job *job)
{
    uint32_t capacity = 0;
    uint8_t *load_area = port_load_area(&capacity);
    uint32_t address = load_le32(job->image + 4);
    uint32_t flags = load_le32(job->image + 16);
    if ((flags & ~KNOWN_FLAGS) != 0) {
        return false;
    }
    job->info->payload = job->image + job->header_size;
    if ((flags & BM_IMAGE_FLAG_ROM_FIXED) != 0) {
        return (flags & BM_IMAGE_FLAG_RAM_LOAD) == 0 && address == job->address;
    }
    bool is_for_load_area =
        (flags & BM_IMAGE_FLAG_RAM_LOAD) != 0 && address == (uint32_t)(uintptr_t)load_area;
    if (load_area == NULL) {
        return (flags & BM_IMAGE_FLAG_RAM_LOAD) == 0 && address == 0;
    }
    if ((address != 0 && !is_for_load_area) || job->info->payload_length > capacity) {
        return false;
    }
    if (job->load_to != NULL) {
        memcpy(job->load_to, job->info->payload, job->info->payload_length);
        job->info->payload = job->load_to;
    }
    return true;
}

/*
 * A known TLV stands in its own area, once, with its length. Of the others, only protected ones may occur:
 * the signature does not cover what stands unprotected.
 */
static bool take_tlv(struct image_job *job, bool is_protected, uint16_t type, const uint8_t *value,
                     uint32_t length)
{
    for (size_t i = 0; i < TLV_COUNT; i++) {
        const struct tlv_rule *rule = &rules[i];
        if (rule->type != type || rule->is_protected != is_protected) {
            continue;
        }
        if (job->tlvs[i] != NULL || (rule->length != 0 && rule->length != length)) {
            return false;
        }
        job->tlvs[i] = value;
        if (i == TLV_HW_REVISIONS) {
            job->hw_revisions_length = length;
            return length > 0 && value[length - 1] == 0;
        }
        return true;
    }
    return is_protected;
}

/* Reads the TLV area at `at` that may be `limit` bytes long; gives its size, or 0. The TLVs fill it exactly.
 */
static uint32_t read_tlvs(struct image_job *job, const uint8_t *area, uint32_t limit, bool is_protected)
{
    uint32_t size = load_le16(area + 2);
    uint16_t magic = is_protected ? BM_TLV_PROTECTED_INFO_MAGIC : BM_TLV_INFO_MAGIC;
    if (load_le16(area) != magic || size > limit || size > BM_IMAGE_MAX_TLV_AREA) {
        return 0;
    }
    uint32_t at = TLV_HEAD_SIZE;
    while (at < size) {
        const uint8_t *head = area + at;
        if (size - at < TLV_HEAD_SIZE) {
            return 0;
        }
        uint32_t length = load_le16(head + 2);
        at += TLV_HEAD_SIZE;
        if (length > size - at || !take_tlv(job, is_protected, load_le16(head), area + at, length)) {
            return 0;
        }
        at += length;
    }
    return size;
}

static bool read_all_tlvs(struct image_job *job)
{
    const uint8_t *area = job->image + job->header_size + job->info->payload_length;
    uint32_t left = job->capacity - job->header_size - job->info->payload_length;
    if (read_tlvs(job, area, left, true) != job->protected_size) {
        return false;
    }
    if (read_tlvs(job, area + job->protected_size, left - job->protected_size, false) == 0) {
        return false;
    }
    for (size_t i = 0; i < TLV_MANDATORY_COUNT; i++) {
        if (job->tlvs[i] == NULL) {
            return false;
        }
    }
    return true;
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

/*
 * The watchdog is kicked in between: no slot can be written during a trial, so each is judged once, and this
 * keeps no image alive that hangs.
 */
static bool is_hash_right(struct image_job *job)
{
    crypto_hash_sha256_state state;
    const struct image_info *info = job->info;
    crypto_hash_sha256_init(&state);
    crypto_hash_sha256_update(&state, job->image, job->header_size);
    hash_in_steps(&state, info->payload, info->payload_length, port_watchdog_kick);
    crypto_hash_sha256_update(&state, job->image + job->header_size + info->payload_length,
                              job->protected_size);
    crypto_hash_sha256_final(&state, job->info->hash);
    return memcmp(info->hash, job->tlvs[TLV_SHA256], BM_HASH_SIZE) == 0;
}

static enum bm_image_verdict check_signature(const struct image_job *job)
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
        int result = crypto_sign_ed25519_verify_detached(job->tlvs[TLV_SIGNATURE], job->info->hash,
                                                         BM_HASH_SIZE, key->public_key);
        return result == 0 ? BM_IMAGE_OK : BM_IMAGE_SIGNATURE_WRONG;
    }
    return BM_IMAGE_KEY_UNKNOWN;
}

static bool names_hardware(const struct image_job *job, const char *hardware)
{
    const uint8_t *revision = job->tlvs[TLV_HW_REVISIONS];
    const uint8_t *end = revision + job->hw_revisions_length;
    size_t wanted = text_length(hardware, BM_HARDWARE_SIZE);
    while (revision < end) {
        size_t length = text_length((const char *)revision, (size_t)(end - revision));
        if (length > 0 && length == wanted && memcmp(revision, hardware, length) == 0) {
            return true;
        }
        revision += length + 1;
    }
    return false;
}

static bool needs_newer_bootloader(const struct image_job *job)
{
    const uint8_t *wanted = job->tlvs[TLV_MIN_BOOTLOADER];
    return wanted != NULL
        && ((uint32_t)wanted[0] << 24 | (uint32_t)wanted[1] << 16 | load_le16(wanted + 2))
        > BOOTLOADER_VERSION_NUMBER;
}

static enum bm_image_verdict check_target(const struct image_job *job)
{
    const struct bm_identity *identity = job->target->identity;
    if (identity == NULL || memcmp(job->tlvs[TLV_VENDOR_UUID], identity->vendor_uuid, BM_UUID_SIZE) != 0
        || memcmp(job->tlvs[TLV_CLASS_UUID], identity->class_uuid, BM_UUID_SIZE) != 0) {
        return BM_IMAGE_OTHER_PRODUCT;
    }
    if (!names_hardware(job, identity->hardware)) {
        return BM_IMAGE_OTHER_HARDWARE;
    }
    if (needs_newer_bootloader(job)) {
        return BM_IMAGE_BOOTLOADER_TOO_OLD;
    }
    bool is_too_old = job->info->rollback_index < job->target->minimum_rollback_index;
    return is_too_old ? BM_IMAGE_ROLLBACK : BM_IMAGE_OK;
}

static enum bm_image_verdict judge(struct image_job *job)
{
    enum bm_image_verdict verdict = read_header(job);
    if (verdict != BM_IMAGE_OK) {
        return verdict;
    }
    if (!is_layout_sane(job) || !read_all_tlvs(job) || !place_payload(job)) {
        return BM_IMAGE_MALFORMED;
    }
    job->info->rollback_index = load_le32(job->tlvs[TLV_SECURITY_COUNTER]);
    if (!is_hash_right(job)) {
        return BM_IMAGE_HASH_WRONG;
    }
    job->info->is_intact = true;
    verdict = check_signature(job);
    return verdict == BM_IMAGE_OK ? check_target(job) : verdict;
}

static void run(uint8_t slot, uint8_t *load_to, const struct image_target *target, struct image_info *info)
{
    enum bm_region region = region_of_slot(slot);
    struct image_job job = {.image = region_memory(region),
                            .address = port_flash_map()->address + port_flash_map()->regions[region].offset,
                            .capacity = region_size(region),
                            .load_to = load_to,
                            .target = target,
                            .info = info};
    memset(info, 0, sizeof *info);
    info->verdict = judge(&job);
}

void image_check(uint8_t slot, const struct image_target *target, struct image_info *info)
{
    run(slot, NULL, target, info);
}

void image_load(uint8_t slot, const struct image_target *target, struct image_info *info)
{
    uint32_t capacity = 0;
    run(slot, port_load_area(&capacity), target, info);
}
