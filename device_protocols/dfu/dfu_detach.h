// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/device/dfu_quirks.h"
#include "device_protocols/usb/usb_bus.h"

namespace dfu {

/// Whether the device is in DFU mode, by its descriptors.
bool isInDfuMode(const usb::DeviceFacts &device, const core::DfuQuirks &quirks);

/// Brings a device from its run-time mode into DFU mode (USB DFU 1.1, section 5.1): DFU_DETACH, then a bus
/// reset unless it leaves the bus by itself; one that says so and stays is reset, too. Gives the device as
/// which it came back. A device that is in DFU mode already is given as it is. Unsupported for one without a
/// DFU interface; TimedOut when it does not come back; errors of UsbBus::open(), UsbDevice::claim() and
/// usb::awaitReturn().
core::Task<usb::DeviceFacts> enterDfuMode(usb::UsbBus &bus, usb::DeviceFacts device, core::DfuQuirks quirks,
                                          core::Clock &clock);

/// Waits for a device that was in DFU mode to come back in any other; `device` is as it was then.
core::Task<usb::DeviceFacts> awaitRunTime(usb::UsbBus &bus, usb::DeviceFacts device, core::DfuQuirks quirks,
                                          core::Clock &clock);

} // namespace dfu
