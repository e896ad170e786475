// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "device_protocols/usb/usb_bus.h"

namespace usb {

/// A device that is about to leave the bus, and what it is to come back as.
struct Return {
    DeviceFacts before;
    std::function<bool(const DeviceFacts &)> isWanted;
    core::Milliseconds limit;
};

/// Waits until the device is back: another one in its place, or one that came to another place with its
/// serial number. Its ids and its serial number may have changed where the place has not. TimedOut;
/// AmbiguousDevice when more than one came elsewhere with that number.
core::Task<DeviceFacts> awaitReturn(UsbBus &bus, Return awaited, core::Clock &clock);

/// Whether this very enumeration of the device is still attached.
bool isAttached(UsbBus &bus, const DeviceFacts &device);

} // namespace usb
