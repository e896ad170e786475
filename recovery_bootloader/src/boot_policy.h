/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BOOTMEND_BOOT_POLICY_H
#define BOOTMEND_BOOT_POLICY_H

#include "boot_session.h"

/*
 * Decides what boots, once a reset: the slot, whose image is verified and ready to be started, or
 * BM_SLOT_NONE for the recovery mode, with the cause in the boot. All that has to be in flash before the
 * image runs (the trial taken away, the rollback, the evidence) has been written when this returns, and the
 * watchdog of a trial runs.
 */
uint8_t boot_policy_decide(void);

#endif
