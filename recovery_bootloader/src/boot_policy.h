/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BOOTMEND_BOOT_POLICY_H
#define BOOTMEND_BOOT_POLICY_H

#include "boot_session.h"

struct boot_decision {
    uint8_t
        slot; /* its image is verified, and its payload is in the load area; or BM_SLOT_NONE: recovery mode */
    bool is_trial;
    enum bm_recovery_cause recovery_cause; /* holds when slot is BM_SLOT_NONE */
};

/*
 * Decides what boots, once a reset. All that has to be in flash before the image runs (the trial taken away,
 * the rollback, the evidence) has been written when this returns, and the watchdog of a trial runs.
 */
struct boot_decision boot_policy_decide(struct boot_session *session);

/* From here on the image that was decided for runs; the time limit of a trial begins. */
void boot_policy_start(struct boot_session *session, const struct boot_decision *decision);

#endif
