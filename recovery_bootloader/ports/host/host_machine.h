/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BOOTMEND_HOST_MACHINE_H
#define BOOTMEND_HOST_MACHINE_H

#include "bootmend/port.h"
#include "flash_file.h"

#include <sys/types.h>

/*
 * The host port in two processes: the supervisor is the hardware (power, line, watchdog, retained memory),
 * its child is the CPU that runs the bootloader and the image. A reset ends the child, and the supervisor
 * forks the next one. What both see lies in a shared mapping.
 */

#define HOST_EXIT_RESET 64 /* the child asks for a reset */
#define HOST_EXIT_RULE_VIOLATED                                                                              \
    65 /* the child broke a rule of the flash: a defect, never a crash of the image */
#define HOST_NO_POWER_CUT UINT32_MAX

struct host_shared {
    uint8_t retained[BM_RETAINED_SIZE];
    uint32_t reset_reason; /* enum bm_reset_reason */
    uint32_t flash_writes; /* programs and erases since the start of the supervisor */
};

struct host_options {
    const char *flash_path;
    const char *line; /* unix:PATH or pty:PATH */
    uint32_t baud; /* 0: as fast as it goes */
    uint32_t line_packets; /* the buffers that the recovery mode announces */
    uint32_t packet_limit; /* and their size */
    struct bm_timing timing;
    bool hold_recovery_button;
    uint32_t power_cut_at_write; /* number of the flash write during which the power fails; counts from 1 */
    uint32_t power_cut_after_bytes; /* of that write reach the flash */
};

struct host_machine {
    struct host_options options;
    struct flash_file flash;
    struct host_shared *shared;
    int line; /* the CPU's end of the line */
    int watchdog; /* timer that bites when it is not set again */
    pid_t supervisor;
};

/* Runs the bootloader as the CPU of this machine; in the child, after the fork. */
_Noreturn void host_cpu_run(const struct host_machine *machine);

#endif
