/* SPDX-License-Identifier: Apache-2.0 */
#include "image_check.h"

#include "bootmend/boot_keys.h"
#include "bytes.h"
#include "flash_region.h"
#include "mem.h"

#include <sodium/crypto_hash_sha256.h>
#include <sodium/crypto_sign_ed25519.h>

#define TLV_HEAD_SIZE 4u
#define SIGNATURE_SIZE 64u
#define CHUNK_SIZE 256u

struct image_layout {
    uint32_t header_size;
    uint32_t payload_length;
    uint32_t protected_size;
};

/* The values that the TLVs point to; a null pointer is an absent TLV. All of fixed length but the revisions.
 */
struct image_tlvs {
    const uint8_t *sha256;
    const uint8_t *key_hash;
    const uint8_t *signature;
    const uint8_t *security_counter;
    const uint8_t *vendor_uuid;
    const uint8_t *class_uuid;
    const uint8_t *hw_revisions;
    uint32_t hw_revisions_length;
};

struct image_job {
    uint8_t slot;
    uint8_t *load_to; /* null: judge the slot's bytes where they are */
    const struct image_target *target;
    struct image_info *info;
    struct image_layout layout;
    struct image_tlvs tlvs;
    uint8_t header[BM_IMAGE_HEADER_SIZE];
    uint8_t protected_area[IMAGE_MAX_TLV_AREA];
    uint8_t unprotected_area[IMAGE_MAX_TLV_AREA];
};

static bool read_slot(const struct image_job *job, uint32_t offset, void *to, uint32_t length)
{
    return region_read(region_of_slot(job->slot), offset, to, length);
}

/* mcuboot boot/bootutil/include/bootutil/image.h, struct image_header. */
static enum bm_image_verdict read_header(struct image_job *job)
{
    uint8_t *header = job->header;
    if (!read_slot(job, 0, header, BM_IMAGE_HEADER_SIZE)) {
        return BM_IMAGE_MALFORMED;
    }
    if (is_filled_with(header, BM_IMAGE_HEADER_SIZE, 0xff)) {
        return BM_IMAGE_EMPTY;
    }
    job->layout = (struct image_layout){.header_size = load_le16(header + 8),
                                        .payload_length = load_le32(header + 12),
                                        .protected_size = load_le16(header + 10)};
    job->info->payload_length = job->layout.payload_length;
    job->info->version = (struct bm_version){.major = header[20],
                                             .minor = header[21],
                                             .revision = load_le16(header + 22),
                                             .build = load_le32(header + 24)};
    return load_le32(header) == BM_IMAGE_MAGIC ? BM_IMAGE_OK : BM_IMAGE_MALFORMED;
}

/*
 * An image that names no load address is position-independent; one that does was linked for it, and must say
 * that it is to be loaded there.
 */
static bool is_loadable(const struct image_job *job, uint32_t load_area)
{
    uint32_t load_address = load_le32(job->header + 4);
    uint32_t flags = load_le32(job->header + 16);
    return (flags & (BM_IMAGE_FLAG_ENCRYPTED_MASK | BM_IMAGE_FLAG_NON_BOOTABLE)) == 0
        && (load_address == 0 || ((flags & BM_IMAGE_FLAG_RAM_LOAD) != 0 && load_address == load_area));
}

static bool is_layout_sane(const struct image_job *job)
{
    const struct image_layout *layout = &job->layout;
    uint32_t capacity = 0;
    uint32_t load_area = (uint32_t)(uintptr_t)port_load_area(&capacity);
    uint64_t hashed = (uint64_t)layout->header_size + layout->payload_length + layout->protected_size;
    return layout->header_size >= BM_IMAGE_HEADER_SIZE && layout->payload_length > 0
        && layout->payload_length <= capacity && layout->protected_size >= TLV_HEAD_SIZE
        && layout->protected_size <= IMAGE_MAX_TLV_AREA
        && hashed + TLV_HEAD_SIZE <= region_size(region_of_slot(job->slot)) && is_loadable(job, load_area);
}

/* Keeps the value of a TLV that may occur once and has one length. */
static bool keep_once(const uint8_t **kept, const uint8_t *value, uint32_t length, uint32_t expected)
{
    if (*kept != NULL || length != expected) {
        return false;
    }
    *kept = value;
    return true;
}

