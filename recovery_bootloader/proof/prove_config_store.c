/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Configuration regions of 1 KiB with any content: what is found is read to its end, and one is written, in
 * pieces of up to a packet.
 */
/* sources: config_store.c flash_region.c */
/* options: -eva-slevel 50 */
#define PROOF_REGION BM_REGION_CONFIG_A
#define PROOF_SECOND_REGION BM_REGION_CONFIG_B
#define PROOF_SECTOR_SIZE 1024u
#define PROOF_SECTORS 1u
#include "flash_model.h"

#include "config_store.h"

struct boot_session boot;

/*@ assigns \result \from \nothing;
    ensures \result == BM_SERVICE_OK || \result == BM_SERVICE_FLASH_FAILED; */
enum bm_service_result save_record(void);

/*@ requires \valid_read(image + (0 .. BM_IMAGE_PREFIX_SIZE - 1));
    assigns \result \from image[0 .. BM_IMAGE_PREFIX_SIZE - 1]; */
uint32_t evidence_log_standing(const struct record_ring *log, const uint8_t *image);

static uint32_t any(void)
{
    return Frama_C_unsigned_int_interval(0, UINT32_MAX);
}

static void append_some(void)
{
    /* Frama-C's memcpy() wants a place that exists even for no bytes: the last one is never initialised. */
    uint8_t data[BM_PACKET_SIZE + 1];
    uint32_t length = (uint32_t)Frama_C_interval(0, BM_PACKET_SIZE);
    Frama_C_make_unknown((char *)data, BM_PACKET_SIZE);
    /*@ split length; */
    config_store_append(data + BM_PACKET_SIZE - length, length);
}

int main(void)
{
    struct bm_config found;
    flash_hold_anything();
    boot.record.config_sequence = any();
    boot.running_slot = (uint8_t)Frama_C_interval(BM_SLOT_A, BM_SLOT_B);
    boot.is_on_trial = Frama_C_interval(0, 1) != 0;
    if (config_store_find(any(), &found) == BM_SERVICE_OK) {
        /*@ assert \valid_read(found.data + (0 .. found.length - 1)); */
        /*@ assert \initialized(found.data + (0 .. found.length - 1)); */
    }
    while (Frama_C_interval(0, 1)) {
        config_store_open(any(), any());
        append_some();
        config_store_commit();
        config_store_confirm();
        config_store_adopt();
    }
    return 0;
}
