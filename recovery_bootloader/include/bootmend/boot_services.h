/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BOOTMEND_BOOT_SERVICES_H
#define BOOTMEND_BOOT_SERVICES_H

#include "bootmend/device_wire.h"
#include "bootmend/port.h"

/*
 * What the bootloader gives to the application that it starts: a table of functions that stays valid as long
 * as the application runs. The application asks, the bootloader decides and is the only one that writes the
 * boot state. Calls run on the caller's stack (4 KiB are enough), never from an interrupt, never nested.
 */

#define BM_BOOT_SERVICES_ABI 2u /* raised when a member changes; new members only join at the end */

#define BM_SLOT_A 0u
#define BM_SLOT_B 1u
#define BM_SLOT_COUNT 2u
#define BM_SLOT_NONE 0xffu
#define BM_HASH_SIZE 32u
#define BM_UUID_SIZE 16u
#define BM_IMAGE_PREFIX_SIZE 8u
#define BM_SIGNATURE_SIZE 64u
#define BM_TRIAL_FORCE 1u /* also of an image that was rolled back before */

enum bm_stage { BM_STAGE_RECOVERY = 0, BM_STAGE_APPLICATION = 1 };

enum bm_boot_mode { BM_BOOT_MODE_NORMAL = 0, BM_BOOT_MODE_RECOVERY = 1 };

enum bm_service_result {
    BM_SERVICE_OK = 0,
    BM_SERVICE_INVALID = 1, /* an argument is out of its range */
    BM_SERVICE_NOT_ALLOWED = 2, /* the boot policy protects that slot */
    BM_SERVICE_NOT_FOUND = 3, /* no slot holds that image */
    BM_SERVICE_IMAGE_REFUSED = 4, /* the image does not verify */
    BM_SERVICE_IMAGE_RUNS = 5, /* the image runs already */
    BM_SERVICE_ON_TRIAL = 6, /* not while an image is on trial */
    BM_SERVICE_NOT_ON_TRIAL = 7, /* only while an image is on trial */
    BM_SERVICE_NOT_PROVISIONED = 8, /* the unit has no identity */
    BM_SERVICE_FLASH_FAILED = 9,
    BM_SERVICE_ROLLED_BACK = 10, /* that image was rolled back before, and it was not forced */
    BM_SERVICE_LOCKED = 11, /* a recovery key has to unlock the unit first */
    BM_SERVICE_PROVISIONED = 12, /* the identity is written already */
    BM_SERVICE_SIGNATURE_WRONG = 13, /* of an unlock */
};

struct bm_version {
    uint8_t major;
    uint8_t minor;
    uint16_t revision;
    uint32_t build;
};

struct bm_slot_status {
    uint8_t verdict; /* enum bm_image_verdict, now */
    bool is_intact; /* header, TLVs and hash are right; the members below hold then */
    bool is_pending;
    bool is_confirmed; /* it boots when nothing is pending, and was confirmed */
    bool is_active; /* it runs */
    struct bm_version version;
    uint32_t rollback_index;
    uint8_t hash[BM_HASH_SIZE];
};

struct bm_boot_state {
    uint8_t stage; /* enum bm_stage */
    uint8_t recovery_cause; /* enum bm_recovery_cause; in recovery mode */
    bool is_unlocked;
    bool has_load_area; /* images run from a copy in RAM, otherwise in their slots */
    uint8_t running; /* slot, or BM_SLOT_NONE in recovery mode */
    uint8_t active; /* slot that boots when nothing is pending, or BM_SLOT_NONE */
    uint8_t pending; /* slot to be tried or on trial, or BM_SLOT_NONE */
    uint8_t trials;
    bool is_confirmed; /* what runs */
    bool has_rolled_back; /* rolled_back_hash holds */
    uint8_t rollback_reason; /* enum bm_rollback_reason */
    uint8_t reset_reason; /* enum bm_reset_reason */
    uint32_t minimum_rollback_index;
    uint32_t boots;
    uint32_t sequence;
    uint8_t running_hash[BM_HASH_SIZE]; /* as measured before the start; holds when running does */
    uint8_t rolled_back_hash[BM_HASH_SIZE];
};

struct bm_evidence_event {
    uint32_t sequence;
    uint32_t boot;
    uint8_t kind; /* enum bm_evidence_kind */
    uint8_t slot; /* or BM_SLOT_NONE */
    uint8_t code;
    uint8_t image[BM_IMAGE_PREFIX_SIZE]; /* first bytes of its SHA-256; zeros when no image is concerned */
};

#define BM_PRODUCT_SIZE 32u
#define BM_HARDWARE_SIZE 16u
#define BM_SERIAL_SIZE 32u

/* Texts end with a zero byte. */
struct bm_identity {
    char product[BM_PRODUCT_SIZE];
    char hardware[BM_HARDWARE_SIZE];
    char serial[BM_SERIAL_SIZE];
    uint8_t device_id[BM_UUID_SIZE];
    uint8_t vendor_uuid[BM_UUID_SIZE];
    uint8_t class_uuid[BM_UUID_SIZE];
};

