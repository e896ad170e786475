// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/device/device_snapshot.h"

namespace core {

/// What the bootloader will do at the next reset, derived from a snapshot. The words for it are app/'s.
struct BootForecast {
    enum class Kind {
        Unknown, // the unit does not say enough
        SameAgain, // what runs boots again
        TrialFirst, // `slot` is tried once; unless it confirms itself, `fallback` runs again
        RollsBack, // what runs is an unconfirmed trial: `fallback` boots
        StaysInRecovery, // nothing bootable
        LeavesRecovery, // `slot` boots
    };

    Kind kind = Kind::Unknown;
    std::optional<int> slot = {};
    std::optional<int> fallback = {};
};

BootForecast forecastBoot(const DeviceSnapshot &unit);

} // namespace core
