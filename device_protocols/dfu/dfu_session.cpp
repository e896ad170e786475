// SPDX-License-Identifier: Apache-2.0
#include "device_protocols/dfu/dfu_session.h"

#include "device_protocols/dfu/dfu_patience.h"
#include "device_protocols/usb/usb_descriptors.h"

#include <algorithm>

namespace dfu {

using core::Done;
using core::Error;
using core::ErrorKind;
using core::Milliseconds;
using core::Reason;
using core::Result;
using core::Task;

namespace {

constexpr int kMostStepsToIdle = 8;

bool isBusy(State state)
{
    return state == State::DownloadSync || state == State::DownloadBusy;
}

/// A request that the device did not understand, or an answer that it garbled, may have come while it was
/// busy. Disturbed transfers precede the news that the device is gone.
bool isWorthAnother(const Error &error)
{
    return usb::isStall(error) || error.kind == ErrorKind::MalformedReply || error.kind == ErrorKind::TimedOut
        || error.kind == ErrorKind::TransportFailed;
}

tl::unexpected<Error> unexpectedState(State state, const char *where)
{
    return core::fail(ErrorKind::MalformedReply,
                      QStringLiteral("%1 %2").arg(name(state), QLatin1String(where)));
}

} // namespace

Session::Session(usb::UsbDevice &device, Target target, core::Clock &clock) :
    m_device(device), m_target(std::move(target)), m_clock(clock),
    m_requests(device, {m_target.interface.number, m_target.quirks.requestLimit.value_or(kRequestLimit)},
               clock)
{
}

Milliseconds Session::blockLimit() const
{
    return quirks().busyLimit.value_or(kBlockLimit);
}

Task<Done> Session::begin()
{
    const Interface &interface = m_target.interface;
    co_await m_device.claim(interface.number);
    if (interface.alternates.size() > 1) // Devices with one need not know SET_INTERFACE (USB 2.0, 9.4.10).
        co_await m_device.select(interface.number, m_target.alternate);
    if (!interface.isDescribed)
        co_await describe();
    co_return co_await makeIdle();
}

/// Devices that leave the descriptor out of their configuration may give it when asked; most stall.
Task<Done> Session::describe()
{
    const Result<QByteArray> functional = co_await core::attempt(m_requests.functionalDescriptor());
    if (functional)
        dfu::describe(m_target.interface, *functional, m_target.quirks);
    else if (isGone(functional.error()))
        co_return core::passOn(functional.error());
    co_return Done{};
}

Task<Done> Session::makeIdle()
{
    const Milliseconds end = m_clock.now() + blockLimit();
    int steps = 0;
    for (int round = 0;; ++round) {
        const Report report = co_await status();
        if (report.state == State::Idle)
            co_return Done{};
        if (report.state == State::AppIdle || report.state == State::AppDetach) {
            co_return core::fail(
                ErrorKind::Unsupported,
                QStringLiteral("the device is in its run-time mode: %1").arg(name(report.state)));
        }
        if (report.state == State::DownloadBusy || report.state == State::Manifest) {
            co_await pause(report, round, end);
            continue;
        }
        if (++steps > kMostStepsToIdle) {
            co_return core::fail(ErrorKind::RefusedByDevice,
                                 QStringLiteral("the device does not become idle, it stays in %1 with %2")
                                     .arg(name(report.state), name(report.status)));
        }
        const Result<Done> step = co_await core::attempt(stepTowardsIdle(report));
        if (!step && !usb::isStall(step.error()))
            co_return core::passOn(step.error());
    }
}

Task<Done> Session::stepTowardsIdle(Report report)
{
    switch (report.state) {
    case State::Error:
        return m_requests.clearStatus();
    case State::ManifestWaitReset:
        return m_device.reset();
    default:
        return m_requests.abort();
    }
}

Task<Report> Session::status()
{
    for (int tries = 1;; ++tries) {
        const Result<Report> report = co_await core::attempt(m_requests.status());
        if (report || tries == kStatusTries || !isWorthAnother(report.error()))
            co_return report;
        co_await core::after(kSecondThought, m_clock);
    }
}

Task<Done> Session::pause(Report report, int round, Milliseconds end)
{
    const Milliseconds left = end - m_clock.now();
    if (left <= Milliseconds(0)) {
        co_return core::fail(ErrorKind::TimedOut,
                             QStringLiteral("the device stays in %1").arg(name(report.state)));
    }
    const Milliseconds asked = quirks().pollTimeOut.value_or(report.pollTimeOut);
    const Milliseconds shortest = round == 0 ? Milliseconds(0) : kShortestPause;
    const Milliseconds pause = std::clamp(asked, shortest, std::max(left, shortest));
    if (pause > Milliseconds(0))
        co_await core::after(pause, m_clock);
    co_return Done{};
}

Task<Done> Session::refuse(Report report)
{
    Error error = refusal(report.status);
    if (report.status == Status::Vendor && report.text != 0) {
        const Result<QString> words = co_await core::attempt(usb::readString(m_device, report.text, m_clock));
        if (words && !words->isEmpty())
            error.detail += QStringLiteral(" (\"%1\")").arg(*words);
    }
    co_return core::passOn(std::move(error));
}

Task<State> Session::settle(Milliseconds longest)
{
    const Milliseconds end = m_clock.now() + longest;
    for (int round = 0;; ++round) {
        const Report report = co_await status();
        if (report.state == State::Error)
            co_await refuse(report);
        if (!isBusy(report.state))
            co_return report.state;
        co_await pause(report, round, end);
    }
}

Task<State> Session::give(quint16 block, QByteArray data, Milliseconds longest)
{
    const Result<Done> sent = co_await core::attempt(m_requests.download(block, std::move(data)));
    if (!sent && isGone(sent.error()))
        co_return core::passOn(sent.error());
    const Result<State> state = co_await core::attempt(settle(longest)); // Says why it was not taken.
    const bool isExplained =
        !state && (isGone(state.error()) || state.error().kind == ErrorKind::RefusedByDevice);
    if (!sent && !isExplained)
        co_return core::passOn(sent.error());
    co_return state;
}

Task<Done> Session::giveNext(quint16 block, QByteArray data, Milliseconds longest)
{
    const State state = co_await give(block, std::move(data), longest);
    if (state != State::DownloadIdle)
        co_return unexpectedState(state, "after a block");
    co_return Done{};
}

Task<QByteArray> Session::take(quint16 block)
{
    return take(block, quint16(abilities().transferSize));
}

Task<QByteArray> Session::take(quint16 block, quint16 length)
{
    const Result<QByteArray> data = co_await core::attempt(m_requests.upload(block, length));
    if (data || isGone(data.error()))
        co_return data;
    const Result<Report> report = co_await core::attempt(status());
    if (report && report->state == State::Error)
        co_await refuse(*report);
    if (!report && isGone(report.error()))
        co_return core::passOn(report.error());
    co_return core::passOn(data.error());
}

Task<Done> Session::checkpoint(core::WriteControl control, core::WriteProgressed progress)
{
    if (control.stop && control.stop->isRaised()) {
        const Result<Done> idle = co_await core::attempt(makeIdle());
        if (!idle && isGone(idle.error()))
            co_return core::passOn(idle.error());
        co_return core::fail(ErrorKind::Cancelled, Reason::Cancelled,
                             QStringLiteral("stopped after %1 bytes").arg(progress.done));
    }
    if (control.onProgress)
        control.onProgress(progress);
    co_return Done{};
}

Task<Done> Session::resetAway()
{
    const Result<Done> reset = co_await core::attempt(m_device.reset());
    if (!reset && !isGone(reset.error()))
        co_return core::passOn(reset.error());
    co_return Done{};
}

} // namespace dfu
