// SPDX-License-Identifier: Apache-2.0
#include "device_protocols/smp/image_upload.h"

#include "core/base/sha256.h"
#include "device_protocols/smp/os_commands.h"
#include "device_protocols/smp/reply_fields.h"

#include <QtEndian>

#include <algorithm>
#include <array>

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
// Short slots are erased by then; the answer to an echo tells the others from those that got no request.
constexpr Milliseconds kEchoAfter{3'000};
// A sector's erase on external flash; the time on the line comes on top where it is known, and is below 2 s
// on links without a speed of their own.
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
// Servers program whole write units, up to 32 bytes (STM32H7), and hand back the rest of a chunk. Larger ones
// are learnt from what a server hands back, up to a page of external flash.
constexpr qsizetype kUsualWriteUnit = 32;
constexpr qsizetype kLargestWriteUnit = 256;
// The length of a byte string below 64 KiB, with its type: at most.
constexpr qsizetype kDataHead = 3;

// Answers to more than this would arrive under numbers that are used again soon, and no link is that long.
constexpr int kLargestWindow = 16;

constexpr int kMostSilences = 4;
constexpr int kMostFirstSilences = 2;
constexpr int kMostFruitless = 8;
constexpr int kMostSetbacks = 5;

/// Of the server and of the link: a datagram is no larger than the network carries.
qsizetype packetLimit(const ServerLimits &limits, const Client &client)
{
    const qsizetype told =
        limits.bufferSize > 0 ? limits.bufferSize - client.bytesAddedToBuffer() : kSafePacket;
    return std::clamp(std::min<qsizetype>(told, client.largestPacket()), kSmallestPacket, kLargestPacket);
}

/// More packets under way than buffers can crash Zephyr's server; one buffer stays free for its answer.
int mostUnderWay(const ServerLimits &limits)
{
    return std::clamp(limits.bufferCount - 1, 1, kLargestWindow);
}

// RFC 8949, section 3: major types, and the additional information of a head with 1, 2 or 4 bytes behind it.
enum class Cbor : quint8 { Number = 0x00, Bytes = 0x40, Text = 0x60, Map = 0xa0 };
constexpr quint32 kInTheHead = 24;

/// Qt's writer goes through an QIODevice for each of these, which shows in the rate of a fast link.
void appendHead(QByteArray &to, Cbor type, quint32 value)
{
    const auto start = quint8(type);
    if (value < kInTheHead) {
        to += char(start + value);
        return;
    }
    std::array<char, 4> bytes{};
    qToBigEndian(value, bytes.data());
    const int size = value <= 0xff ? 1 : value <= 0xffff ? 2 : 4;
    to += char(start + (size == 1 ? 24 : size == 2 ? 25 : 26));
    to.append(bytes.data() + bytes.size() - size, size);
}

void appendKey(QByteArray &to, QByteArrayView key)
{
    appendHead(to, Cbor::Text, quint32(key.size()));
    to.append(key);
}

void appendNumber(QByteArray &to, QByteArrayView key, qsizetype value)
{
    appendKey(to, key);
    appendHead(to, Cbor::Number, quint32(value));
}

Error atOffset(Error error, qsizetype offset)
{
    error.during.append(QStringLiteral("upload at byte %1").arg(offset));
    return error;
}

} // namespace

ImageUpload::ImageUpload(Client &client, UploadOrder order) :
    m_client(client), m_order(std::move(order)), m_fileDigest(core::Sha256::of(m_order.file)),
    m_exchange(client), m_packetLimit(packetLimit(m_order.limits, client)), m_writeUnit(kUsualWriteUnit),
    m_pace({.mostUnderWay = mostUnderWay(m_order.limits), .turnAround = m_order.turnAround})
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
    const qsizetype room = m_packetLimit - kHeaderSize - fieldsAt(offset).size() - kDataHead;
    if (left <= room)
        return left;
    const qsizetype toUnit = room - (offset + room) % m_writeUnit;
    return std::max(toUnit > 0 ? toUnit : room, kSmallestFirstChunk);
}

