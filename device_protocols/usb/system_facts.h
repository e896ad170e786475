// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "device_protocols/usb/usb_device.h"

namespace usb {

/// What the operating system has read of a device when it came: its texts, and its active configuration as
/// it is. On Linux from sysfs (Documentation/ABI/stable/sysfs-bus-usb); elsewhere nothing, and the rest of
/// the facts stays.
void addSystemFacts(DeviceFacts &facts);

/// Who has an interface that could not be claimed, in a sentence: a driver of the system, or other programs
/// as far as we may see them.
QString holderOf(const DeviceFacts &facts, quint8 interface);

} // namespace usb
