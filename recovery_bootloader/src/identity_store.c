/* SPDX-License-Identifier: Apache-2.0 */
#include "identity_store.h"

#include "bytes.h"
#include "crc.h"
#include "flash_region.h"
#include "mem.h"

#define IDENTITY_MAGIC 0x01444942u /* "BID" and the format version */

struct identity_record {
    uint8_t magic[4];
    struct bm_identity identity;
    uint8_t reserved[8];
    uint8_t crc[4]; /* CRC-32 of all before it */
};
_Static_assert(sizeof(struct identity_record) == 144, "no holes, and it ends at a write unit");

/* No state that an erase or a program leaves which was cut short: some chips clear all bits before an erase.
 */
static const char mark[BM_MAX_WRITE_SIZE] = "identity is set";
#define MARK_OFFSET sizeof(struct identity_record)

static uint32_t crc_of(const struct identity_record *record)
{
    return crc32_of(record, sizeof *record - sizeof record->crc);
}

/* The members are texts and bytes, which lie anywhere. */
enum identity_state identity_store_find(const struct bm_identity **identity)
{
    const uint8_t *memory = region_memory(BM_REGION_IDENTITY);
    const struct identity_record *record = (const void *)memory;
    *identity = &record->identity;
    if (load_le32(record->magic) == IDENTITY_MAGIC && load_le32(record->crc) == crc_of(record)
        && record->identity.product[BM_PRODUCT_SIZE - 1] == 0
        && record->identity.hardware[BM_HARDWARE_SIZE - 1] == 0
        && record->identity.serial[BM_SERIAL_SIZE - 1] == 0) {
        return IDENTITY_GOOD;
    }
    bool is_marked = memcmp(memory + MARK_OFFSET, mark, sizeof mark) == 0;
    return is_marked ? IDENTITY_DAMAGED : IDENTITY_BLANK;
}

bool identity_store_write(const struct bm_identity *identity)
{
    struct identity_record record;
    memset(&record, 0xff, sizeof record);
    store_le32(record.magic, IDENTITY_MAGIC);
    record.identity = *identity;
    store_le32(record.crc, crc_of(&record));
    return region_erase_sector(BM_REGION_IDENTITY, 0)
        && region_program(BM_REGION_IDENTITY, 0, &record, sizeof record)
        && region_program(BM_REGION_IDENTITY, MARK_OFFSET, mark, sizeof mark);
}
