// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/async/task.h"

#include <QEventLoop>

#include <list>
#include <vector>

namespace cli {

/// Runs tasks side by side on this thread's event loop until each has its outcome; in the order they were
/// given.
template<class T>
std::vector<core::Result<T>> runAllToEnd(std::vector<core::Task<T>> tasks)
{
    QEventLoop loop;
    std::vector<std::optional<core::Result<T>>> outcomes(tasks.size());
    std::list<core::Running<T>> running;
    std::size_t waiting = tasks.size();
    for (std::size_t index = 0; index < tasks.size(); ++index)
        running.emplace_back(std::move(tasks[index]), [&, index](core::Result<T> result) {
            outcomes[index] = std::move(result);
            if (--waiting == 0)
                loop.quit();
        });
    if (waiting > 0)
        loop.exec();

    std::vector<core::Result<T>> results;
    for (std::optional<core::Result<T>> &outcome : outcomes)
        results.push_back(*std::move(outcome));
    return results;
}

/// Runs one task on this thread's event loop until it has its outcome.
template<class T>
core::Result<T> runToEnd(core::Task<T> task)
{
    std::vector<core::Task<T>> one;
    one.push_back(std::move(task));
    return std::move(runAllToEnd(std::move(one)).front());
}

} // namespace cli
