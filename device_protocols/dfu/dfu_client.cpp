// SPDX-License-Identifier: Apache-2.0
#include "device_protocols/dfu/dfu_client.h"

namespace dfu {

using core::Done;
using core::ErrorKind;
using core::Milliseconds;
using core::Reason;
using core::Result;
using core::Task;
using core::WriteControl;

Task<Downloaded> Client::download(QByteArray firmware, WriteControl control)
{
    if (firmware.isEmpty())
        co_return core::fail(ErrorKind::InvalidFile, QStringLiteral("there is nothing to write"));
    if (!m_session.abilities().canDownload)
        co_return core::fail(ErrorKind::Unsupported, QStringLiteral("the device takes no firmware"));
    const quint16 end = co_await sendBlocks(firmware, control);
    Downloaded downloaded;
    downloaded.ending = co_await manifest(end);
    if (downloaded.ending == Ending::Idle)
        downloaded.readBack = co_await compare(firmware);
    co_return downloaded;
}

/// Gives the number of the block behind the last one. It is of 16 bits and begins again (USB DFU 1.1, 6.1.1).
Task<quint16> Client::sendBlocks(QByteArray firmware, WriteControl control)
{
    quint16 block = 0;
    const qsizetype size = m_session.abilities().transferSize;
    for (qsizetype offset = 0; offset < firmware.size(); offset += size) {
        const core::WriteProgressed progress{.done = offset, .total = firmware.size()};
        co_await m_session.checkpoint(control, progress);
        co_await m_session.giveNext(block++, firmware.mid(offset, size), m_session.blockLimit());
    }
    const core::WriteProgressed progress{.done = firmware.size(), .total = firmware.size()};
    co_await m_session.checkpoint(control, progress);
    co_return block;
}

/// What is not tolerant of manifestation may leave at any moment of it (USB DFU 1.1, section 6.1.3).
bool Client::mayBeGone() const
{
    return !m_session.abilities().isManifestationTolerant || m_session.abilities().willDetach;
}

Task<Ending> Client::manifest(quint16 block)
{
    const Result<Done> sent = co_await core::attempt(m_session.requests().download(block, QByteArray()));
    if (!sent && isGone(sent.error()) && mayBeGone())
        co_return Ending::Leaving;
    if (!sent && isGone(sent.error()))
        co_return core::passOn(sent.error());
    const Result<Ending> ending = co_await core::attempt(awaitManifested());
    const bool isExplained = ending || ending.error().kind == ErrorKind::RefusedByDevice;
    if (!sent && !isExplained)
        co_return core::passOn(sent.error());
    co_return ending;
}

/// The end of manifestation by one report; nothing when it has to be asked for again.
std::optional<Ending> Client::endingIn(const Report &report) const
{
    const bool isAnswering =
        m_session.abilities().isManifestationTolerant || m_session.quirks().isPolledInManifest;
    if (report.state == State::Idle)
        return Ending::Idle;
    if (report.state == State::ManifestWaitReset || (report.state == State::Manifest && !isAnswering))
        return m_session.abilities().willDetach ? Ending::Leaving : Ending::WaitsForReset;
    return std::nullopt;
}

Task<Ending> Client::awaitManifested()
{
    const Milliseconds end = m_session.clock().now() + m_session.blockLimit();
    for (int round = 0;; ++round) {
        const Result<Report> report = co_await core::attempt(m_session.status());
        if (!report && mayBeGone()) // Deaf until the reset, if it has not left.
            co_return isGone(report.error()) ? Ending::Leaving : Ending::WaitsForReset;
        if (!report)
            co_return core::passOn(report.error());
        if (report->state == State::Error)
            co_await m_session.refuse(*report);
        const bool isOngoing = report->state == State::Manifest || report->state == State::ManifestSync;
        const std::optional<Ending> ending = endingIn(*report);
        if (!ending && !isOngoing) {
            co_return core::fail(ErrorKind::MalformedReply,
                                 QStringLiteral("%1 after the last block").arg(name(report->state)));
        }
        if (isOngoing)
            co_await m_session.pause(*report, round, end);
        if (ending)
            co_return *ending;
    }
}

Task<QByteArray> Client::upload(qint64 most, WriteControl control)
{
    if (!m_session.abilities().canUpload)
        co_return core::fail(ErrorKind::Unsupported, QStringLiteral("the device gives nothing back"));
    QByteArray content;
    for (quint16 block = 0; content.size() < most; ++block) {
        const core::WriteProgressed progress{.done = content.size(), .total = most};
        co_await m_session.checkpoint(control, progress);
        Result<QByteArray> piece = co_await core::attempt(m_session.take(block));
        if (!piece && content.isEmpty() && piece.error().kind == ErrorKind::RefusedByDevice)
            piece.error().reason = Reason::FlashProtected;
        if (!piece)
            co_return piece;
        content += *piece;
        if (piece->size() < m_session.abilities().transferSize)
            co_return content; // The device is idle now (USB DFU 1.1, section 6.2).
    }
    content.truncate(qsizetype(most));
    co_await m_session.makeIdle();
    co_return content;
}

Task<ReadBack> Client::compare(QByteArray firmware, WriteControl control)
{
    if (!m_session.abilities().canUpload)
        co_return ReadBack::NotPossible;
    const Result<QByteArray> content = co_await core::attempt(upload(firmware.size(), control));
    if (!content && content.error().reason == Reason::FlashProtected) {
        co_await m_session.makeIdle();
        co_return ReadBack::NotPossible;
    }
    if (!content)
        co_return core::passOn(content.error());
    if (*content != firmware) {
        co_return core::fail(ErrorKind::RefusedByDevice, Reason::ReadbackMismatch,
                             QStringLiteral("the device holds something else than was written"));
    }
    co_return ReadBack::Identical;
}

Task<Done> Client::leave(Ending ending)
{
    if (ending == Ending::Leaving)
        co_return Done{};
    if (ending == Ending::Idle && m_session.quirks().isTouchedBeforeLeaving) {
        const Result<QByteArray> touched = co_await core::attempt(m_session.take(0));
        if (!touched && isGone(touched.error()))
            co_return Done{};
    }
    if (!m_session.quirks().isDetachedToLeave)
        co_return co_await m_session.resetAway();
    const Milliseconds patience = m_session.abilities().detachTimeOut;
    const Result<Done> detached = co_await core::attempt(m_session.requests().detach(patience));
    if (!detached && !isGone(detached.error()))
        co_return core::passOn(detached.error());
    co_return Done{};
}

} // namespace dfu
