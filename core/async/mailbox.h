// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/async/task.h"

#include <QObject>
#include <QQueue>

namespace core {

/// The bridge from Qt signals to tasks: a slot calls put(), a task awaits next().
///
/// The reader wakes from the event loop and never inside put(), so a signal handler cannot be
/// surprised by its sender going away. Items put while nobody reads are kept in order.
template<class T>
class Mailbox
{
public:
    void put(Result<T> item)
    {
        m_items.enqueue(std::move(item));
        if (m_reader)
            QMetaObject::invokeMethod(
                &m_loop, [this] { wakeReader(); }, Qt::QueuedConnection);
    }

    Task<T> next()
    {
        Arrival arrival(*this);
        co_await arrival;
        co_return m_items.dequeue();
    }

    bool isEmpty() const { return m_items.isEmpty(); }
    qsizetype size() const { return m_items.size(); }

    /// Drops what nobody has read yet. A waiting reader goes on waiting.
    void clear() { m_items.clear(); }

private:
    class Arrival
    {
    public:
        explicit Arrival(Mailbox &box) : m_box(box) { }
        ~Arrival() { m_box.m_reader = {}; }
        Q_DISABLE_COPY_MOVE(Arrival)

        bool await_ready() const { return !m_box.m_items.isEmpty(); }
        void await_suspend(std::coroutine_handle<> reader) { m_box.m_reader = reader; }
        void await_resume() const { }

    private:
        Mailbox &m_box;
    };

    void wakeReader()
    {
        // Two items may have been put for one reader, who then took both and waits again for a third.
        if (m_reader && !m_items.isEmpty())
            std::exchange(m_reader, {}).resume();
    }

    QQueue<Result<T>> m_items;
    std::coroutine_handle<> m_reader;
    QObject m_loop;
};

} // namespace core
