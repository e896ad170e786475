// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/support/manual_clock.h"

#include <QEventLoop>
#include <QThreadPool>

#include <optional>

namespace testing {

/// Runs a task to its end in simulated time: everything that can happen happens, then the clock moves on to
/// the next alarm. TimedOut with the detail "never" when an hour was not enough, or nothing is left to wait
/// for.
template<class T>
core::Result<T> finish(core::Task<T> task, ManualClock &clock)
{
    const core::Milliseconds limit = clock.now() + std::chrono::hours(1);
    std::optional<core::Result<T>> outcome;
    core::Running<T> running(std::move(task),
                             [&outcome](core::Result<T> result) { outcome = std::move(result); });
    QEventLoop events;
    for (;;) {
        do { // Handling one may have posted another, or given work to a thread.
            QThreadPool::globalInstance()->waitForDone();
        } while (events.processEvents());
        if (outcome)
            return std::move(*outcome);
        const std::optional<core::Milliseconds> pause = clock.untilNextAlarm();
        if (!pause || clock.now() >= limit)
            return core::fail(core::ErrorKind::TimedOut, QStringLiteral("never"));
        clock.advance(*pause);
    }
}

} // namespace testing