/// All of the map but the bytes of the file and its end.
QByteArray ImageUpload::fieldsAt(qsizetype offset) const
{
    const bool isFirst = offset == 0;
    QByteArray fields;
    fields.reserve(m_packetLimit);
    appendHead(fields, Cbor::Map, 2 + (isFirst ? 2 : 0) + (isFirst && m_order.image ? 1 : 0));
    if (isFirst && m_order.image)
        appendNumber(fields, "image", *m_order.image);
    if (isFirst)
        appendNumber(fields, "len", m_order.file.size());
    appendNumber(fields, "off", offset);
    if (isFirst) {
        appendKey(fields, "sha");
        appendHead(fields, Cbor::Bytes, quint32(m_fileDigest.size()));
        fields += m_fileDigest;
    }
    appendKey(fields, "data");
    return fields;
}

QByteArray ImageUpload::bodyAt(qsizetype offset, qsizetype size) const
{
    QByteArray body = fieldsAt(offset);
    appendHead(body, Cbor::Bytes, quint32(size));
    body.append(m_order.file.constData() + offset, size);
    return body;
}

Task<Done> ImageUpload::begin()
{
    for (;;) {
        co_await stopIfAsked();
        restartWindow();
        QByteArray body = bodyAt(0, chunkSizeAt(0));
        co_await m_exchange.send(kUpload, std::move(body));
        const Result<Answer> answer = co_await core::attempt(firstAnswer());
        m_exchange.forgetAll();
        if (answer && answer->body) {
            m_silences = 0;
            co_await takeFirst(*answer->body);
            if (isProven())
                co_return Done{};
            continue;
        }
        co_await adaptFirst(answer ? answer->body.error() : answer.error());
    }
}

/// A server that erases answers nothing. One that answers an echo meanwhile does not know of the request, or
/// its answer was lost: both need not be waited for.
Task<Answer> ImageUpload::firstAnswer()
{
    if (mostUnderWay(m_order.limits) < 2)
        co_return co_await m_exchange.next(kFirstPatience);
    Result<Answer> answer = co_await core::attempt(m_exchange.next(kEchoAfter));
    if (answer || answer.error().kind != ErrorKind::TimedOut)
        co_return std::move(answer);

    QByteArray body = toMap(Echo{}).toCborValue().toCbor();
    const quint8 echo = co_await m_exchange.send(Echo::kCommand, std::move(body));
    Answer late = co_await m_exchange.next(kFirstPatience - kEchoAfter);
    m_answersEcho = late.sequence == echo;
    if (m_answersEcho)
        co_return core::fail(ErrorKind::TimedOut, QStringLiteral("the first request got lost"));
    co_return std::move(late);
}

/// That all is there already, though only a beginning was sent, takes two answers: one could be left over in
/// an adapter from an upload before the link was cut.
bool ImageUpload::isProven()
{
    const bool isClaimed = m_offset == m_order.file.size() && m_offset > chunkSizeAt(0);
    return std::exchange(m_isClaimedWhole, isClaimed) || !isClaimed;
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
    // One request lost to noise is worth a second; a second silence is the server's, unless it talks.
    const int mostSilences = std::exchange(m_answersEcho, false) ? kMostSilences : kMostFirstSilences;
    if (error.kind == ErrorKind::TimedOut && ++m_silences < mostSilences)
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

    Result<Answer> answer = co_await core::attempt(m_exchange.next(patience()));
    if (!answer)
        co_return startOver(answer.error());

    m_silences = 0;
    const Packet packet = takeOff(answer->sequence);
    if (answer->body)
        co_return take(*answer->body, packet);
    m_isDraining = true;
    co_return co_await pauseForBuffers(std::move(answer->body.error()));
}

bool ImageUpload::hasRoom() const
{
    return !m_isDraining && m_underWay.size() < m_pace.window() && m_next < m_order.file.size();
}

/// What is under way has to get through the line first, when that takes longer than the device does.
Milliseconds ImageUpload::patience() const
{
    UploadPace::Microseconds onLine{0};
    for (const Packet &packet : m_underWay)
        onLine += packet.onLine.value_or(UploadPace::Microseconds(0));
    return kChunkPatience + std::chrono::ceil<Milliseconds>(onLine);
}

Task<Done> ImageUpload::sendNext()
{
    const qsizetype size = chunkSizeAt(m_next);
    QByteArray body = bodyAt(m_next, size);
    m_next += size;
    m_furthest = std::max(m_furthest, m_next);
    Packet packet{0, m_next - size, m_next, m_client.timeOnLine(kHeaderSize + body.size())};
    packet.sequence = co_await m_exchange.send(kUpload, std::move(body));
    m_underWay.append(packet);
    co_return Done{};
}

