/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BOOTMEND_HOST_SUPERVISOR_H
#define BOOTMEND_HOST_SUPERVISOR_H

#include "host_machine.h"

/*
 * Is the hardware until SIGTERM or SIGINT; SIGUSR1 takes the power away for a moment. Returns the exit code
 * of the process. Tells what happens on standard error, one line an event: "bootmend-unit ready line=…
 * pid=…", "bootmend-unit reset reason=power_on|requested|watchdog|crash".
 */
int supervisor_run(const struct host_options *options);

#endif
