// SPDX-License-Identifier: Apache-2.0
#include "core/device/survey.h"

namespace core {

namespace {

// A unit that is in the middle of a boot with a watchdog bite answers within this.
constexpr Milliseconds kPatience{12'000};

Task<DeviceSnapshot> ask(Connector &connector, FoundUnit unit)
{
    const std::unique_ptr<Driver> driver = co_await connector.open(unit);
    co_return co_await driver->identify();
}

} // namespace

DeviceSnapshot silentUnit(const FoundUnit &unit, const QString &why)
{
    DeviceSnapshot snapshot;
    snapshot.name = unit.name;
    snapshot.address = unit.address;
    snapshot.silence = why;
    return snapshot;
}

Task<DeviceSnapshot> lookAt(Connector &connector, FoundUnit unit, Clock &clock)
{
    if (!unit.isToBeAsked)
        co_return silentUnit(unit, unit.note);
    Result<DeviceSnapshot> seen = co_await attempt(within(kPatience, clock, ask(connector, unit)));
    if (!seen)
        co_return silentUnit(unit, seen.error().detail);
    co_return *std::move(seen);
}

} // namespace core
