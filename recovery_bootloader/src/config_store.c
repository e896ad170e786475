/* SPDX-License-Identifier: Apache-2.0 */
#include "config_store.h"

#include "bytes.h"
#include "crc.h"
#include "flash_region.h"

#define CONFIG_MAGIC 0x01474643u /* "CFG" and the format version */

struct config_head {
    uint32_t magic;
    uint32_t sequence;
    uint32_t schema;
    uint32_t length; /* of the bytes behind the head */
    uint32_t data_crc;
    uint8_t writer[BM_IMAGE_PREFIX_SIZE]; /* the image that wrote it */
    uint32_t crc;
};
_Static_assert(sizeof(struct config_head) % BM_MAX_WRITE_SIZE == 0, "it ends at a write unit");

#define CHECKED_SIZE (sizeof(struct config_head) - 4u)

static uint32_t room_in(enum bm_region region)
{
    return region_size(region) - sizeof(struct config_head);
}

static bool read_head(enum bm_region region, struct config_head *head)
{
    const uint8_t *memory = region_memory(region);
    memcpy(head, memory, sizeof *head);
    return head->magic == CONFIG_MAGIC && head->crc == crc32_of(head, CHECKED_SIZE)
        && head->length <= room_in(region) && head->data_crc == crc32_of(memory + sizeof *head, head->length);
}

static const uint8_t *running_image(void)
{
    return boot.images[boot.running_slot].hash;
}

static bool may_find(const struct config_head *head)
{
    return head->sequence <= boot.record.config_sequence
        || (boot.is_on_trial && is_same_image(head->writer, running_image()));
}

enum bm_service_result config_store_find(uint32_t newest_schema, struct bm_config *found)
{
    struct config_head head;
    enum bm_service_result result = BM_SERVICE_NOT_FOUND;
    for (uint8_t region = BM_REGION_CONFIG_A; region <= BM_REGION_CONFIG_B; region++) {
        if (read_head((enum bm_region)region, &head) && head.schema <= newest_schema && may_find(&head)
            && (result != BM_SERVICE_OK || head.sequence > found->sequence)) {
            result = BM_SERVICE_OK;
            *found = (struct bm_config){.schema = head.schema,
                                        .sequence = head.sequence,
                                        .length = head.length,
                                        .data = region_memory((enum bm_region)region) + sizeof head,
                                        .region = region};
        }
    }
    return result;
}

/* Not over the newest one that every image may find; what another trial has left is no loss. */
static uint8_t region_to_write(void)
{
    struct config_head head;
    uint32_t newest = 0;
    uint8_t kept = BM_REGION_CONFIG_B;
    for (uint8_t region = BM_REGION_CONFIG_A; region <= BM_REGION_CONFIG_B; region++) {
        if (read_head((enum bm_region)region, &head) && head.sequence <= boot.record.config_sequence
            && head.sequence > newest) {
            newest = head.sequence;
            kept = region;
        }
    }
    return (uint8_t)(BM_REGION_CONFIG_A + BM_REGION_CONFIG_B - kept);
}

static uint32_t newest_sequence(void)
{
    struct config_head head;
    uint32_t newest = boot.record.config_sequence;
    for (uint8_t region = BM_REGION_CONFIG_A; region <= BM_REGION_CONFIG_B; region++) {
        if (read_head((enum bm_region)region, &head) && head.sequence > newest) {
            newest = head.sequence;
        }
    }
    return newest;
}

enum bm_service_result config_store_open(uint32_t schema, uint32_t length)
{
    uint8_t region = region_to_write();
    boot.config_draft.length = 0;
    if (length == 0 || length > room_in((enum bm_region)region)) {
        return BM_SERVICE_INVALID;
    }
    struct bm_config draft = {
        .schema = schema, .sequence = newest_sequence() + 1, .length = length, .region = region};
    if (!region_erase_all((enum bm_region)region)) {
        return BM_SERVICE_FLASH_FAILED;
    }
    boot.config_draft = draft;
    boot.config_written = 0;
    return BM_SERVICE_OK;
}

enum bm_service_result config_store_append(const void *data, uint32_t length)
{
    const struct bm_config *draft = &boot.config_draft;
    uint8_t last[BM_MAX_WRITE_SIZE];
    uint32_t rest = length % BM_MAX_WRITE_SIZE;
    uint32_t at = sizeof(struct config_head) + boot.config_written;
    if (length > draft->length - boot.config_written
        || (rest != 0 && boot.config_written + length != draft->length)) {
        return BM_SERVICE_INVALID;
    }
    memset(last, 0xff, sizeof last);
    memcpy(last, (const uint8_t *)data + length - rest, rest);
    if (!region_program((enum bm_region)draft->region, at, data, length - rest)
        || (rest != 0
            && !region_program((enum bm_region)draft->region, at + length - rest, last, sizeof last))) {
        return BM_SERVICE_FLASH_FAILED;
    }
    boot.config_written += length;
    return BM_SERVICE_OK;
}

enum bm_service_result config_store_commit(void)
{
    const struct bm_config *draft = &boot.config_draft;
    enum bm_region region = (enum bm_region)draft->region;
    if (draft->length == 0 || boot.config_written != draft->length) {
        return BM_SERVICE_INVALID;
    }
    struct config_head head = {.magic = CONFIG_MAGIC,
                               .sequence = draft->sequence,
                               .schema = draft->schema,
                               .length = draft->length,
                               .data_crc = crc32_of(region_memory(region) + sizeof head, draft->length)};
    if (boot.running_slot != BM_SLOT_NONE) {
        memcpy(head.writer, running_image(), BM_IMAGE_PREFIX_SIZE);
    }
    head.crc = crc32_of(&head, CHECKED_SIZE);
    boot.config_draft.length = 0;
    if (!region_program(region, 0, &head, sizeof head) || !read_head(region, &head)) {
        return BM_SERVICE_FLASH_FAILED;
    }
    if (!boot.is_on_trial) {
        boot.record.config_sequence = head.sequence;
        return boot_session_save() ? BM_SERVICE_OK : BM_SERVICE_FLASH_FAILED;
    }
    return BM_SERVICE_OK;
}

void config_store_confirm(void)
{
    struct bm_config found;
    if (config_store_find(UINT32_MAX, &found) == BM_SERVICE_OK
        && found.sequence > boot.record.config_sequence) {
        boot.record.config_sequence = found.sequence;
    }
}

void config_store_adopt(void)
{
    struct config_head head;
    bool is_confirmed = false;
    uint32_t *chosen = &boot.record.config_sequence;
    for (uint8_t region = BM_REGION_CONFIG_A; region <= BM_REGION_CONFIG_B; region++) {
        if (!read_head((enum bm_region)region, &head)) {
            continue;
        }
        bool counts = evidence_log_witness(&boot.log, head.writer).standing == STANDING_CONFIRMED;
        bool is_better =
            counts == is_confirmed && (counts ? head.sequence > *chosen : head.sequence < *chosen);
        if (*chosen == 0 || (counts && !is_confirmed) || is_better) {
            *chosen = head.sequence;
            is_confirmed = counts;
        }
    }
}
