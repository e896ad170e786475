// SPDX-License-Identifier: Apache-2.0
#include "device_protocols/dfu/dfuse_client.h"

#include "device_protocols/dfu/dfu_patience.h"

#include <QtEndian>

#include <algorithm>
#include <array>

namespace dfu {

using core::Done;
using core::Error;
using core::ErrorKind;
using core::FirmwareSegment;
using core::Milliseconds;
using core::Reason;
using core::Result;
using core::Task;
using core::WriteControl;
using core::WriteProgressed;

namespace {

// AN3156, "DFU_DNLOAD request commands": commands are blocks of the number 0.
constexpr quint16 kCommandBlock = 0;
constexpr char kSetPointer = 0x21;
constexpr char kErase = 0x41;
constexpr char kReadUnprotect = char(0x92);
// Data begins at the block number 2; its place is the pointer and (number - 2) times the transfer size.
constexpr quint16 kFirstDataBlock = 2;
constexpr quint16 kLastDataBlock = 0xffff;
constexpr quint16 kPointerToSet = 0; // in place of a number of a block

constexpr int kLeaveQuestions = 2;

QByteArray withAddress(char command, quint32 address)
{
    std::array<char, 4> raw;
    qToLittleEndian(address, raw.data());
    return QByteArray(1, command) + QByteArray(raw.data(), raw.size());
}

/// A protected chip says that the target is not for it, or that it is a matter of the vendor.
Error explained(Error error)
{
    const bool isProtected = error.deviceCode == core::DeviceCode{kStatusGroup, int(Status::Vendor)}
        || error.deviceCode == core::DeviceCode{kStatusGroup, int(Status::Target)};
    if (isProtected)
        error.reason = Reason::FlashProtected;
    return error;
}

tl::unexpected<Error> needsConsent(const char *what)
{
    return core::fail(ErrorKind::NotAllowedNow, Reason::NeedsConsent, QLatin1String(what));
}

} // namespace

Task<Done> DfuSeClient::command(QByteArray bytes, Milliseconds longest)
{
    const Result<Done> given =
        co_await core::attempt(m_session.giveNext(kCommandBlock, std::move(bytes), longest));
    if (!given)
        co_return core::passOn(explained(given.error()));
    co_return Done{};
}

Task<Done> DfuSeClient::setPointer(qint64 address)
{
    return command(withAddress(kSetPointer, quint32(address)), m_session.blockLimit());
}

Task<QByteArray> DfuSeClient::commands()
{
    const QByteArray known = co_await m_session.take(kCommandBlock);
    co_await m_session.makeIdle();
    co_return known;
}

/// The number of the next block; 0 when the pointer has to be set anew before it.
quint16 DfuSeClient::following(quint16 block) const
{
    const bool isComputable = m_session.abilities().isTransferSizeItsOwn;
    return isComputable && block < kLastDataBlock ? quint16(block + 1) : kPointerToSet;
}

Task<Done> DfuSeClient::erase(QList<Sector> sectors, WriteProgressed progress, WriteControl control)
{
    for (const Sector &sector : sectors) {
        co_await m_session.checkpoint(control, progress);
        co_await command(withAddress(kErase, sector.address), m_session.blockLimit());
    }
    co_return Done{};
}

/// Leaving: the chip has reset itself at the last block, as it does when it takes over option bytes.
Task<Ending> DfuSeClient::writeSegment(FirmwareSegment segment, WriteProgressed progress,
                                       WriteControl control)
{
    const qsizetype size = m_session.abilities().transferSize;
    quint16 block = kPointerToSet;
    for (qsizetype offset = 0; offset < segment.bytes.size(); offset += size) {
        WriteProgressed now = progress;
        now.done += offset;
        co_await m_session.checkpoint(control, now);
        if (block == kPointerToSet) {
            co_await setPointer(segment.address + offset);
            block = kFirstDataBlock;
        }
        const Result<Done> given = co_await core::attempt(
            m_session.giveNext(block, segment.bytes.mid(offset, size), m_session.blockLimit()));
        const bool isLast = offset + size >= segment.bytes.size();
        if (!given && isLast && isGone(given.error()) && m_layout.kind() == MemoryKind::OptionBytes)
            co_return Ending::Leaving;
        if (!given)
            co_return core::passOn(explained(given.error()));
        block = following(block);
    }
    co_return Ending::Idle;
}

Task<Ending> DfuSeClient::write(WriteOrder order)
{
    const WritePlan plan = co_await planWrite(m_layout, order.segments, order.consent);
    WriteProgressed progress{.done = 0, .total = plan.bytes};
    co_await erase(plan.erased, progress, order.control);
    Ending ending = Ending::Idle;
    for (const FirmwareSegment &segment : order.segments) {
        ending = co_await writeSegment(segment, progress, order.control);
        progress.done += segment.bytes.size();
    }
    if (ending == Ending::Leaving)
        co_return ending;
    co_await m_session.checkpoint(order.control, progress);
    co_await m_session.makeIdle();
    co_return Ending::Idle;
}

/// AN3156, "Read memory": the pointer is set by a download, which does not begin behind an upload, and an
/// upload begins in dfuIDLE.
Task<Done> DfuSeClient::startReading(qint64 address)
{
    co_await m_session.makeIdle();
    co_await setPointer(address);
    co_return co_await m_session.makeIdle();
}

Task<QByteArray> DfuSeClient::read(quint32 address, qint64 size, WriteControl control)
{
    co_await checkReadable(m_layout, address, size);
    QByteArray content;
    quint16 block = kPointerToSet;
    while (content.size() < size) {
        const WriteProgressed progress{.done = content.size(), .total = size};
        co_await m_session.checkpoint(control, progress);
        if (block == kPointerToSet) {
            co_await startReading(address + content.size());
            block = kFirstDataBlock;
        }
        const qint64 wanted = std::min<qint64>(m_session.abilities().transferSize, size - content.size());
        Result<QByteArray> piece = co_await core::attempt(m_session.take(block, quint16(wanted)));
        if (!piece && content.isEmpty() && usb::isStall(piece.error()))
            piece.error().reason = Reason::FlashProtected;
        if (!piece)
            co_return core::passOn(explained(piece.error()));
        if (piece->size() != wanted) {
            co_return core::fail(ErrorKind::MalformedReply,
                                 QStringLiteral("%1 bytes at %2 and not %3")
                                     .arg(piece->size())
                                     .arg(core::addressText(address + content.size()))
                                     .arg(wanted));
        }
        content += *piece;
        block = following(block);
    }
    co_await m_session.makeIdle();
    co_return content;
}

Task<ReadBack> DfuSeClient::compare(core::FirmwareSegments segments, WriteControl control)
{
    if (!m_session.abilities().canUpload)
        co_return ReadBack::NotPossible;
    for (const FirmwareSegment &segment : segments) {
        const Result<QByteArray> content =
            co_await core::attempt(read(segment.address, segment.bytes.size(), control));
        const bool isUnreadable = !content
            && (content.error().kind == ErrorKind::Unsupported
                || content.error().reason == Reason::FlashProtected);
        if (isUnreadable) {
            co_await m_session.makeIdle();
            co_return ReadBack::NotPossible;
        }
        if (!content)
            co_return core::passOn(content.error());
        if (*content != segment.bytes) {
            co_return core::fail(ErrorKind::RefusedByDevice, Reason::ReadbackMismatch,
                                 QStringLiteral("the memory from %1 on holds something else than was written")
                                     .arg(core::addressText(segment.address)));
        }
    }
    co_return ReadBack::Identical;
}

/// AN3156, "Leave DFU mode": an empty block behind a pointer; the question for the status starts it. The
/// device may vanish at either, with a stall or without an answer.
Task<Ending> DfuSeClient::leave(quint32 address)
{
    const core::DfuQuirks &quirks = m_session.quirks();
    co_await setPointer(quirks.leaveAddress.value_or(address));
    const Milliseconds end = m_session.clock().now() + m_session.blockLimit();
    const Result<Done> sent =
        co_await core::attempt(m_session.requests().download(quirks.leaveBlock, QByteArray()));
    for (int round = 0; round < kLeaveQuestions; ++round) {
        const Result<Report> report = co_await core::attempt(m_session.requests().status());
        if (!report)
            co_return Ending::Leaving;
        if (report->state == State::Error)
            co_await m_session.refuse(*report);
        const bool isHere = report->state == State::Idle || report->state == State::DownloadIdle;
        if (isHere && !sent)
            co_return core::passOn(sent.error());
        if (isHere)
            co_return Ending::Idle;
        co_await m_session.pause(*report, round, end);
    }
    co_return Ending::Leaving;
}

Task<Done> DfuSeClient::eraseAll(Consent consent)
{
    if (consent == Consent::NotGiven)
        co_return needsConsent("erasing the whole chip");
    co_await command(QByteArray(1, kErase), kChipLimit);
    co_return co_await m_session.makeIdle();
}

Task<Ending> DfuSeClient::removeProtection(Consent consent)
{
    if (consent == Consent::NotGiven)
        co_return needsConsent("taking off the protection erases the whole chip");
    const Result<Done> given = co_await core::attempt(command(QByteArray(1, kReadUnprotect), kChipLimit));
    if (!given && isGone(given.error()))
        co_return Ending::Leaving;
    if (!given)
        co_return core::passOn(given.error());
    co_return Ending::Idle;
}

} // namespace dfu
