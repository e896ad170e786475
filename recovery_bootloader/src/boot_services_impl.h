/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BOOTMEND_BOOT_SERVICES_IMPL_H
#define BOOTMEND_BOOT_SERVICES_IMPL_H

#include "boot_session.h"

/* The table that applications and the SMP server get; the functions below are its entries. */
extern const struct boot_services boot_services_table;

/* slot_services.c */
bool slot_is_protected(uint8_t slot);
enum bm_service_result slot_status(uint8_t slot, struct bm_slot_status *status);
uint8_t slot_for_upload(void);
enum bm_service_result slot_open(uint8_t slot, const uint8_t *key, uint32_t length, uint32_t *offset);
enum bm_service_result slot_erase(uint8_t slot, uint32_t offset);
enum bm_service_result slot_program(uint8_t slot, uint32_t offset, const void *data, uint32_t length);
enum bm_service_result slot_sha256(uint8_t slot, uint32_t length, uint8_t hash[BM_HASH_SIZE]);

/* trial_services.c */
enum bm_service_result trial_request(const uint8_t hash[BM_HASH_SIZE], uint32_t flags);
enum bm_service_result trial_confirm(void);
enum bm_service_result trial_revert(uint32_t reason);
/* Nothing is pending any more. Does not save. */
void trial_forget(void);

/* unlock_services.c */
enum bm_service_result identity_write(const struct bm_identity *identity);
enum bm_service_result unlock_challenge(uint8_t challenge[BM_CHALLENGE_SIZE]);
enum bm_service_result unlock(const uint8_t signature[BM_SIGNATURE_SIZE]);
enum bm_service_result region_erase(uint32_t region);

enum bm_service_result save_record(void);

#endif
