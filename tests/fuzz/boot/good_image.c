/* SPDX-License-Identifier: Apache-2.0 */
#include "good_image.h"

#include "bootmend/boot_keys.h"
#include "test_keys.h"

#include <sodium.h>

#include <string.h>

static void put(struct good_image *image, const void *data, size_t length)
{
    memcpy(image->bytes + image->length, data, length);
    image->length += length;
}

static void store_little_endian(uint8_t *at, uint32_t value, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        at[i] = (uint8_t)(value >> 8 * i);
    }
}

static void put_pair(struct good_image *image, uint32_t low, uint32_t high)
{
    uint8_t bytes[4];
    store_little_endian(bytes, low | high << 16, sizeof bytes);
    put(image, bytes, sizeof bytes);
}

static void put_tlv(struct good_image *image, uint32_t type, const void *value, size_t length)
{
    put_pair(image, type, (uint32_t)length);
    put(image, value, length);
}

static void put_protected(struct good_image *image, const struct bm_identity *identity)
{
    static const uint8_t counter[4] = {1};
    put_tlv(image, BM_TLV_SECURITY_COUNTER, counter, sizeof counter);
    put_tlv(image, BM_TLV_VENDOR_UUID, identity->vendor_uuid, BM_UUID_SIZE);
    put_tlv(image, BM_TLV_CLASS_UUID, identity->class_uuid, BM_UUID_SIZE);
    put_tlv(image, BM_TLV_HW_REVISIONS, identity->hardware, strlen(identity->hardware) + 1);
}

void good_image_make(struct good_image *image, const struct bm_identity *identity, uint8_t major,
                     uint32_t payload_length)
{
    uint8_t signature[BM_SIGNATURE_SIZE];
    memset(image, 0, sizeof *image);
    image->length = BM_IMAGE_HEADER_SIZE;
    store_little_endian(image->bytes, BM_IMAGE_MAGIC, 4);
    store_little_endian(image->bytes + 8, BM_IMAGE_HEADER_SIZE, 2);
    store_little_endian(image->bytes + 12, payload_length, 4);
    image->bytes[20] = major;
    memset(image->bytes + image->length, 'p', payload_length);
    image->length += payload_length;

    size_t area = image->length;
    put_pair(image, BM_TLV_PROTECTED_INFO_MAGIC, 0);
    put_protected(image, identity);
    store_little_endian(image->bytes + area + 2, (uint32_t)(image->length - area), 2);
    store_little_endian(image->bytes + 10, (uint32_t)(image->length - area), 2);
    crypto_hash_sha256(image->hash, image->bytes, image->length);
    sign_as_boot_key(image->hash, BM_HASH_SIZE, signature);

    area = image->length;
    put_pair(image, BM_TLV_INFO_MAGIC, 0);
    put_tlv(image, BM_TLV_SHA256, image->hash, BM_HASH_SIZE);
    put_tlv(image, BM_TLV_KEYHASH, boot_keys[0].key_hash, BM_HASH_SIZE);
    put_tlv(image, BM_TLV_ED25519, signature, BM_SIGNATURE_SIZE);
    store_little_endian(image->bytes + area + 2, (uint32_t)(image->length - area), 2);
}
