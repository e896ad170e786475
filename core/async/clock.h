// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/async/task.h"

#include <chrono>
#include <memory>

namespace core {

using Milliseconds = std::chrono::milliseconds;

/// The only source of time for jobs and protocols, so that tests need no real seconds.
class Clock
{
public:
    /// Rings once unless destroyed first.
    class Alarm
    {
    public:
        virtual ~Alarm() = default;
    };

    virtual ~Clock() = default;
    virtual std::unique_ptr<Alarm> alarmIn(Milliseconds delay, std::function<void()> ring) = 0;

    /// Time since some fixed moment; never goes backwards.
    virtual Milliseconds now() const = 0;
};

namespace detail {

/// Waits for a task or an alarm, whichever comes first.
template<class T>
class Race final : Waiter
{
public:
    Race(Clock &clock, Milliseconds limit, Task<T> &task) : m_clock(clock), m_limit(limit), m_task(task) { }

    bool await_ready() const { return false; }
    std::coroutine_handle<> await_suspend(std::coroutine_handle<> parent)
    {
        m_parent = parent;
        m_alarm = m_clock.alarmIn(m_limit, [this] { m_parent.resume(); });
        return m_task.startFor(*this);
    }
    void await_resume() { m_alarm.reset(); }

private:
    std::coroutine_handle<> taskFinished() override { return m_parent; }

    Clock &m_clock;
    Milliseconds m_limit;
    Task<T> &m_task;
    std::unique_ptr<Clock::Alarm> m_alarm;
    std::coroutine_handle<> m_parent;
};

class Moment
{
public:
    Moment(Clock &clock, Milliseconds delay) : m_clock(clock), m_delay(delay) { }

    bool await_ready() const { return false; }
    void await_suspend(std::coroutine_handle<> waiting)
    {
        m_alarm = m_clock.alarmIn(m_delay, [waiting] { waiting.resume(); });
    }
    void await_resume() { m_alarm.reset(); }

private:
    Clock &m_clock;
    Milliseconds m_delay;
    std::unique_ptr<Clock::Alarm> m_alarm;
};

} // namespace detail

/// Waits for `delay`: for the pace of repeated questions, never to guess when a device is ready.
inline Task<Done> after(Milliseconds delay, Clock &clock)
{
    detail::Moment moment(clock, delay);
    co_await moment;
    co_return Done{};
}

/// Runs `task`, but cancels it and fails with TimedOut once `limit` has passed.
template<class T>
Task<T> within(Milliseconds limit, Clock &clock, Task<T> task)
{
    detail::Race<T> race(clock, limit, task);
    co_await race;
    if (!task.isFinished()) {
        const Task<T> cancelled = std::move(task);
        co_return fail(ErrorKind::TimedOut, QStringLiteral("no answer within %1 ms").arg(limit.count()));
    }
    co_return std::move(task.outcome());
}

} // namespace core
