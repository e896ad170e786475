// SPDX-License-Identifier: Apache-2.0
#include "tests/support/served_unit.h"

#include <QCborValue>
#include <QCryptographicHash>

namespace testing {

namespace {

constexpr char kSequence = 42;

int lastReset = -1;
QByteArray framedLines;

void keepReset(uint32_t bootMode)
{
    lastReset = int(bootMode);
}

void keepLine(const uint8_t *line, size_t length)
{
    framedLines.append(reinterpret_cast<const char *>(line), qsizetype(length));
}

QByteArrayList packetsIn(const QByteArray &bytes)
{
    QByteArrayList packets;
    const auto decoder = std::make_unique<smp_decoder>();
    smp_decoder_init(decoder.get());
    for (const char byte : bytes) {
        if (smp_decoder_take(decoder.get(), uint8_t(byte))) {
            packets.append(QByteArray(reinterpret_cast<const char *>(decoder->packet),
                                      qsizetype(decoder->packet_length)));
        }
    }
    return packets;
}

} // namespace

ServedUnit::ServedUnit(SimulatedUnit &unit, health_checks health) : m_unit(unit), m_health(health)
{
    boot();
}

void ServedUnit::boot(bm_reset_reason reason)
{
    lastReset = -1;
    m_boot = std::make_unique<SimulatedBoot>(m_unit, reason);
    m_services = *m_boot->services;
    m_services.reset = keepReset;
    smp_server_init(m_server.get(), &m_services);
    if (m_health != nullptr) {
        smp_server_show_health(m_server.get(), m_health);
    }
}

QByteArray ServedUnit::framed(const QByteArray &packet)
{
    framedLines.clear();
    QByteArray stream = QByteArray(SMP_STREAM_HEAD, '\0') + packet + QByteArray(SMP_STREAM_TAIL, '\0');
    smp_frame_send(reinterpret_cast<uint8_t *>(stream.data()), size_t(packet.size()), keepLine);
    return framedLines;
}

QByteArrayList ServedUnit::exchange(const QByteArray &bytes)
{
    m_unit.received = bytes;
    m_unit.sent.clear();
    smp_server_poll(m_server.get());
    return packetsIn(m_unit.sent);
}

QByteArray ServedUnit::packet(int operation, int group, int command, const QByteArray &payload, int version)
{
    QByteArray bytes;
    bytes.append(char(version << 3 | operation)).append('\0');
    bytes.append(char(payload.size() >> 8)).append(char(payload.size()));
    bytes.append(char(group >> 8)).append(char(group));
    bytes.append(kSequence).append(char(command));
    return bytes + payload;
}

std::optional<QCborMap> ServedUnit::ask(int operation, int group, int command, const QCborMap &request,
                                        int version)
{
    const QByteArray sent = packet(operation, group, command, request.toCborValue().toCbor(), version);
    const QByteArrayList answers = exchange(framed(sent));
    if (answers.size() != 1) {
        return std::nullopt;
    }
    const QByteArray &answer = answers.first();
    const QByteArray header = packet(operation + 1, group, command, answer.mid(8), version).first(8);
    QCborParserError error;
    const QCborValue map = QCborValue::fromCbor(answer.mid(8), &error);
    if (answer.first(8) != header || error.error != QCborError::NoError || !map.isMap()) {
        return std::nullopt;
    }
    return map.toMap();
}

QCborMap ServedUnit::upload(const QByteArray &image, qsizetype chunkSize)
{
    QCborMap answer;
    qint64 offset = 0;
    while (offset < image.size()) {
        QCborMap request = {{QStringLiteral("off"), offset},
                            {QStringLiteral("data"), image.mid(offset, chunkSize)}};
        if (offset == 0) {
            request.insert(QStringLiteral("len"), image.size());
            request.insert(QStringLiteral("sha"),
                           QCryptographicHash::hash(image, QCryptographicHash::Sha256));
        }
        answer = ask(2, 1, 1, request).value_or(QCborMap());
        const qint64 next = answer.value(QStringLiteral("off")).toInteger(-1);
        if (next <= offset) {
            return answer;
        }
        offset = next;
    }
    return answer;
}

std::optional<int> ServedUnit::takeReset()
{
    const int mode = lastReset;
    lastReset = -1;
    return mode < 0 ? std::nullopt : std::optional(mode);
}

} // namespace testing
