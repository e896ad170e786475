/* SPDX-License-Identifier: Apache-2.0 */
#include "identity_store.h"

#include "bytes.h"
#include "crc.h"
#include "flash_region.h"
#include "mem.h"

#define IDENTITY_MAGIC 0x01444942u /* "BID" and the format version */
#define CRC_SIZE 4u

enum {
    AT_PRODUCT = 4,
    AT_HARDWARE = AT_PRODUCT + BM_PRODUCT_SIZE,
    AT_SERIAL = AT_HARDWARE + BM_HARDWARE_SIZE,
    AT_DEVICE_ID = AT_SERIAL + BM_SERIAL_SIZE,
    AT_VENDOR = AT_DEVICE_ID + BM_UUID_SIZE,
    AT_CLASS = AT_VENDOR + BM_UUID_SIZE,
    AT_END = AT_CLASS + BM_UUID_SIZE,
    AT_CRC = 140,
    IDENTITY_RECORD_SIZE = 144,
};
_Static_assert(AT_END <= AT_CRC && AT_CRC + CRC_SIZE <= IDENTITY_RECORD_SIZE, "the record holds all fields");
_Static_assert(IDENTITY_RECORD_SIZE % BM_MAX_WRITE_SIZE == 0, "the record ends at a write unit");

static void load_text(char *to, const uint8_t *from, size_t capacity)
{
    memcpy(to, from, capacity);
    to[capacity - 1] = 0;
}

bool identity_store_load(struct bm_identity *identity)
{
    uint8_t stored[IDENTITY_RECORD_SIZE];
    memset(identity, 0, sizeof *identity);
    if (!region_read(BM_REGION_IDENTITY, 0, stored, sizeof stored) || load_le32(stored) != IDENTITY_MAGIC
        || load_le32(stored + AT_CRC) != crc32_of(stored, AT_CRC)) {
        return false;
    }
    load_text(identity->product, stored + AT_PRODUCT, BM_PRODUCT_SIZE);
    load_text(identity->hardware, stored + AT_HARDWARE, BM_HARDWARE_SIZE);
    load_text(identity->serial, stored + AT_SERIAL, BM_SERIAL_SIZE);
    memcpy(identity->device_id, stored + AT_DEVICE_ID, BM_UUID_SIZE);
    memcpy(identity->vendor_uuid, stored + AT_VENDOR, BM_UUID_SIZE);
    memcpy(identity->class_uuid, stored + AT_CLASS, BM_UUID_SIZE);
    return true;
}

bool identity_store_write(const struct bm_identity *identity)
{
    uint8_t stored[IDENTITY_RECORD_SIZE];
    memset(stored, 0xff, sizeof stored);
    store_le32(stored, IDENTITY_MAGIC);
    memcpy(stored + AT_PRODUCT, identity->product, BM_PRODUCT_SIZE);
    memcpy(stored + AT_HARDWARE, identity->hardware, BM_HARDWARE_SIZE);
    memcpy(stored + AT_SERIAL, identity->serial, BM_SERIAL_SIZE);
    memcpy(stored + AT_DEVICE_ID, identity->device_id, BM_UUID_SIZE);
    memcpy(stored + AT_VENDOR, identity->vendor_uuid, BM_UUID_SIZE);
    memcpy(stored + AT_CLASS, identity->class_uuid, BM_UUID_SIZE);
    store_le32(stored + AT_CRC, crc32_of(stored, AT_CRC));
    return region_erase_sector(BM_REGION_IDENTITY, 0)
        && region_program(BM_REGION_IDENTITY, 0, stored, sizeof stored);
}
