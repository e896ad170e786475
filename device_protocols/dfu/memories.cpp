// SPDX-License-Identifier: Apache-2.0
#include "device_protocols/dfu/memories.h"

#include "device_protocols/usb/usb_descriptors.h"

namespace dfu {

using core::ErrorKind;
using core::Result;
using core::Task;

namespace {

constexpr int kNameTries = 3; // What it is called decides how it is written to.

Task<QString> nameOf(usb::UsbDevice &device, Alternate alternate, core::Clock &clock)
{
    for (int tries = 1;; ++tries) {
        const Result<QString> name = co_await core::attempt(usb::readString(device, alternate.name, clock));
        if (name || name.error().kind == ErrorKind::Disconnected || tries == kNameTries)
            co_return name;
    }
}

} // namespace

Task<QList<Memory>> readMemories(usb::UsbDevice &device, Interface interface, core::DfuQuirks quirks,
                                 core::Clock &clock)
{
    QList<Memory> memories;
    for (const Alternate &alternate : interface.alternates) {
        Memory memory;
        memory.alternate = alternate.number;
        memory.name = co_await nameOf(device, alternate, clock);
        const Result<MemoryLayout> layout = parseLayout(quirks.layouts.value(alternate.number, memory.name));
        const bool isPlain = quirks.version && *quirks.version != kDfuSeVersion;
        if (!layout && interface.abilities.version == kDfuSeVersion)
            co_return core::passOn(layout.error());
        if (layout && !isPlain)
            memory.layout = *layout;
        memories.append(memory);
    }
    co_return memories;
}

} // namespace dfu
