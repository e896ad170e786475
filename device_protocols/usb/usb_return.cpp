// SPDX-License-Identifier: Apache-2.0
#include "device_protocols/usb/usb_return.h"

#include "core/async/mailbox.h"

#include <algorithm>

namespace usb {

using core::Done;
using core::ErrorKind;
using core::Milliseconds;
using core::Result;
using core::Task;

namespace {

bool isSame(const DeviceFacts &left, const DeviceFacts &right)
{
    return left.place == right.place && left.address == right.address;
}

bool contains(const QList<DeviceFacts> &devices, const DeviceFacts &wanted)
{
    return std::any_of(devices.cbegin(), devices.cend(),
                       [&wanted](const DeviceFacts &device) { return isSame(device, wanted); });
}

/// The device, if it is among those that came since; nothing if it is not yet.
Result<std::optional<DeviceFacts>> returned(const QList<DeviceFacts> &came, const Return &awaited)
{
    QList<DeviceFacts> elsewhere;
    for (const DeviceFacts &device : came) {
        if (!awaited.isWanted(device))
            continue;
        if (device.place == awaited.before.place)
            return std::optional(device);
        if (!device.serialNumber.isEmpty() && device.serialNumber == awaited.before.serialNumber)
            elsewhere.append(device);
    }
    if (elsewhere.size() > 1) {
        return core::fail(ErrorKind::AmbiguousDevice,
                          QStringLiteral("%1 devices came with the serial number %2")
                              .arg(elsewhere.size())
                              .arg(awaited.before.serialNumber));
    }
    return elsewhere.isEmpty() ? std::nullopt : std::optional(elsewhere.constFirst());
}

} // namespace

bool isAttached(UsbBus &bus, const DeviceFacts &device)
{
    return contains(bus.devices(), device);
}

Task<DeviceFacts> awaitReturn(UsbBus &bus, Return awaited, core::Clock &clock)
{
    core::Mailbox<Done> bell;
    const auto subscription = bus.subscribe([&bell](DeviceChange, const DeviceFacts &) { bell.put(Done{}); });
    const Milliseconds end = clock.now() + awaited.limit;
    QList<DeviceFacts> others = bus.devices(); // what was here all the time is not coming back
    others.erase(std::remove_if(others.begin(), others.end(),
                                [&awaited](const DeviceFacts &device) {
                                    return device.place == awaited.before.place
                                        && !isSame(device, awaited.before);
                                }),
                 others.end());
    for (;;) {
        QList<DeviceFacts> came = bus.devices();
        came.erase(std::remove_if(came.begin(), came.end(),
                                  [&others](const DeviceFacts &device) { return contains(others, device); }),
                   came.end());
        const std::optional<DeviceFacts> device = co_await returned(came, awaited);
        if (device)
            co_return *device;
        const Milliseconds left = std::max(end - clock.now(), Milliseconds(0));
        co_await core::within(left, clock, bell.next());
    }
}

} // namespace usb
