// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.h"

#include <QtGlobal>

#include <coroutine>
#include <exception>
#include <functional>
#include <utility>

namespace core {

namespace detail {

/// Whoever waits for a task. Names the coroutine to run once the task has its outcome.
class Waiter
{
public:
    virtual std::coroutine_handle<> taskFinished() = 0;

protected:
    Waiter() = default;
    ~Waiter() = default;
    Q_DISABLE_COPY_MOVE(Waiter)
};

template<class T>
class AwaitValue;
template<class T>
class AwaitResult;
template<class T>
class Unwrap;

/// Stands for a named awaiter. GCC 12 copies what await_transform returns, even a reference.
template<class Awaiter>
struct Borrowed {
    Awaiter &awaiter;

    bool await_ready() { return awaiter.await_ready(); }
    auto await_suspend(std::coroutine_handle<> waiting) { return awaiter.await_suspend(waiting); }
    auto await_resume() { return awaiter.await_resume(); }
};

} // namespace detail

/// A piece of work written top to bottom, run on one event loop.
///
/// - It starts when it is awaited, never before.
/// - `co_await task` gives the value; if the task failed, the awaiting task ends with the same error.
/// - `co_await attempt(task)` gives the Result, for the few places that act on a failure.
/// - `co_await result` does for a ready-made Result what `co_await task` does for a task.
/// - Destroying a task cancels it: its frame unwinds and every wait inside it is withdrawn.
///
/// A task lives and dies on the thread that created it.
template<class T>
class [[nodiscard]] Task
{
public:
    struct promise_type;
    using Frame = std::coroutine_handle<promise_type>;

    Task(Task &&other) noexcept : m_frame(std::exchange(other.m_frame, {})) { }
    Task &operator=(Task &&) = delete;
    ~Task()
    {
        if (m_frame)
            m_frame.destroy();
    }

    bool isFinished() const { return m_frame.promise().outcome.has_value(); }
    Result<T> &outcome() { return *m_frame.promise().outcome; }

    /// For awaiters: the returned coroutine must be resumed, and `waiter` must outlive this task.
    std::coroutine_handle<> startFor(detail::Waiter &waiter)
    {
        m_frame.promise().waiter = &waiter;
        return m_frame;
    }

private:
    explicit Task(Frame frame) : m_frame(frame) { }

    Frame m_frame;
};

template<class T>
struct Attempt {
    Task<T> task;
};

/// Awaiting `attempt(task)` never ends the awaiting task; it gives the Result to look at.
template<class T>
Attempt<T> attempt(Task<T> task)
{
    return {std::move(task)};
}

template<class T>
struct Task<T>::promise_type {
    std::optional<Result<T>> outcome;
    detail::Waiter *waiter = nullptr;

    struct HandOver {
        bool await_ready() noexcept { return false; }
        std::coroutine_handle<> await_suspend(Frame frame) noexcept { return frame.promise().next(); }
        void await_resume() noexcept { }
    };

    Task get_return_object() { return Task(Frame::from_promise(*this)); }
    std::suspend_always initial_suspend() noexcept { return {}; }
    HandOver final_suspend() noexcept { return {}; }
    void return_value(Result<T> result) { outcome.emplace(std::move(result)); }
    void unhandled_exception() { std::terminate(); } // Failures are values; an exception is a bug.

    std::coroutine_handle<> endWith(Error error)
    {
        outcome.emplace(tl::unexpected(std::move(error)));
        return next();
    }
    std::coroutine_handle<> next() noexcept
    {
        return waiter ? waiter->taskFinished() : std::noop_coroutine();
    }

    template<class U>
    detail::AwaitValue<U> await_transform(Task<U> &&child)
    {
        return detail::AwaitValue<U>(std::move(child));
    }
    template<class U>
    detail::Unwrap<U> await_transform(Result<U> &&result)
    {
        return detail::Unwrap<U>(std::move(result));
    }
    template<class Awaiter>
    requires requires(Awaiter awaiter) { awaiter.await_ready(); }
    detail::Borrowed<Awaiter> await_transform(Awaiter &awaiter) { return {awaiter}; }
    template<class U>
    detail::AwaitResult<U> await_transform(Attempt<U> &&attempt)
    {
        return detail::AwaitResult<U>(std::move(attempt.task));
    }
};

namespace detail {

template<class Promise>
std::coroutine_handle<> endCoroutine(std::coroutine_handle<> frame, Error error)
{
    return std::coroutine_handle<Promise>::from_address(frame.address()).promise().endWith(std::move(error));
}

template<class T>
class AwaitValue final : Waiter
{
public:
    explicit AwaitValue(Task<T> child) : m_child(std::move(child)) { }

    bool await_ready() const { return false; }
    template<class Promise>
    std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> parent)
    {
        m_parent = parent;
        m_endParent = &endCoroutine<Promise>;
        return m_child.startFor(*this);
    }
    T await_resume() { return std::move(*m_child.outcome()); }

private:
    std::coroutine_handle<> taskFinished() override
    {
        if (m_child.outcome())
            return m_parent;
        return m_endParent(m_parent, std::move(m_child.outcome().error()));
    }

    Task<T> m_child;
    std::coroutine_handle<> m_parent;
    std::coroutine_handle<> (*m_endParent)(std::coroutine_handle<>, Error) = nullptr;
};

template<class T>
class AwaitResult final : Waiter
{
public:
    explicit AwaitResult(Task<T> child) : m_child(std::move(child)) { }

    bool await_ready() const { return false; }
    std::coroutine_handle<> await_suspend(std::coroutine_handle<> parent)
    {
        m_parent = parent;
        return m_child.startFor(*this);
    }
    Result<T> await_resume() { return std::move(m_child.outcome()); }

private:
    std::coroutine_handle<> taskFinished() override { return m_parent; }

    Task<T> m_child;
    std::coroutine_handle<> m_parent;
};

template<class T>
class Unwrap
{
public:
    explicit Unwrap(Result<T> result) : m_result(std::move(result)) { }

    bool await_ready() const { return m_result.has_value(); }
    template<class Promise>
    std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> self)
    {
        return self.promise().endWith(std::move(m_result.error()));
    }
    T await_resume() { return std::move(*m_result); }

private:
    Result<T> m_result;
};

} // namespace detail

/// The owner of a top-level task: starts it at once, reports its outcome once, cancels it when destroyed.
template<class T>
class Running final : detail::Waiter
{
public:
    template<class OnFinished>
    Running(Task<T> task, OnFinished onFinished) :
        m_task(std::move(task)), m_onFinished(std::move(onFinished))
    {
        m_task.startFor(*this).resume();
    }

private:
    std::coroutine_handle<> taskFinished() override
    {
        auto report = std::move(m_onFinished);
        report(std::move(m_task.outcome())); // May destroy *this; nothing of it is touched below.
        return std::noop_coroutine();
    }

    Task<T> m_task;
    std::function<void(Result<T>)> m_onFinished;
};

} // namespace core
