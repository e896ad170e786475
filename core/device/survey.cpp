// SPDX-License-Identifier: Apache-2.0
#include "core/device/survey.h"

namespace core {

namespace {

// A unit that is in the middle of a boot with a watchdog bite answers within this.
constexpr Milliseconds kPatience{12'000};

constexpr int kReturnAttempts = 10;
constexpr Milliseconds kReturnPause{500};

const auto kNotAsked = QStringLiteral("not opened, because no profile knows this port");

Task<DeviceSnapshot> ask(Connector &connector, FoundUnit unit)
{
    const std::unique_ptr<Driver> driver = co_await connector.open(unit);
    co_return co_await driver->identify();
}

} // namespace

bool isAnswerLost(const Error &error)
{
    return error.kind == ErrorKind::TimedOut || error.kind == ErrorKind::Disconnected;
}

DeviceSnapshot notAskedYet(const FoundUnit &unit)
{
    const QString why = unit.isToBeAsked ? QString() : kNotAsked;
    DeviceSnapshot snapshot = silentUnit(unit, {ErrorKind::Unsupported, why});
    snapshot.wasAsked = false;
    return snapshot;
}

DeviceSnapshot silentUnit(const FoundUnit &unit, const Error &why)
{
    DeviceSnapshot snapshot;
    snapshot.name = unit.name;
    snapshot.address = unit.address;
    snapshot.attachment = unit.attachment;
    snapshot.silence = why.detail;
    snapshot.silenceReason = why.reason;
    return snapshot;
}

Task<DeviceSnapshot> lookUntilItAnswers(Driver &driver, Clock &clock)
{
    for (int attemptsLeft = kReturnAttempts; attemptsLeft > 1; --attemptsLeft) {
        const Result<DeviceSnapshot> unit = co_await attempt(driver.identify());
        if (unit)
            co_return *unit;
        co_await after(kReturnPause, clock);
    }
    co_return co_await driver.identify();
}

Task<DeviceSnapshot> lookAt(Connector &connector, FoundUnit unit, Clock &clock)
{
    if (!unit.isToBeAsked)
        co_return notAskedYet(unit);
    Result<DeviceSnapshot> seen = co_await attempt(within(kPatience, clock, ask(connector, unit)));
    if (!seen)
        co_return silentUnit(unit, seen.error());
    co_return *std::move(seen);
}

} // namespace core
