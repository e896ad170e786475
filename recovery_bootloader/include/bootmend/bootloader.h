/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BOOTMEND_BOOTLOADER_H
#define BOOTMEND_BOOTLOADER_H

#include "bootmend/port.h"

/* What a port calls when the machine is ready: decides, and starts the image or serves the recovery mode. */
BM_NORETURN void bootloader_run(void);

#endif
