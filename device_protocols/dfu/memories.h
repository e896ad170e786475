// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "device_protocols/dfu/dfu_interface.h"
#include "device_protocols/dfu/memory_layout.h"
#include "device_protocols/usb/usb_device.h"

namespace dfu {

/// One alternate setting of a DFU interface.
struct Memory {
    quint8 alternate = 0;
    QString name; // as the device calls it; may be empty
    std::optional<MemoryLayout> layout; // of DfuSe; none: plain DFU
};

/// Reads what the alternate settings are called. One that names a memory layout is DfuSe, whatever the
/// version says; layouts and versions of the quirks count more. MalformedReply when the quirks make it DfuSe
/// and there is no layout.
core::Task<QList<Memory>> readMemories(usb::UsbDevice &device, Interface interface, core::DfuQuirks quirks,
                                       core::Clock &clock);

} // namespace dfu
