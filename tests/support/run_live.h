// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/async/task.h"

#include <QEventLoop>
#include <QTimer>

#include <optional>

namespace testing {

/// Runs a task on the real event loop. TimedOut with the detail "never" when `milliseconds` were not enough.
template<class T>
core::Result<T> finishLive(core::Task<T> task, int milliseconds = 20'000)
{
    std::optional<core::Result<T>> outcome;
    QEventLoop events;
    core::Running<T> running(std::move(task), [&outcome, &events](core::Result<T> result) {
        outcome = std::move(result);
        events.quit();
    });
    if (!outcome) {
        QTimer::singleShot(milliseconds, &events, &QEventLoop::quit);
        events.exec(); // Not QTest::qWaitFor, which sleeps between its looks.
    }
    if (!outcome)
        return core::fail(core::ErrorKind::TimedOut, QStringLiteral("never"));
    return std::move(*outcome);
}

} // namespace testing
