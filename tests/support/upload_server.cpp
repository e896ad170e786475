// SPDX-License-Identifier: Apache-2.0
#include "tests/support/upload_server.h"

#include "core/base/sha256.h"

#include <QCborValue>

#include <utility>

namespace testing {

namespace {

constexpr qsizetype kHeader = 8;
constexpr qsizetype kSector = 1024;

QCborMap refusal(int code)
{
    QCborMap reply;
    reply[QLatin1String("rc")] = code;
    return reply;
}

} // namespace

std::optional<QByteArray> UploadServer::handle(const QByteArray &packet)
{
    if (packet.size() > bufferSize || packet.size() < kHeader)
        return std::nullopt;
    const std::optional<QCborMap> reply = upload(QCborValue::fromCbor(packet.sliced(kHeader)).toMap());
    if (!reply)
        return std::nullopt;

    const QByteArray body = reply->toCborValue().toCbor();
    QByteArray answer = packet.first(kHeader);
    answer[0] = char(answer.at(0) + 1);
    answer[2] = char(body.size() >> 8);
    answer[3] = char(body.size() & 0xff);
    return answer + body;
}

void UploadServer::restart()
{
    m_isOpen = false;
    if (kind != Kind::Bootmend)
        m_digest.clear();
}

std::optional<QCborMap> UploadServer::upload(const QCborMap &request)
{
    const int number = ++requestCount;
    if (faults.lostRequests.contains(number) || (faults.silentFrom > 0 && number >= faults.silentFrom))
        return std::nullopt;
    if (faults.refusals.contains(number))
        return refusal(faults.refusals.value(number));
    if (number == faults.forgetsAt)
        restart();

    const QByteArray data = request[QLatin1String("data")].toByteArray();
    const qint64 offset = request[QLatin1String("off")].toInteger();
    chunkSizes.append(data.size());
    std::optional<QCborMap> reply = offset == 0 ? begin(request) : append(offset, data);
    if (faults.liesAboutOffset.contains(number))
        reply = success(faults.liesAboutOffset.value(number));
    return faults.lostAnswers.contains(number) ? std::nullopt : reply;
}

std::optional<QCborMap> UploadServer::begin(const QCborMap &request)
{
    const QByteArray data = request[QLatin1String("data")].toByteArray();
    const QByteArray digest = request[QLatin1String("sha")].toByteArray();
    if (!request[QLatin1String("len")].isInteger()
        || (faults.largestChunk > 0 && data.size() > faults.largestChunk))
        return refusal(3);
    if (kind != Kind::McubootRecovery && !m_digest.isEmpty() && digest == m_digest)
        return resume(data);

    m_digest = digest;
    m_isOpen = true;
    m_length = request[QLatin1String("len")].toInteger();
    received.clear();
    ++eraseCount;
    return append(0, data);
}

QCborMap UploadServer::resume(const QByteArray &data)
{
    if (!std::exchange(m_isOpen, true))
        received.truncate(received.size() - received.size() % kSector);
    return append(0, data); // As any chunk: it counts only where it belongs.
}

QCborMap UploadServer::append(qint64 offset, QByteArray data)
{
    if (!m_isOpen)
        return success(0);
    if (offset == received.size() && offset + data.size() <= m_length) {
        const bool isLast = offset + data.size() == m_length;
        received += isLast ? data : data.first(data.size() - data.size() % writeUnit);
    }
    return success(received.size());
}

QCborMap UploadServer::success(qint64 offset) const
{
    QCborMap reply;
    if (kind == Kind::McubootRecovery)
        reply[QLatin1String("rc")] = 0;
    reply[QLatin1String("off")] = offset;
    if (kind == Kind::Bootmend && m_isOpen && offset == m_length)
        reply[QLatin1String("match")] = core::Sha256::of(received) == m_digest;
    if (faults.match && offset == m_length)
        reply[QLatin1String("match")] = *faults.match;
    return reply;
}

} // namespace testing
