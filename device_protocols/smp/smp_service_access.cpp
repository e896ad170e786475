// SPDX-License-Identifier: Apache-2.0
#include "device_protocols/smp/smp_driver.h"
#include "recovery_bootloader/include/bootmend/device_wire.h"

namespace smp {

using core::Done;
using core::ErrorKind;
using core::Milliseconds;
using core::Reason;
using core::Result;
using core::Task;

namespace {

// What a recovery key signs begins with these bytes, the zero byte included.
const QByteArray kUnlockContext(BM_UNLOCK_CONTEXT, sizeof BM_UNLOCK_CONTEXT);
static_assert(sizeof BM_UNLOCK_CONTEXT == 16);
constexpr qsizetype kDeviceIdSize = 16;

// A unit listens for 10 ms and more when it starts, so that no window is missed; and 600 characters a second
// are less than the slowest line in use (9600 baud) takes. The pause lets a receiver that was switched on
// within a character find the start of the next one.
const QByteArray kCall(BM_ENTRY_COUNT, BM_ENTRY_CHARACTER);
constexpr Milliseconds kCallPause{5};
// A question in the moment of the start would keep the unit from hearing the call, so few are asked.
constexpr Milliseconds kAskEvery{1'000};
constexpr Patience kAskingStage{Milliseconds(800), 1};

} // namespace

Task<std::optional<core::StoredConfiguration>> SmpDriver::readConfiguration()
{
    co_await ensureLink();
    co_return co_await m_bootmend.configuration();
}

Task<QByteArray> SmpDriver::askForChallenge()
{
    co_await ensureLink();
    const Result<IdentityReport> who = co_await core::attempt(m_bootmend.identity());
    const bool hasIdentity = who.has_value();
    if (!hasIdentity && who.error().kind != ErrorKind::RefusedByDevice)
        co_return core::passOn(who.error());
    const QByteArray noDevice(kDeviceIdSize, '\0'); // As a unit without an identity takes it, too.
    const QByteArray device = hasIdentity ? who->identity.hardwareId : noDevice;
    const QByteArray challenge = co_await m_bootmend.challenge();
    co_return kUnlockContext + device + challenge;
}

Task<Done> SmpDriver::unlock(QByteArray signature)
{
    co_await ensureLink();
    co_return co_await m_bootmend.unlock(std::move(signature));
}

Task<QList<core::FlashRegion>> SmpDriver::listRegions()
{
    co_await ensureLink();
    co_return co_await m_bootmend.flashMap();
}

Task<QByteArray> SmpDriver::readRegion(core::FlashRegion region, core::WriteControl control)
{
    co_await ensureLink();
    QByteArray content;
    while (content.size() < qsizetype(region.size)) {
        if (control.stop && control.stop->isRaised())
            co_return core::fail(ErrorKind::Cancelled, Reason::Cancelled,
                                 QStringLiteral("stopped after %1 bytes").arg(content.size()));
        const auto offset = quint32(content.size());
        const quint32 size = std::min(BootmendGroup::kRegionPiece, region.size - offset);
        content += co_await m_bootmend.readRegion(region.number, offset, size);
        if (control.onProgress)
            control.onProgress({.done = content.size(), .total = region.size});
    }
    co_return content;
}

Task<Done> SmpDriver::eraseRegion(core::FlashRegion region)
{
    co_await ensureLink();
    co_return co_await m_bootmend.eraseRegion(region.number);
}

Task<bool> SmpDriver::isInRecovery()
{
    // Ends the line of calls: servers look for a packet at the start of a line only.
    QByteArray lineEnd("\n");
    co_await m_client.sendText(std::move(lineEnd));
    const BootReport boot = co_await m_bootmend.bootState(kAskingStage);
    co_return boot.isInRecovery;
}

Task<Done> SmpDriver::callIntoRecovery(Milliseconds limit, const core::StopRequest *stop)
{
    const Milliseconds begun = m_clock.now();
    bool hasEntered = false;
    std::optional<core::Running<bool>> asking;
    const auto onAnswer = [&hasEntered](Result<bool> answer) { hasEntered = answer && *answer; };
    Milliseconds nextQuestion = begun;
    while (!hasEntered) {
        const Milliseconds now = m_clock.now();
        if (stop && stop->isRaised())
            co_return core::fail(ErrorKind::Cancelled, Reason::Cancelled, QStringLiteral("stopped calling"));
        if (now - begun >= limit)
            co_return core::fail(
                ErrorKind::TimedOut, Reason::Timeout,
                QStringLiteral("no recovery mode answered within %1 s").arg(limit.count() / 1000));
        const Result<Done> open =
            co_await core::attempt(ensureUnverifiedLink()); // The cable may be off, too.
        if (open && now >= nextQuestion) {
            nextQuestion = now + kAskEvery;
            asking.emplace(isInRecovery(), onAnswer);
        } else if (open) {
            QByteArray call = kCall;
            const Result<Done> sent = co_await core::attempt(m_client.sendText(std::move(call)));
            if (!sent && sent.error().kind == ErrorKind::Unsupported)
                co_return core::passOn(sent.error());
        }
        co_await core::after(kCallPause, m_clock);
    }
    QByteArray lineEnd("\n"); // Behind the last call; see isInRecovery().
    co_return co_await m_client.sendText(std::move(lineEnd));
}

} // namespace smp
