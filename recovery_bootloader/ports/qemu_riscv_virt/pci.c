/* SPDX-License-Identifier: Apache-2.0 */
#include "bootmend/port.h"
#include "machine.h"

#define DEVICE_STEP 0x8000u
#define DEVICE_COUNT 32u

/*
 * The recovery button is a jumper, `-device pci-testdev`: in QEMU 7.2 this machine has no `-fw_cfg` and no
 * input line, and what is plugged into the bus is all that a command line can show to the firmware.
 */
#define RECOVERY_JUMPER_ID 0x00051b36u

uint32_t pci_find(uint32_t id)
{
    for (uint32_t device = 0; device < DEVICE_COUNT; device++) {
        const uint32_t config = MACHINE_PCI_CONFIG + device * DEVICE_STEP;
        if (machine_read32(config) == id) {
            return config;
        }
    }
    return 0;
}

bool port_recovery_is_requested(void)
{
    return line_has_break() || pci_find(RECOVERY_JUMPER_ID) != 0;
}
