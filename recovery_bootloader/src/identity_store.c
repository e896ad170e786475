/* SPDX-License-Identifier: Apache-2.0 */
#include "identity_store.h"

#include "bytes.h"
#include "crc.h"
#include "flash_region.h"

#define IDENTITY_MAGIC 0x01444942u /* "BID" and the format version */

struct identity_record {
    uint32_t magic;
    struct bm_identity identity;
    uint8_t reserved[8];
    uint32_t crc; /* CRC-32 of all before it */
};
_Static_assert(sizeof(struct identity_record) == 144, "no holes, and it ends at a write unit");

/*
 * The mark repeats the record's beginning: no state that an erase or a program leaves which was cut short,
 * while zeros would be one, as some chips clear all bits before they erase.
 */
#define MARK_OFFSET sizeof(struct identity_record)

enum identity_state identity_store_find(const struct bm_identity **identity)
{
    const struct identity_record *record = (const void *)region_memory(BM_REGION_IDENTITY);
    *identity = &record->identity;
    if (record->magic == IDENTITY_MAGIC && crc32_of(record, sizeof *record) == CRC32_OF_VALID
        && record->identity.product[BM_PRODUCT_SIZE - 1] == 0
        && record->identity.hardware[BM_HARDWARE_SIZE - 1] == 0
        && record->identity.serial[BM_SERIAL_SIZE - 1] == 0) {
        return IDENTITY_GOOD;
    }
    return record[1].magic == IDENTITY_MAGIC ? IDENTITY_DAMAGED : IDENTITY_BLANK;
}

bool identity_store_write(const struct bm_identity *identity)
{
    struct identity_record record = {.magic = IDENTITY_MAGIC, .identity = *identity};
    record.crc = crc32_of(&record, offsetof(struct identity_record, crc));
    return region_erase_sector(BM_REGION_IDENTITY, 0)
        && region_program(BM_REGION_IDENTITY, 0, &record, sizeof record)
        && region_program(BM_REGION_IDENTITY, MARK_OFFSET, &record, BM_MAX_WRITE_SIZE);
}
