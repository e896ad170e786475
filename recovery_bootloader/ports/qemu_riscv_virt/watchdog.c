/* SPDX-License-Identifier: Apache-2.0 */
#include "bootmend/port.h"
#include "machine.h"

/* Intel 6300ESB I/O controller hub datasheet (300641), chapter 15: the watchdog timer, a PCI function. */
#define PCI_ID 0x25ab8086u
#define PCI_COMMAND 0x04u
#define PCI_COMMAND_MEMORY 0x0002u
#define PCI_BAR_0 0x10u

#define CONFIG_MODE 0x60u
#define CONFIG_LOCK 0x68u
#define MODE_NO_INTERRUPT_1_KHZ 0x0003u
#define LOCK_ENABLED_FOR_GOOD 0x03u

#define TIMER_STAGE_1 (MACHINE_PCI_WINDOW + 0x00u)
#define TIMER_STAGE_2 (MACHINE_PCI_WINDOW + 0x04u)
#define TIMER_RELOAD (MACHINE_PCI_WINDOW + 0x0cu)
#define RELOAD_KICK 0x0100u
#define RELOAD_TIMED_OUT 0x0200u
#define STAGE_LIMIT_MS 0xfffffu

/*
 * A trial is over after a minute without its confirmation; healthy images need seconds. The watchdog leaves
 * room for the slowest sector erase between two kicks.
 */
static const struct bm_timing timing = {
    .watchdog_ms = 3000, .trial_limit_ms = 60000, .entry_window_ms = 10, .trials = 1};

static uint32_t device; /* address of its configuration space; 0 when there is none */

/* Each write to the timer's registers must be announced by these two. */
static void unlock(void)
{
    machine_write16(TIMER_RELOAD, 0x80);
    machine_write16(TIMER_RELOAD, 0x86);
}

bool watchdog_start(void)
{
    device = pci_find(PCI_ID);
    if (device == 0) {
        return false;
    }
    machine_write32(device + PCI_BAR_0, MACHINE_PCI_WINDOW);
    machine_write16(device + PCI_COMMAND, machine_read16(device + PCI_COMMAND) | PCI_COMMAND_MEMORY);
    return true;
}

bool watchdog_take_bite(void)
{
    if (device == 0 || !(machine_read16(TIMER_RELOAD) & RELOAD_TIMED_OUT)) {
        return false;
    }
    unlock();
    machine_write16(TIMER_RELOAD, RELOAD_TIMED_OUT);
    return true;
}

const struct bm_timing *port_timing(void)
{
    return &timing;
}

bool port_watchdog_start(uint32_t timeout_ms)
{
    if (device == 0) {
        return false;
    }
    /* The timer runs through two stages and resets at the end of the second. */
    const uint32_t half = timeout_ms / 2 < STAGE_LIMIT_MS ? timeout_ms / 2 : STAGE_LIMIT_MS;
    machine_write16(device + CONFIG_MODE, MODE_NO_INTERRUPT_1_KHZ);
    unlock();
    machine_write32(TIMER_STAGE_1, half);
    unlock();
    machine_write32(TIMER_STAGE_2, half);
    port_watchdog_kick();
    machine_write8(device + CONFIG_LOCK, LOCK_ENABLED_FOR_GOOD);
    return true;
}

void port_watchdog_kick(void)
{
    if (device == 0) {
        return;
    }
    unlock();
    machine_write16(TIMER_RELOAD, RELOAD_KICK);
}
