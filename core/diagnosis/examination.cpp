// SPDX-License-Identifier: Apache-2.0
#include "core/diagnosis/examination.h"

namespace core {

namespace {

// A unit that is in the middle of a boot with a watchdog bite answers within this.
constexpr Milliseconds kPatience{12'000};

} // namespace

Task<Examination> examine(Driver &driver, Clock &clock)
{
    Examination seen;
    const Result<DeviceSnapshot> unit = co_await attempt(within(kPatience, clock, driver.identify()));
    if (!unit) {
        seen.unit.silence = unit.error().detail;
        seen.unit.silenceReason = unit.error().reason;
        co_return seen;
    }
    seen.unit = *unit;
    const Result<QList<EvidenceEvent>> evidence = co_await attempt(driver.readEvidence());
    if (evidence)
        seen.evidence = *evidence;
    const Result<QList<HealthCheck>> health = co_await attempt(driver.checkHealth());
    if (health)
        seen.health = *health;
    const Result<std::optional<StoredConfiguration>> configuration =
        co_await attempt(driver.readConfiguration());
    seen.tellsConfiguration = configuration.has_value();
    if (configuration)
        seen.configuration = *configuration;
    co_return seen;
}

} // namespace core
