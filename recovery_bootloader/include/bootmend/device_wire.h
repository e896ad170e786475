/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BOOTMEND_DEVICE_WIRE_H
#define BOOTMEND_DEVICE_WIRE_H

/*
 * The constants that a device and the host tool share: the image format, the SMP group of our own, and the
 * numbers in the boot-state record. The only header that both sides include; C11 and C++20, no declarations
 * with linkage. Described for readers in docs/formats/bootloader_protocol.md.
 */

/* --- Images: the MCUboot format (mcuboot boot/bootutil/include/bootutil/image.h) --- */

#define BM_IMAGE_MAGIC 0x96f3b83du
#define BM_IMAGE_HEADER_SIZE 32u
#define BM_IMAGE_FLAG_PIC 0x01u /* position-independent; says nothing that the load address does not */
#define BM_IMAGE_FLAG_RAM_LOAD 0x20u
#define BM_IMAGE_FLAG_ROM_FIXED 0x100u /* runs in place; the load address is that of its slot */
#define BM_IMAGE_FLAG_ENCRYPTED_MASK 0x0cu
#define BM_IMAGE_FLAG_NON_BOOTABLE 0x10u
#define BM_IMAGE_MAX_TLV_AREA 512u /* bytes of each TLV area that is read, with its head */
#define BM_TLV_INFO_MAGIC 0x6907u
#define BM_TLV_PROTECTED_INFO_MAGIC 0x6908u

#define BM_TLV_KEYHASH 0x01u /* SHA-256 of the public key's SubjectPublicKeyInfo */
#define BM_TLV_SHA256 0x10u /* of header, payload and protected TLVs */
#define BM_TLV_ED25519 0x24u /* signature of the SHA-256 digest's 32 bytes */
#define BM_TLV_SECURITY_COUNTER 0x50u /* protected; u32, the rollback index */
#define BM_TLV_VENDOR_UUID 0x74u /* protected; UUID v5 of the vendor's domain in the DNS namespace */
#define BM_TLV_CLASS_UUID 0x75u /* protected; UUID v5 of the product name in the vendor's namespace */
#define BM_TLV_HW_REVISIONS 0x00a1u /* protected; hardware revisions, each ended by a zero byte */
#define BM_TLV_MIN_BOOTLOADER                                                                                \
    0x00a2u /* protected, optional; the oldest bootloader: major, minor (u8), patch (u16) */

/* --- SMP group of our own (Zephyr reserves 64 and above for vendors) --- */

#define BM_SMP_GROUP 64u
#define BM_SMP_BOOT_STATE 0u
#define BM_SMP_EVIDENCE 1u
#define BM_SMP_IDENTITY 2u
#define BM_SMP_FLASH_MAP 3u
#define BM_SMP_HEALTH 4u
#define BM_SMP_REVERT 5u
#define BM_SMP_CONFIG 6u
#define BM_SMP_UNLOCK 7u
#define BM_SMP_REGION 8u

/* clang-format off */
/*
 * Request -> answer; t text, b bytes, u unsigned number, ? optional.
 *   boot state, read   {} -> the keys below
 *   evidence, read     {"from":u?} -> {"events":[EVENT],"next":u?}, and an EVENT is
 *                      {"seq":u,"boot":u,"kind":u,"slot":u,"code":u,"image":b?}
 *   identity, read     {} -> {"product":t,"hw":t,"serial":t,"device_id":b,"class":b,"bootloader":t}
 *   flash map, read    {} -> {"regions":[{"name":t,"offset":u,"size":u,"sector":u}]}
 *   health, read       {} -> {"checks":[{"name":t,"ok":bool,"detail":t?}]}; application only
 *   identity, write    {"product":t,"hw":t,"serial":t,"device_id":b,"vendor":b,"class":b} -> {}; once
 *   revert, write      {"reason":u?} -> {}; ends the trial as failed, takes effect at the reset
 *   config, read       {} -> {"schema":u,"seq":u,"len":u,"region":u}; what the image that runs or boots finds
 *   unlock, read       {} -> {"challenge":b}; 32 bytes, until the next reset, unlock or challenge
 *   unlock, write      {"sig":b} -> {}; Ed25519 by a recovery key, see BM_UNLOCK_CONTEXT; until the reset
 *   region, read       {"region":u,"off":u,"len":u} -> {"data":b}; at most 256 bytes; unlocked units only
 *   region, write      {"region":u} -> {}; erases it: evidence, config or slot; unlocked, in recovery mode
 *
 * Regions are numbered as in the flash map's answer, from 0. The image group's state write takes "force":bool
 * as well: it tries an image that was rolled back before.
 */
/* clang-format on */

/* What a recovery key signs: these 16 bytes, the device id (16), the challenge (32). */
#define BM_UNLOCK_CONTEXT "bootmend unlock" /* and its zero byte */
#define BM_CHALLENGE_SIZE 32u

/* --- The line at reset --- */

/* Three of them in a row among the first eight bytes at reset keep the unit in recovery mode. */
#define BM_ENTRY_CHARACTER '!'
#define BM_ENTRY_COUNT 3u

