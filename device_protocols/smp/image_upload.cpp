// SPDX-License-Identifier: Apache-2.0
#include "device_protocols/smp/image_upload.h"

#include "core/base/sha256.h"
#include "device_protocols/smp/reply_fields.h"

#include <QCborStreamWriter>

#include <algorithm>

namespace smp {

using core::Done;
using core::Error;
using core::ErrorKind;
using core::Milliseconds;
using core::Reason;
using core::Result;
using core::Task;

namespace {

constexpr Command kUpload{Op::Write, Group::Image, 1};

// A whole slot is erased before the first answer: 256 sectors of 4 KiB at 85 ms (nRF52), and some to spare.
constexpr Milliseconds kFirstPatience{40'000};
// A sector's erase on external flash, and two full packets at 9600 baud (3 s).
constexpr Milliseconds kChunkPatience{5'000};
// Long enough for a server to write a packet and give its buffer back.
constexpr Milliseconds kBufferPause{100};

// Every server in the field takes in this much (Zephyr's default is 384, MCUboot's 1024).
constexpr qsizetype kSafePacket = 256;
// Beyond this a packet gains nothing, and what one lost line costs grows.
constexpr qsizetype kLargestPacket = 8192;
// The first request with 32 bytes of data: the image header, which servers want to see whole.
constexpr qsizetype kSmallestPacket = 128;
constexpr qsizetype kSmallestFirstChunk = 32;
// Servers program whole write units, up to 32 bytes (STM32H7), and hand back the rest of a chunk.
constexpr qsizetype kWriteUnit = 32;
// An empty byte string takes 1 byte of length in CBOR, one below 64 KiB takes 3.
constexpr qsizetype kLengthGrowth = 2;

// More packets under way than buffers can crash Zephyr's server; one buffer stays free for its answer.
// More than two bring nothing: the second fills the line while the first is being written.
constexpr int kLargestWindow = 2;

constexpr int kMostSilences = 4;
constexpr int kMostFruitless = 8;
constexpr int kMostSetbacks = 5;

qsizetype packetLimit(const ServerLimits &limits, int added)
{
    const qsizetype told = limits.bufferSize > 0 ? limits.bufferSize - added : kSafePacket;
    return std::clamp(told, kSmallestPacket, kLargestPacket);
}

Error atOffset(Error error, qsizetype offset)
{
    error.during.append(QStringLiteral("upload at byte %1").arg(offset));
    return error;
}

} // namespace

ImageUpload::ImageUpload(Client &client, UploadOrder order) :
    m_client(client), m_order(std::move(order)), m_fileDigest(core::Sha256::of(m_order.file)),
    m_exchange(client), m_packetLimit(packetLimit(m_order.limits, client.bytesAddedToBuffer())),
    m_window(std::clamp(m_order.limits.bufferCount - 1, 1, kLargestWindow))
{
}

Task<Done> ImageUpload::run()
{
    for (;;) {
        co_await begin();
        while (m_offset > 0 && m_offset < m_order.file.size())
            co_await advance();
        if (m_offset == m_order.file.size())
            co_return Done{};
    }
}

qsizetype ImageUpload::chunkSizeAt(qsizetype offset) const
{
    const qsizetype left = m_order.file.size() - offset;
    const qsizetype room = m_packetLimit - kHeaderSize - bodyAt(offset, 0).size() - kLengthGrowth;
    if (left <= room)
        return left;
    return std::max(room - room % kWriteUnit, kSmallestFirstChunk);
}

QByteArray ImageUpload::bodyAt(qsizetype offset, qsizetype size) const
{
    const bool isFirst = offset == 0;
    QByteArray body;
    body.reserve(m_packetLimit);
    QCborStreamWriter writer(&body);
    writer.startMap(2 + (isFirst ? 2 : 0) + (isFirst && m_order.image ? 1 : 0));
    if (isFirst && m_order.image) {
        writer.append(QLatin1String("image"));
        writer.append(quint64(*m_order.image));
    }
    if (isFirst) {
        writer.append(QLatin1String("len"));
        writer.append(quint64(m_order.file.size()));
    }
    writer.append(QLatin1String("off"));
    writer.append(quint64(offset));
    if (isFirst) {
        writer.append(QLatin1String("sha"));
        writer.append(m_fileDigest);
    }
    writer.append(QLatin1String("data"));
    writer.appendByteString(m_order.file.constData() + offset, size);
    writer.endMap();
    return body;
}

Task<Done> ImageUpload::begin()
{
    for (;;) {
        co_await stopIfAsked();
        restartWindow();
        QByteArray body = bodyAt(0, chunkSizeAt(0));
        co_await m_exchange.send(kUpload, std::move(body));
        const Result<Answer> answer = co_await core::attempt(m_exchange.next(kFirstPatience));
        if (answer && answer->body) {
            m_silences = 0;
            co_return take(*answer->body);
        }
        co_await adaptFirst(answer ? answer->body.error() : answer.error());
    }
}

Task<Done> ImageUpload::adaptFirst(Error error)
{
    if (isRefusal(error, GenericCode::NoMemory))
        co_return co_await pauseForBuffers(std::move(error));
    if (isRefusal(error, GenericCode::InvalidValue) && m_packetLimit > kSmallestPacket) {
        // Some servers take less in one request than their buffer holds, and say only "invalid".
        m_packetLimit = std::max(m_packetLimit / 2, kSmallestPacket);
        co_return Done{};
    }
    // One line lost to noise is worth a second request; a second silence is the server's.
    if (error.kind == ErrorKind::TimedOut && ++m_silences < 2)
        co_return Done{};
    co_return tl::unexpected(atOffset(std::move(error), 0));
}

Task<Done> ImageUpload::advance()
{
    co_await stopIfAsked();
    if (m_isDraining && m_underWay.isEmpty())
        restartWindow();
    while (hasRoom())
        co_await sendNext();

    Result<Answer> answer = co_await core::attempt(m_exchange.next(kChunkPatience));
    if (!answer)
        co_return startOver(answer.error());

    m_silences = 0;
    const qsizetype expected = takeOff(answer->sequence);
    if (!answer->body) {
        m_isDraining = true;
        co_return co_await pauseForBuffers(std::move(answer->body.error()));
    }
    Result<Done> taken = take(*answer->body);
    if (m_offset != expected)
        m_isDraining = true;
    co_return taken;
}

bool ImageUpload::hasRoom() const
{
    return !m_isDraining && m_underWay.size() < m_window && m_next < m_order.file.size();
}

Task<Done> ImageUpload::sendNext()
{
    const qsizetype size = chunkSizeAt(m_next);
    QByteArray body = bodyAt(m_next, size);
    m_next += size;
    const qsizetype end = m_next;
    const quint8 sequence = co_await m_exchange.send(kUpload, std::move(body));
    m_underWay.append({sequence, end});
    co_return Done{};
}

/// Answers come in the order of the requests: what was sent before this one and not answered was lost.
qsizetype ImageUpload::takeOff(quint8 sequence)
{
    while (!m_underWay.isEmpty()) {
        const Packet packet = m_underWay.takeFirst();
        if (packet.sequence == sequence)
            return packet.end;
    }
    return m_offset;
}

void ImageUpload::restartWindow()
{
    m_exchange.forgetAll();
    m_underWay.clear();
    m_isDraining = false;
    m_next = m_offset;
}

Result<Done> ImageUpload::startOver(const Error &silence)
{
    if (silence.kind != ErrorKind::TimedOut || ++m_silences >= kMostSilences)
        return tl::unexpected(atOffset(silence, m_offset));
    m_window = 1; // Perhaps the server lost what came while it was busy.
    restartWindow();
    return Done{};
}

Task<Done> ImageUpload::pauseForBuffers(Error error)
{
    if (!isRefusal(error, GenericCode::NoMemory))
        co_return tl::unexpected(atOffset(std::move(error), m_offset));
    m_window = 1;
    co_await countFruitless(std::move(error));
    co_return co_await core::after(kBufferPause, m_client.clock());
}

Result<Done> ImageUpload::take(const QCborMap &reply)
{
    ReplyFields fields(reply, QStringLiteral("upload answer"));
    const auto offset = fields.number<quint32>(QLatin1String("off"));
    const bool isMatch = fields.flagOr(QLatin1String("match"), true);
    if (offset > m_order.file.size())
        fields.complain(QLatin1String("off"), QStringLiteral("lies behind the end of the file"));
    const Result<Done> read = fields.result(Done{});
    if (!read)
        return tl::unexpected(atOffset(read.error(), m_offset));
    if (!isMatch)
        return core::fail(ErrorKind::RefusedByDevice, Reason::HashMismatch,
                          QStringLiteral("the device finds that it holds another file than was sent"));
    return goOnAt(offset);
}

Result<Done> ImageUpload::goOnAt(qsizetype offset)
{
    const qsizetype before = std::exchange(m_offset, offset);
    if (m_underWay.isEmpty())
        m_next = offset;
    if (m_order.control.onProgress)
        m_order.control.onProgress(m_offset, m_order.file.size());
    if (offset > before) {
        m_fruitless = 0;
        return Done{};
    }
    Error error{ErrorKind::RefusedByDevice,
                QStringLiteral("the device stays at byte %1 of the upload").arg(offset), Reason::WriteFailed};
    if (offset < before && ++m_setbacks > kMostSetbacks)
        return tl::unexpected(std::move(error));
    return countFruitless(std::move(error));
}

Result<Done> ImageUpload::countFruitless(Error why)
{
    if (++m_fruitless >= kMostFruitless)
        return tl::unexpected(atOffset(std::move(why), m_offset));
    return Done{};
}

Result<Done> ImageUpload::stopIfAsked() const
{
    if (m_order.control.stop && m_order.control.stop->isRaised())
        return core::fail(ErrorKind::Cancelled, Reason::Cancelled,
                          QStringLiteral("stopped after %1 bytes").arg(m_offset));
    return Done{};
}

} // namespace smp
