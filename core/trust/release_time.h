// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.h"

#include <QDateTime>

namespace core {

/// When a release or a trust root is judged.
struct ReleaseTime {
    QDateTime nowUtc; // by this computer's clock
    QDateTime earliestUtc = {}; // a time that has certainly passed; a clock that is behind it is wrong
};

/// NotAllowedNow with ClockWrong for a clock that is certainly wrong: it judges nothing that expires.
Result<Done> checkClock(const ReleaseTime &time);

} // namespace core
