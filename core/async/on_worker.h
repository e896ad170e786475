// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/async/mailbox.h"

#include <QObject>
#include <QThreadPool>

#include <functional>
#include <memory>

namespace core {

/// Runs blocking `work` on a pool thread and gives its Result on the calling thread's event loop.
///
/// `work` owns what it touches: when the task is cancelled the work still ends, and its result is dropped.
template<class T>
Task<T> onWorker(std::function<Result<T>()> work)
{
    const auto answer = std::make_shared<Mailbox<T>>(); // touched on this thread only
    const std::shared_ptr<QObject> home(new QObject, [](QObject *object) { object->deleteLater(); });
    const std::weak_ptr<Mailbox<T>> waiting = answer;

    std::function<void()> job = [home, waiting, work = std::move(work)] {
        const auto result = std::make_shared<Result<T>>(work());
        const auto deliver = [waiting, result] {
            if (const auto box = waiting.lock())
                box->put(std::move(*result));
        };
        QMetaObject::invokeMethod(home.get(), deliver, Qt::QueuedConnection);
    };
    QThreadPool::globalInstance()->start(std::move(job));
    co_return co_await answer->next();
}

} // namespace core