/*
 * A configuration: bytes whose meaning is the application's, and the number of the schema that they follow.
 * Two regions hold one each, and the one in use is never overwritten. What an image on trial writes is found
 * by that image alone until it is confirmed, so that after a rollback the previous image finds what it can
 * read.
 */
struct bm_config {
    uint32_t schema;
    uint32_t sequence; /* grows with every configuration that is written */
    uint32_t length; /* bytes */
    const uint8_t *data; /* in flash, valid until the next config_open() */
    uint8_t region; /* BM_REGION_CONFIG_A or BM_REGION_CONFIG_B */
};

struct boot_services {
    uint32_t abi; /* BM_BOOT_SERVICES_ABI */
    uint32_t size; /* bytes of this table */
    const char *bootloader_version;

    size_t (*line_read)(uint8_t *to, size_t capacity);
    void (*line_write)(const uint8_t *data, size_t length);
    void (*idle)(uint32_t timeout_ms);
    uint32_t (*now_ms)(void);
    void (*watchdog_kick)(void); /* without effect once a trial's time limit has passed */
    void (*reset)(uint32_t boot_mode); /* enum bm_boot_mode; does not return */

    const struct bm_flash_map *(*flash_map)(void);
    const uint8_t *(*flash_memory)(void); /* see port_flash_memory() */
    enum bm_service_result (*slot_status)(uint8_t slot, struct bm_slot_status *status);

    /*
     * Replacing an image: open, then erase and program sector by sector, offsets counted from the slot's
     * start. slot_erase() sees to the sectors up to the one that `offset` is in and to the one behind it
     * (the first erased sector tells a later resume how far the writing got), and erases none twice.
     * Opening cancels a trial of that slot that has not started. The slot that runs and the one that holds
     * the last good image cannot be opened. slot_for_upload: the slot that can, or BM_SLOT_NONE.
     *
     * `key` is the SHA-256 of the `length` bytes that are to come, or null. When the same bytes were on their
     * way into that slot before the last reset, *offset says how many are there for good: whole sectors, or
     * all of them; otherwise it is 0.
     */
    uint8_t (*slot_for_upload)(void);
    enum bm_service_result (*slot_open)(uint8_t slot, const uint8_t *key, uint32_t length, uint32_t *offset);
    enum bm_service_result (*slot_erase)(uint8_t slot, uint32_t offset);
    enum bm_service_result (*slot_program)(uint8_t slot, uint32_t offset, const void *data, uint32_t length);
    /* SHA-256 of the slot's first `length` bytes; kicks the watchdog. */
    enum bm_service_result (*slot_sha256)(uint8_t slot, uint32_t length, uint8_t hash[BM_HASH_SIZE]);

    enum bm_service_result (*request_trial)(const uint8_t hash[BM_HASH_SIZE],
                                            uint32_t flags); /* BM_TRIAL_… */
    enum bm_service_result (*confirm)(void);
    enum bm_service_result (*revert)(uint32_t reason); /* BM_REVERT_REASON_… */

    enum bm_service_result (*boot_state)(struct bm_boot_state *state);
    enum bm_service_result (*identity)(struct bm_identity *identity);
    /* Events with a sequence number of at least `from`, oldest first; returns how many were stored. */
    size_t (*evidence)(uint32_t from, struct bm_evidence_event *events, size_t capacity);

    /* The newest configuration that may be found and whose schema is at most `newest_schema`; or NOT_FOUND.
     */
    enum bm_service_result (*config_find)(uint32_t newest_schema, struct bm_config *found);
    /*
     * Writing one: open, append until `length` bytes are there, commit. Each append but the last is a
     * multiple of BM_MAX_WRITE_SIZE bytes. config_open() erases the region that is not in use at once, and
     * with it what that held: during a trial perhaps what the trial itself has written, after a migration the
     * older schema that the previous image could read. What is in use stays until the commit.
     */
    enum bm_service_result (*config_open)(uint32_t schema, uint32_t length);
    enum bm_service_result (*config_append)(const void *data, uint32_t length);
    enum bm_service_result (*config_commit)(void);

    /* Once in the life of a unit: PROVISIONED when it has an identity. */
    enum bm_service_result (*identity_write)(const struct bm_identity *identity);
    /* A challenge counts until it is answered, another one is asked for, or the unit is reset. */
    enum bm_service_result (*challenge)(uint8_t challenge[BM_CHALLENGE_SIZE]);
    enum bm_service_result (*unlock)(const uint8_t signature[BM_SIGNATURE_SIZE]);
    /* Evidence, configurations and slots, of an unlocked unit in recovery mode. */
    enum bm_service_result (*region_erase)(uint32_t region);
};

/* The symbol that a payload is entered by on ports that start it by name; it does not return. */
#define BM_APPLICATION_ENTRY "bootmend_app_start"
void bootmend_app_start(const struct boot_services *services);

#endif
