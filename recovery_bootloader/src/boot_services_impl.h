/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BOOTMEND_BOOT_SERVICES_IMPL_H
#define BOOTMEND_BOOT_SERVICES_IMPL_H

#include "boot_session.h"

/*
 * The table for what runs now, in recovery mode or as an application. There is one session a reset; the table
 * works on it, and both stay valid until the next one.
 */
const struct boot_services *boot_services_for(struct boot_session *session, enum bm_stage stage);

#endif