/* The signature does not cover these, so only what is known may stand here. */
static bool take_unprotected(struct image_tlvs *tlvs, uint16_t type, const uint8_t *value, uint32_t length)
{
    switch (type) {
    case BM_TLV_SHA256:
        return keep_once(&tlvs->sha256, value, length, BM_HASH_SIZE);
    case BM_TLV_KEYHASH:
        return keep_once(&tlvs->key_hash, value, length, BM_HASH_SIZE);
    case BM_TLV_ED25519:
        return keep_once(&tlvs->signature, value, length, SIGNATURE_SIZE);
    default:
        return false;
    }
}

static bool take_protected(struct image_tlvs *tlvs, uint16_t type, const uint8_t *value, uint32_t length)
{
    switch (type) {
    case BM_TLV_SECURITY_COUNTER:
        return keep_once(&tlvs->security_counter, value, length, 4);
    case BM_TLV_VENDOR_UUID:
        return keep_once(&tlvs->vendor_uuid, value, length, BM_UUID_SIZE);
    case BM_TLV_CLASS_UUID:
        return keep_once(&tlvs->class_uuid, value, length, BM_UUID_SIZE);
    case BM_TLV_HW_REVISIONS:
        tlvs->hw_revisions_length = length;
        return length > 0 && value[length - 1] == 0 && keep_once(&tlvs->hw_revisions, value, length, length);
    default:
        return true;
    }
}

typedef bool (*take_tlv)(struct image_tlvs *tlvs, uint16_t type, const uint8_t *value, uint32_t length);

/* The TLVs behind the area's head fill it to the last byte. */
static bool walk_tlvs(const uint8_t *area, uint32_t size, struct image_tlvs *tlvs, take_tlv take)
{
    uint32_t at = TLV_HEAD_SIZE;
    while (at < size) {
        if (size - at < TLV_HEAD_SIZE) {
            return false;
        }
        uint16_t type = load_le16(area + at);
        uint32_t length = load_le16(area + at + 2);
        at += TLV_HEAD_SIZE;
        if (length > size - at || !take(tlvs, type, area + at, length)) {
            return false;
        }
        at += length;
    }
    return true;
}

/* Reads a TLV area whose head has this magic; `expected` is its size, or 0 when only the head knows it. */
static bool read_tlvs(struct image_job *job, uint32_t offset, uint8_t *area, uint16_t magic,
                      uint32_t expected)
{
    if (!read_slot(job, offset, area, TLV_HEAD_SIZE) || load_le16(area) != magic) {
        return false;
    }
    uint32_t size = load_le16(area + 2);
    if (size < TLV_HEAD_SIZE || size > IMAGE_MAX_TLV_AREA || (expected != 0 && size != expected)
        || !read_slot(job, offset, area, size) || load_le16(area) != magic || load_le16(area + 2) != size) {
        return false;
    }
    take_tlv take = magic == BM_TLV_PROTECTED_INFO_MAGIC ? take_protected : take_unprotected;
    return walk_tlvs(area, size, &job->tlvs, take);
}

static bool read_all_tlvs(struct image_job *job)
{
    uint32_t at = job->layout.header_size + job->layout.payload_length;
    uint32_t size = job->layout.protected_size;
    const struct image_tlvs *tlvs = &job->tlvs;
    return read_tlvs(job, at, job->protected_area, BM_TLV_PROTECTED_INFO_MAGIC, size)
        && read_tlvs(job, at + size, job->unprotected_area, BM_TLV_INFO_MAGIC, 0) && tlvs->sha256 != NULL
        && tlvs->key_hash != NULL && tlvs->signature != NULL && tlvs->security_counter != NULL
        && tlvs->vendor_uuid != NULL && tlvs->class_uuid != NULL && tlvs->hw_revisions != NULL;
}

