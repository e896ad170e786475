/* SPDX-License-Identifier: Apache-2.0 */
#include "fuzzed_unit.h"

#include "boot_policy.h"
#include "boot_services_impl.h"
#include "good_image.h"
#include "promise.h"
#include "test_keys.h"

#include <sodium.h>

#include <string.h>

struct snapshot {
    struct unit unit;
    struct boot_session boot;
};

static struct snapshot snapshots[SITUATION_COUNT];
static struct good_image images[BM_SLOT_COUNT];
static struct boot_services served;
static bool is_prepared;

static const struct bm_identity identity = {
    .product = "bench-sensor",
    .hardware = "revA",
    .serial = "BM-0001",
    .device_id = "device-id-123456",
    .vendor_uuid = "vendor-uuid-1234",
    .class_uuid = "class-uuid-12345",
};

/* The line goes on as if nothing had happened: what the reset leads to is judged by unit_restart(). */
static void leave_reset_out(uint32_t boot_mode)
{
    (void)boot_mode;
}

uint8_t unit_restart(void)
{
    unit_receive(NULL, 0);
    boot_session_open();
    return boot_policy_decide();
}

static void must(enum bm_service_result result)
{
    PROMISE(result == BM_SERVICE_OK, "the situation can be made");
}

static void write_image(uint8_t slot)
{
    const struct bm_flash_region *region = &unit_flash_map.regions[BM_REGION_SLOT_A + slot];
    memcpy(unit.flash + region->offset, images[slot].bytes, images[slot].length);
}

/* A lost state has the unit adopt the only image that it finds. */
static void make_running_unit(void)
{
    write_image(BM_SLOT_A);
    PROMISE(unit_restart() == BM_SLOT_A, "the first image runs");
    must(boot_services_table.config_open(3, 8));
    must(boot_services_table.config_append("settings", 8));
    must(boot_services_table.config_commit());
    write_image(BM_SLOT_B);
    PROMISE(unit_restart() == BM_SLOT_A, "the first image runs again");
}

static void unlock_unit(void)
{
    uint8_t message[64] = BM_UNLOCK_CONTEXT;
    uint8_t signature[BM_SIGNATURE_SIZE];
    must(boot_services_table.challenge(message + 32));
    memcpy(message + 16, identity.device_id, BM_UUID_SIZE);
    sign_as_recovery_key(message, sizeof message, signature);
    must(boot_services_table.unlock(signature));
}

static void make(enum situation situation)
{
    memset(&unit, 0, sizeof unit);
    memset(unit.flash, 0xff, sizeof unit.flash);
    if (situation != UNPROVISIONED) {
        PROMISE(identity_store_write(&identity), "the identity can be written");
    }
    if (situation <= UNLOCKED) {
        make_running_unit();
    } else {
        PROMISE(unit_restart() == BM_SLOT_NONE, "nothing runs");
    }
    if (situation == ON_TRIAL) {
        must(boot_services_table.request_trial(images[BM_SLOT_B].hash, false));
        PROMISE(unit_restart() == BM_SLOT_B, "the trial runs");
    }
    if (situation == IN_RECOVERY || situation == UNLOCKED) {
        unit.wants_recovery = true;
        PROMISE(unit_restart() == BM_SLOT_NONE, "the recovery mode is entered");
        unit.wants_recovery = false;
    }
    if (situation == UNLOCKED) {
        unlock_unit();
    }
    /* The verdicts are known from here on: no input pays for a signature that is checked before it comes. */
    boot_session_image(BM_SLOT_A);
    boot_session_image(BM_SLOT_B);
    snapshots[situation] = (struct snapshot){unit, boot};
}

static void prepare(void)
{
    PROMISE(sodium_init() >= 0, "libsodium can be used");
    served = boot_services_table;
    served.reset = leave_reset_out;
    good_image_make(&images[BM_SLOT_A], &identity, 1, 60);
    good_image_make(&images[BM_SLOT_B], &identity, 2, 90);
    for (int situation = 0; situation < SITUATION_COUNT; situation++) {
        make((enum situation)situation);
    }
    is_prepared = true;
}

void unit_begin(enum situation situation, struct smp_server *server)
{
    if (!is_prepared) {
        prepare();
    }
    unit = snapshots[situation].unit;
    boot = snapshots[situation].boot;
    smp_server_init(server, &served);
}

const uint8_t *unit_flash_at_start(enum situation situation)
{
    return snapshots[situation].unit.flash;
}

bool unit_slot_is_genuine(uint8_t slot)
{
    const uint8_t *bytes = unit.flash + unit_flash_map.regions[BM_REGION_SLOT_A + slot].offset;
    for (size_t i = 0; i < BM_SLOT_COUNT; i++) {
        if (memcmp(bytes, images[i].bytes, images[i].length) == 0) {
            return true;
        }
    }
    return false;
}