/*
 * Answer to BM_SMP_BOOT_STATE:
 *   "stage"        t   "application" or "recovery"
 *   "running"      u   slot that runs; absent in recovery
 *   "hash"         b   SHA-256 TLV of the running image, as the bootloader measured it; absent in recovery
 *   "active"       u   slot that boots when nothing is pending; absent when none
 *   "pending"      u   slot to be tried; absent when none
 *   "trials"       u   trials left for the pending slot
 *   "confirmed"    bool  what runs is confirmed
 *   "minimum"      u   minimum rollback index
 *   "rollback"     u   enum bm_rollback_reason of the last rollback; 0 when there was none
 *   "rolled_back"  b   SHA-256 of the image that was rolled back last; absent when none
 *   "boots"        u   boot counter
 *   "reset"        u   enum bm_reset_reason of the last reset
 *   "sequence"     u   sequence number of the boot-state record
 *   "verdicts"     [u] enum bm_image_verdict of slot A and slot B, as the bootloader judges them now
 *   "cause"        u   enum bm_recovery_cause; in recovery only
 *   "unlocked"     bool  true after an unlock; absent otherwise
 *
 * "rollback" and "rolled_back" tell of the trial that was requested last: a request for a new trial clears
 * them, the evidence log keeps them. Events of BM_SMP_EVIDENCE carry "image", the first 8 bytes of the
 * image's SHA-256, where an image is concerned. BM_SMP_REVERT of a trial that has not started yet only
 * cancels it.
 */

/* Codes in {"err":{"group":64,"rc":…}}. */
#define BM_SMP_ERR_NOT_ON_TRIAL 2u
#define BM_SMP_ERR_NOT_PROVISIONED 3u
#define BM_SMP_ERR_STORE_FAILED 4u
#define BM_SMP_ERR_IMAGE_REFUSED 5u /* of the image group's state write: the image does not verify */

#define BM_SMP_ERR_LOCKED 6u /* a recovery key has to unlock the unit first */
#define BM_SMP_ERR_ROLLED_BACK 7u /* of the image group's state write: rolled back before, and not forced */
#define BM_SMP_ERR_PROVISIONED 8u /* the identity is written already */
#define BM_SMP_ERR_WRONG_SIGNATURE 9u /* of an unlock */
#define BM_SMP_ERR_NO_CONFIG 10u
#define BM_SMP_ERR_NOT_ALLOWED 11u /* not that region, or not in this stage */

#define BM_REVERT_REASON_HEALTH 1u
#define BM_REVERT_REASON_REQUESTED 2u

enum bm_rollback_reason {
    BM_ROLLBACK_NONE = 0,
    BM_ROLLBACK_CRASHED = 1, /* the image on trial ended in a CPU exception */
    BM_ROLLBACK_WATCHDOG = 2, /* the watchdog bit during the trial */
    BM_ROLLBACK_NOT_CONFIRMED = 3, /* reset or power loss before the confirmation */
    BM_ROLLBACK_HEALTH = 4, /* the host found it unhealthy and asked for the rollback */
    BM_ROLLBACK_REQUESTED = 5, /* a person asked for the rollback */
    BM_ROLLBACK_IMAGE_INVALID = 6, /* the pending image failed its verification */
    BM_ROLLBACK_EXPIRED = 7, /* the trial's time limit passed without a confirmation */
    BM_ROLLBACK_CRASH_LOOP = 8, /* a confirmed image crashed again and again */
    BM_ROLLBACK_NO_WATCHDOG = 9, /* the machine could not watch the trial */
};

enum bm_reset_reason {
    BM_RESET_POWER_ON = 0,
    BM_RESET_REQUESTED = 1,
    BM_RESET_WATCHDOG = 2,
    BM_RESET_CRASH = 3,
};

enum bm_evidence_kind {
    BM_EVIDENCE_BOOT = 1, /* code: enum bm_reset_reason */
    BM_EVIDENCE_IMAGE_REFUSED = 2, /* code: enum bm_image_verdict */
    BM_EVIDENCE_ROLLBACK = 3, /* code: enum bm_rollback_reason */
    BM_EVIDENCE_CONFIRMED = 4, /* code: 0; 1 when an earlier confirmation is said again */
    BM_EVIDENCE_RECOVERY = 5, /* recovery mode was entered; code: enum bm_recovery_cause */
    BM_EVIDENCE_STATE_LOST = 6, /* no valid boot-state record was found */
    BM_EVIDENCE_UNLOCKED = 7, /* a recovery key unlocked the unit */
    BM_EVIDENCE_ERASED = 8, /* code: enum bm_region */
    BM_EVIDENCE_PROVISIONED = 9, /* the identity was written */
};

/* In the order of the flash map's answer. */
enum bm_region {
    BM_REGION_STATE, /* at least two sectors of boot-state records */
    BM_REGION_EVIDENCE, /* at least two sectors */
    BM_REGION_IDENTITY, /* one sector, written once at provisioning */
    BM_REGION_CONFIG_A,
    BM_REGION_CONFIG_B,
    BM_REGION_SLOT_A,
    BM_REGION_SLOT_B,
    BM_REGION_COUNT
};

enum bm_recovery_cause {
    BM_RECOVERY_NO_IMAGE = 1,
    BM_RECOVERY_REQUESTED = 2, /* by the application, a button, or a break on the line */
    BM_RECOVERY_LINE = 3, /* by BM_ENTRY_CHARACTER on the line */
    BM_RECOVERY_CRASH_LOOP = 4, /* no image is left that does not crash */
};

enum bm_image_verdict {
    BM_IMAGE_OK = 0,
    BM_IMAGE_EMPTY = 1,
    BM_IMAGE_MALFORMED = 2,
    BM_IMAGE_HASH_WRONG = 3,
    BM_IMAGE_KEY_UNKNOWN = 4,
    BM_IMAGE_SIGNATURE_WRONG = 5,
    BM_IMAGE_OTHER_PRODUCT = 6,
    BM_IMAGE_OTHER_HARDWARE = 7,
    BM_IMAGE_ROLLBACK = 8,
    BM_IMAGE_BOOTLOADER_TOO_OLD = 9,
    BM_IMAGE_KEY_REVOKED = 10,
};

#endif