static bool hash_flash(const struct image_job *job, uint32_t offset, uint32_t length,
                       crypto_hash_sha256_state *state)
{
    uint8_t chunk[CHUNK_SIZE];
    while (length > 0) {
        uint32_t step = length < CHUNK_SIZE ? length : CHUNK_SIZE;
        if (!read_slot(job, offset, chunk, step)) {
            return false;
        }
        crypto_hash_sha256_update(state, chunk, step);
        /* A slow core takes longer for a slot than the watchdog of a trial waits. No slot can be written
         * during a trial, so each is judged once, and this keeps no image alive that hangs. */
        port_watchdog_kick();
        offset += step;
        length -= step;
    }
    return true;
}

static bool hash_payload(const struct image_job *job, crypto_hash_sha256_state *state)
{
    const struct image_layout *layout = &job->layout;
    if (job->load_to == NULL) {
        return hash_flash(job, layout->header_size, layout->payload_length, state);
    }
    if (!read_slot(job, layout->header_size, job->load_to, layout->payload_length)) {
        return false;
    }
    crypto_hash_sha256_update(state, job->load_to, layout->payload_length);
    return true;
}

/* What was parsed is what is hashed: header and TLVs come from the job's buffers, not from the flash again.
 */
static bool is_hash_right(struct image_job *job)
{
    crypto_hash_sha256_state state;
    uint32_t padding = job->layout.header_size - BM_IMAGE_HEADER_SIZE;
    crypto_hash_sha256_init(&state);
    crypto_hash_sha256_update(&state, job->header, BM_IMAGE_HEADER_SIZE);
    if (!hash_flash(job, BM_IMAGE_HEADER_SIZE, padding, &state) || !hash_payload(job, &state)) {
        return false;
    }
    crypto_hash_sha256_update(&state, job->protected_area, job->layout.protected_size);
    crypto_hash_sha256_final(&state, job->info->hash);
    return memcmp(job->info->hash, job->tlvs.sha256, BM_HASH_SIZE) == 0;
}

static enum bm_image_verdict check_signature(const struct image_job *job)
{
    for (size_t i = 0; i < boot_key_count; i++) {
        if (memcmp(boot_keys[i].key_hash, job->tlvs.key_hash, BM_HASH_SIZE) != 0) {
            continue;
        }
        int result = crypto_sign_ed25519_verify_detached(job->tlvs.signature, job->info->hash, BM_HASH_SIZE,
                                                         boot_keys[i].public_key);
        return result == 0 ? BM_IMAGE_OK : BM_IMAGE_SIGNATURE_WRONG;
    }
    return BM_IMAGE_KEY_UNKNOWN;
}

static bool names_hardware(const struct image_tlvs *tlvs, const char *hardware)
{
    size_t wanted = text_length(hardware, BM_HARDWARE_SIZE);
    uint32_t at = 0;
    while (at < tlvs->hw_revisions_length) {
        const uint8_t *revision = tlvs->hw_revisions + at;
        size_t length = text_length((const char *)revision, tlvs->hw_revisions_length - at);
        if (length > 0 && length == wanted && memcmp(revision, hardware, length) == 0) {
            return true;
        }
        at += (uint32_t)length + 1;
    }
    return false;
}

static enum bm_image_verdict check_target(const struct image_job *job)
{
    const struct bm_identity *identity = job->target->identity;
    if (memcmp(job->tlvs.vendor_uuid, identity->vendor_uuid, BM_UUID_SIZE) != 0
        || memcmp(job->tlvs.class_uuid, identity->class_uuid, BM_UUID_SIZE) != 0) {
        return BM_IMAGE_OTHER_PRODUCT;
    }
    if (!names_hardware(&job->tlvs, identity->hardware)) {
        return BM_IMAGE_OTHER_HARDWARE;
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
    if (!is_layout_sane(job) || !read_all_tlvs(job)) {
        return BM_IMAGE_MALFORMED;
    }
    job->info->rollback_index = load_le32(job->tlvs.security_counter);
    if (!is_hash_right(job)) {
        return BM_IMAGE_HASH_WRONG;
    }
    job->info->is_intact = true;
    verdict = check_signature(job);
    return verdict == BM_IMAGE_OK ? check_target(job) : verdict;
}

static void run(uint8_t slot, uint8_t *load_to, const struct image_target *target, struct image_info *info)
{
    struct image_job job = {.slot = slot, .load_to = load_to, .target = target, .info = info};
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