/// Answers come in the order of the requests: what was sent before this one and not answered was lost.
ImageUpload::Packet ImageUpload::takeOff(quint8 sequence)
{
    while (!m_underWay.isEmpty()) {
        const Packet packet = m_underWay.takeFirst();
        if (packet.sequence == sequence)
            return packet;
    }
    return {sequence, m_offset, m_offset, {}};
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
    m_pace.fellSilent(); // Perhaps the server lost what came while it was busy.
    restartWindow();
    return Done{};
}

Task<Done> ImageUpload::pauseForBuffers(Error error)
{
    if (!isRefusal(error, GenericCode::NoMemory))
        co_return tl::unexpected(atOffset(std::move(error), m_offset));
    m_pace.fellSilent();
    co_await countFruitless(std::move(error));
    co_return co_await core::after(kBufferPause, m_client.clock());
}

Result<qsizetype> ImageUpload::offsetIn(const QCborMap &reply) const
{
    ReplyFields fields(reply, QStringLiteral("upload answer"));
    const qsizetype offset = fields.number<quint32>(QLatin1String("off"));
    const bool isMatch = fields.flagOr(QLatin1String("match"), true);
    if (offset > m_order.file.size())
        fields.complain(QLatin1String("off"), QStringLiteral("lies behind the end of the file"));
    const Result<qsizetype> read = fields.result(offset);
    if (!read)
        return tl::unexpected(atOffset(read.error(), m_offset));
    if (!isMatch)
        return core::fail(ErrorKind::RefusedByDevice, Reason::HashMismatch,
                          QStringLiteral("the device finds that it holds another file than was sent"));
    return read;
}

/// The answer to offset 0 names any offset: the server may know the file already.
Result<Done> ImageUpload::takeFirst(const QCborMap &reply)
{
    const Result<qsizetype> offset = offsetIn(reply);
    if (!offset)
        return core::passOn(offset.error());
    m_furthest = std::max(m_furthest, *offset);
    Result<Done> taken = goOnAt(*offset);
    m_pace.taken(m_client.clock().now(), 0, UploadPace::Microseconds(0));
    return taken;
}

Result<Done> ImageUpload::take(const QCborMap &reply, const Packet &packet)
{
    const Result<qsizetype> offset = offsetIn(reply);
    if (!offset)
        return core::passOn(offset.error());
    if (*offset > m_furthest) { // Not of this upload; what the server has is to be asked anew.
        m_offset = 0;
        return countSetback({ErrorKind::MalformedReply,
                             QStringLiteral("the device claims bytes that it was not sent"),
                             Reason::WriteFailed});
    }
    if (*offset == packet.end) {
        m_pace.taken(m_client.clock().now(), *offset - m_offset, packet.onLine);
        return goOnAt(*offset);
    }
    learnWriteUnit(*offset, packet);
    m_pace.stumbled();
    // One loss is answered once for each packet that was sent behind it; the first answer tells all.
    const bool isTold = std::exchange(m_isDraining, true) && *offset == m_offset;
    return isTold ? Done{} : goOnAt(*offset);
}

/// A server that takes a part of a packet programs in larger units than it was given; the next ones end where
/// its units do.
void ImageUpload::learnWriteUnit(qsizetype offset, const Packet &packet)
{
    const bool isCut = offset > packet.begin && offset < packet.end;
    while (isCut && packet.end % m_writeUnit == 0 && m_writeUnit < kLargestWriteUnit
           && offset % (2 * m_writeUnit) == 0)
        m_writeUnit *= 2;
}

void ImageUpload::report() const
{
    if (m_order.control.onProgress)
        m_order.control.onProgress(
            {m_offset, m_order.file.size(), m_pace.bytesPerSecond(), m_pace.limitedBy()});
}

Result<Done> ImageUpload::goOnAt(qsizetype offset)
{
    const qsizetype before = std::exchange(m_offset, offset);
    if (m_underWay.isEmpty())
        m_next = offset;
    report();
    if (offset > before) {
        m_fruitless = 0;
        return Done{};
    }
    Error error{ErrorKind::RefusedByDevice,
                QStringLiteral("the device stays at byte %1 of the upload").arg(offset), Reason::WriteFailed};
    return offset < before ? countSetback(std::move(error)) : countFruitless(std::move(error));
}

Result<Done> ImageUpload::countSetback(Error why)
{
    if (++m_setbacks > kMostSetbacks)
        return tl::unexpected(atOffset(std::move(why), m_offset));
    return countFruitless(std::move(why));
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
