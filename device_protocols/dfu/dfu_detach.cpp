// SPDX-License-Identifier: Apache-2.0
#include "device_protocols/dfu/dfu_detach.h"

#include "device_protocols/dfu/dfu_patience.h"
#include "device_protocols/dfu/dfu_session.h"
#include "device_protocols/usb/usb_return.h"

#include <algorithm>

namespace dfu {

using core::DfuQuirks;
using core::Done;
using core::ErrorKind;
using core::Result;
using core::Task;
using usb::DeviceFacts;
using usb::UsbDevice;

namespace {

std::optional<Interface> interfaceIn(const DeviceFacts &device, Mode mode, const DfuQuirks &quirks)
{
    const QList<Interface> interfaces = findInterfaces(device.configuration, quirks);
    const auto found = std::find_if(interfaces.cbegin(), interfaces.cend(),
                                    [mode](const Interface &interface) { return interface.mode == mode; });
    return found == interfaces.cend() ? std::nullopt : std::optional(*found);
}

usb::Return inDfuMode(const DeviceFacts &before, const DfuQuirks &quirks, core::Milliseconds limit)
{
    return {before, [quirks](const DeviceFacts &device) { return isInDfuMode(device, quirks); }, limit};
}

Task<Done> unlessGone(Task<Done> task)
{
    const Result<Done> outcome = co_await core::attempt(std::move(task));
    if (!outcome && !isGone(outcome.error()))
        co_return core::passOn(outcome.error());
    co_return Done{};
}

/// DFU_DETACH, and whatever has to follow it at once.
Task<Done> detach(UsbDevice &device, Interface interface, DfuQuirks quirks, core::Clock &clock)
{
    co_await device.claim(interface.number);
    Requests requests(device, {interface.number, quirks.requestLimit.value_or(kRequestLimit)}, clock);
    co_await unlessGone(requests.detach(interface.abilities.detachTimeOut));
    if (!interface.abilities.willDetach && !quirks.isLeftAloneAfterDetach)
        co_await unlessGone(device.reset());
    co_return Done{};
}

} // namespace

bool isInDfuMode(const DeviceFacts &device, const DfuQuirks &quirks)
{
    return interfaceIn(device, Mode::Dfu, quirks).has_value();
}

Task<DeviceFacts> enterDfuMode(usb::UsbBus &bus, DeviceFacts device, DfuQuirks quirks, core::Clock &clock)
{
    if (isInDfuMode(device, quirks))
        co_return device;
    const std::optional<Interface> interface = interfaceIn(device, Mode::RunTime, quirks);
    if (!interface)
        co_return core::fail(ErrorKind::Unsupported, QStringLiteral("the device has no DFU interface"));
    std::unique_ptr<UsbDevice> open = co_await bus.open(device);
    co_await detach(*open, *interface, quirks, clock);
    const core::Milliseconds limit = quirks.restartLimit.value_or(kRestartLimit);
    if (interface->abilities.willDetach && !quirks.isLeftAloneAfterDetach) {
        const core::Milliseconds patience =
            std::min(interface->abilities.detachTimeOut, limit) + kDetachGrace;
        const Result<DeviceFacts> back =
            co_await core::attempt(usb::awaitReturn(bus, inDfuMode(device, quirks, patience), clock));
        if (back || back.error().kind != ErrorKind::TimedOut)
            co_return back;
        if (usb::isAttached(bus, device))
            co_await unlessGone(open->reset());
    }
    open.reset(); // What comes back is another device.
    co_return co_await usb::awaitReturn(bus, inDfuMode(device, quirks, limit), clock);
}

Task<DeviceFacts> awaitRunTime(usb::UsbBus &bus, DeviceFacts device, DfuQuirks quirks, core::Clock &clock)
{
    const core::Milliseconds limit = quirks.restartLimit.value_or(kRestartLimit);
    usb::Return awaited{device, [quirks](const DeviceFacts &back) { return !isInDfuMode(back, quirks); },
                        limit};
    co_return co_await usb::awaitReturn(bus, std::move(awaited), clock);
}

} // namespace dfu
