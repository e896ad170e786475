/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BOOTMEND_LOST_STATE_H
#define BOOTMEND_LOST_STATE_H

#include "boot_session.h"

/*
 * No valid record was found: of what verifies, one image is taken as the confirmed one; a single one whatever
 * is said of it. The other one has to go through a trial again. The minimum becomes the index of an image
 * that the evidence knows to be confirmed, else the lowest index among the valid ones, which admits both of
 * them and nothing older. The evidence tells which configuration is in use.
 */
void lost_state_adopt(void);

#endif
