// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/async/clock.h"
#include "core/catalog/rules.h"
#include "core/release/verified_release.h"

namespace core {

/// All that a diagnosis rests on. What the unit does not tell is absent.
struct Examination {
    DeviceSnapshot unit;
    std::optional<QList<EvidenceEvent>> evidence = {}; // oldest first
    std::optional<QList<HealthCheck>> health = {};
    bool tellsConfiguration = false;
    std::optional<StoredConfiguration> configuration = {}; // absent, although it tells: it has none
    std::optional<Result<VerifiedRelease>> release = {}; // absent: none was given
    ReleaseRules rules = {}; // of this computer's catalog
    QDateTime nowUtc = {};
};

/// Asks a unit everything that it can tell, and changes nothing. What it lacks or refuses is left out; a unit
/// that does not answer at all is Silent in the snapshot. Never fails.
Task<Examination> examine(Driver &driver, Clock &clock);

} // namespace core
