/* SPDX-License-Identifier: Apache-2.0 */
#include "config_store.h"

#include "boot_services_impl.h"
#include "bytes.h"
#include "crc.h"
#include "flash_region.h"

#define CONFIG_MAGIC 0x01474643u /* "CFG" and the format version */

#define CHECKED_SIZE offsetof(struct config_head, crc)

static const struct config_head *head_in(uint32_t region)
{
    return (const void *)region_memory(region);
}

static uint32_t room_in(uint32_t region)
{
    return region_size(region) - sizeof(struct config_head);
}

static bool is_valid(uint32_t region)
{
    const struct config_head *head = head_in(region);
    return head->magic == CONFIG_MAGIC && crc32_of(head, sizeof *head) == CRC32_OF_VALID
        && head->length <= room_in(region) && head->data_crc == crc32_of(head + 1, head->length);
}

/* The newest configuration up to these numbers; null when there is none. */
static const struct config_head *newest(uint32_t schema, uint32_t sequence)
{
    const struct config_head *found = NULL;
    for (uint32_t region = BM_REGION_CONFIG_A; region <= BM_REGION_CONFIG_B; region++) {
        const struct config_head *head = head_in(region);
        if (is_valid(region) && head->schema <= schema && head->sequence <= sequence
            && (found == NULL || head->sequence > found->sequence)) {
            found = head;
        }
    }
    return found;
}

/*
 * What counts for every image, or what the image on trial wrote itself: that is then the newest of all, as
 * only one region may be written.
 */
static const struct config_head *findable(uint32_t newest_schema)
{
    const struct config_head *head = newest(newest_schema, UINT32_MAX);
    bool is_own =
        head != NULL && boot.is_on_trial && is_same_image(head->writer, boot.images[boot.running_slot].hash);
    return is_own ? head : newest(newest_schema, boot.record.config_sequence);
}

static uint8_t region_of(const struct config_head *head)
{
    return head == head_in(BM_REGION_CONFIG_A) ? BM_REGION_CONFIG_A : BM_REGION_CONFIG_B;
}

enum bm_service_result config_store_find(uint32_t newest_schema, struct bm_config *found)
{
    const struct config_head *head = findable(newest_schema);
    if (head == NULL) {
        return BM_SERVICE_NOT_FOUND;
    }
    found->schema = head->schema;
    found->sequence = head->sequence;
    found->length = head->length;
    found->data = (const uint8_t *)(head + 1);
    found->region = region_of(head);
    return BM_SERVICE_OK;
}

/* Not over the newest one that every image may find; what another trial has left is no loss. A comes first.
 */
static uint8_t region_to_write(void)
{
    const struct config_head *kept = newest(UINT32_MAX, boot.record.config_sequence);
    return (uint8_t)(BM_REGION_CONFIG_A + BM_REGION_CONFIG_B - region_of(kept));
}

static uint32_t next_sequence(void)
{
    const struct config_head *head = newest(UINT32_MAX, UINT32_MAX);
    uint32_t known = boot.record.config_sequence;
    return (head != NULL && head->sequence > known ? head->sequence : known) + 1;
}

enum bm_service_result config_store_open(uint32_t schema, uint32_t length)
{
    struct config_head *draft = &boot.config_draft;
    boot.config_region = region_to_write();
    memset(draft, 0, sizeof *draft);
    boot.config_written = 0;
    if (length == 0 || length > room_in(boot.config_region)) {
        return BM_SERVICE_INVALID;
    }
    draft->magic = CONFIG_MAGIC;
    draft->sequence = next_sequence();
    draft->schema = schema;
    if (!region_erase_all(boot.config_region)) {
        return BM_SERVICE_FLASH_FAILED;
    }
    draft->length = length;
    return BM_SERVICE_OK;
}

enum bm_service_result config_store_append(const void *data, uint32_t length)
{
    uint8_t last[BM_MAX_WRITE_SIZE];
    uint32_t left = boot.config_draft.length - boot.config_written;
    uint32_t rest = length % BM_MAX_WRITE_SIZE;
    uint32_t whole = length - rest;
    uint32_t at = sizeof(struct config_head) + boot.config_written;
    if (length > left || (rest != 0 && length != left)) {
        return BM_SERVICE_INVALID;
    }
    memset(last, 0xff, sizeof last);
    memcpy(last, (const uint8_t *)data + whole, rest);
    if (!region_program(boot.config_region, at, data, whole)
        || (rest != 0 && !region_program(boot.config_region, at + whole, last, sizeof last))) {
        return BM_SERVICE_FLASH_FAILED;
    }
    boot.config_written += length;
    return BM_SERVICE_OK;
}

enum bm_service_result config_store_commit(void)
{
    struct config_head *draft = &boot.config_draft;
    uint32_t length = draft->length;
    if (length == 0 || boot.config_written != length) {
        return BM_SERVICE_INVALID;
    }
    if (boot.running_slot != BM_SLOT_NONE) {
        memcpy(draft->writer, boot.images[boot.running_slot].hash, BM_IMAGE_PREFIX_SIZE);
    }
    draft->data_crc = crc32_of(head_in(boot.config_region) + 1, length);
    draft->crc = crc32_of(draft, CHECKED_SIZE);
    bool is_written =
        region_program(boot.config_region, 0, draft, sizeof *draft) && is_valid(boot.config_region);
    draft->length = 0;
    boot.config_written = 0;
    if (!is_written) {
        return BM_SERVICE_FLASH_FAILED;
    }
    if (boot.is_on_trial) {
        return BM_SERVICE_OK;
    }
    boot.record.config_sequence = draft->sequence;
    return save_record();
}

void config_store_confirm(void)
{
    const struct config_head *head = findable(UINT32_MAX);
    if (head != NULL && head->sequence > boot.record.config_sequence) {
        boot.record.config_sequence = head->sequence;
    }
}

/* Far above the sequence numbers that a unit reaches. */
#define CONFIRMED_RANK 0x80000000u

void config_store_adopt(void)
{
    uint32_t best = 0;
    for (uint32_t region = BM_REGION_CONFIG_A; region <= BM_REGION_CONFIG_B; region++) {
        const struct config_head *head = head_in(region);
        if (!is_valid(region)) {
            continue;
        }
        bool counts = evidence_log_standing(&boot.log, head->writer) >= STANDING_CONFIRMED;
        uint32_t rank = counts ? CONFIRMED_RANK + head->sequence : CONFIRMED_RANK - head->sequence;
        if (rank > best) {
            best = rank;
            boot.record.config_sequence = head->sequence;
        }
    }
}
