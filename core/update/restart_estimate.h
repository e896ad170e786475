// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/async/clock.h"
#include "core/device/device_snapshot.h"

namespace core {

/// How long a unit's restart into a trial took once, from the request until it answered.
struct RestartTime {
    qint64 imageBytes = 0; // of the image that was tried
    Milliseconds took{0};

    friend bool operator==(const RestartTime &, const RestartTime &) = default;
};

/// How long the restart into a trial of an image of this size will take: a guess to be shown, never a limit.
/// From what the unit did before, when that is known; else from what its family does.
Milliseconds estimateRestart(const DeviceSnapshot &unit, qint64 imageBytes,
                             const std::optional<RestartTime> &before);

} // namespace core
