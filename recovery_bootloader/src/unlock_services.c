/* SPDX-License-Identifier: Apache-2.0 */
#include "boot_services_impl.h"
#include "bootmend/boot_keys.h"
#include "flash_region.h"

#include <sodium/crypto_sign_ed25519.h>

/* What a recovery key signs; see BM_UNLOCK_CONTEXT. */
struct unlock_message {
    char context[16];
    uint8_t device_id[BM_UUID_SIZE];
    uint32_t challenge[BM_CHALLENGE_SIZE / sizeof(uint32_t)];
};
_Static_assert(sizeof BM_UNLOCK_CONTEXT == 16, "with its zero byte");
_Static_assert(sizeof(struct unlock_message) == 64, "no holes");

/*
 * Machines without a source of randomness have what never comes twice: the boot counter, the unit's own id,
 * and a number of this boot, in which the time of the request takes part.
 */
static void make_message(struct unlock_message *message)
{
    crypto_hash_sha256_state state;
    memset(message, 0, sizeof *message);
    memcpy(message->context, BM_UNLOCK_CONTEXT, sizeof message->context);
    if (boot.identity != NULL) {
        memcpy(message->device_id, boot.identity->device_id, BM_UUID_SIZE);
    }
    message->challenge[0] = boot.boots;
    message->challenge[1] = boot.nonce;
    crypto_hash_sha256_init(&state);
    crypto_hash_sha256_update(&state, (const uint8_t *)message, sizeof *message);
    crypto_hash_sha256_final(&state, (uint8_t *)message->challenge);
}

enum bm_service_result unlock_challenge(uint8_t challenge[BM_CHALLENGE_SIZE])
{
    struct unlock_message message;
    boot.nonce += port_now_ms() | 1u; /* another one each time, whatever the clock says */
    boot.is_challenged = true;
    make_message(&message);
    memcpy(challenge, message.challenge, BM_CHALLENGE_SIZE);
    return BM_SERVICE_OK;
}

static bool is_signed_by(const struct boot_key *key, const struct unlock_message *message,
                         const uint8_t *signature)
{
    return (key->roles & (BM_KEY_RECOVERY | BM_KEY_REVOKED)) == BM_KEY_RECOVERY
        && crypto_sign_ed25519_verify_detached(signature, (const uint8_t *)message, sizeof *message,
                                               key->public_key)
        == 0;
}

enum bm_service_result unlock(const uint8_t signature[BM_SIGNATURE_SIZE])
{
    struct unlock_message message;
    if (!boot.is_challenged) {
        return BM_SERVICE_SIGNATURE_WRONG;
    }
    boot.is_challenged = false;
    make_message(&message);
    for (size_t i = 0; i < boot_key_count; i++) {
        if (is_signed_by(&boot_keys[i], &message, signature)) {
            boot.is_unlocked = true;
            boot_session_log(BM_EVIDENCE_UNLOCKED, BM_SLOT_NONE, 0);
            return BM_SERVICE_OK;
        }
    }
    return BM_SERVICE_SIGNATURE_WRONG;
}

/* --- What an unlocked unit allows --- */

enum bm_service_result identity_write(const struct bm_identity *identity)
{
    if (boot.identity_state == IDENTITY_GOOD) {
        return BM_SERVICE_PROVISIONED;
    }
    if (boot.identity_state == IDENTITY_DAMAGED && !boot.is_unlocked) {
        return BM_SERVICE_LOCKED;
    }
    bool is_written = identity_store_write(identity);
    boot.identity_state = identity_store_find(&boot.identity);
    if (!is_written || boot.identity_state != IDENTITY_GOOD) {
        boot.identity = NULL;
        return BM_SERVICE_FLASH_FAILED;
    }
    boot_session_forget_image(BM_SLOT_A);
    boot_session_forget_image(BM_SLOT_B);
    boot_session_log(BM_EVIDENCE_PROVISIONED, BM_SLOT_NONE, 0);
    return BM_SERVICE_OK;
}

static bool erase_evidence(void)
{
    /* The boot counter of the log goes with it. */
    bool is_erased = boot_session_save() && region_erase_all(BM_REGION_EVIDENCE);
    uint32_t sequence = boot.log.sequence;
    evidence_log_open(&boot.log);
    boot.log.sequence = sequence;
    return is_erased;
}

static bool erase_slot(uint8_t slot)
{
    struct boot_record *record = &boot.record;
    boot_session_forget_image(slot);
    boot.open_slot = BM_SLOT_NONE;
    if (slot == record->pending_slot) {
        trial_forget();
    }
    if (slot == record->upload_slot) {
        record->upload_slot = BM_SLOT_NONE;
    }
    return boot_session_save() && region_erase_all(region_of_slot(slot));
}

#define KEPT_REGIONS (1u << BM_REGION_STATE | 1u << BM_REGION_IDENTITY)

static bool erase(uint32_t region)
{
    if (region == BM_REGION_EVIDENCE) {
        return erase_evidence();
    }
    if (region >= BM_REGION_SLOT_A) {
        return erase_slot((uint8_t)(region - BM_REGION_SLOT_A));
    }
    boot.config_draft.length = 0;
    boot.config_written = 0;
    return region_erase_all(region);
}

enum bm_service_result region_erase(uint32_t region)
{
    if (region >= BM_REGION_COUNT || (KEPT_REGIONS >> region & 1u) != 0
        || boot.running_slot != BM_SLOT_NONE) {
        return BM_SERVICE_NOT_ALLOWED;
    }
    if (!boot.is_unlocked) {
        return BM_SERVICE_LOCKED;
    }
    bool is_erased = erase(region);
    boot_session_log(BM_EVIDENCE_ERASED, BM_SLOT_NONE, (uint8_t)region);
    return is_erased ? BM_SERVICE_OK : BM_SERVICE_FLASH_FAILED;
}
