// SPDX-License-Identifier: Apache-2.0
#include "tests/support/mcumgr_unit.h"

#include <QCborArray>
#include <QtEndian>

namespace testing {

using core::Done;
using core::ErrorKind;
using core::Task;

namespace {

constexpr qsizetype kHeader = 8;
constexpr qint64 kSlotSize = 0x38000;

QCborMap refusal(int code)
{
    QCborMap reply;
    reply[QLatin1String("rc")] = code;
    return reply;
}

QCborMap entry(int slot, const McumgrUnit::Image &image, bool isActive)
{
    QCborMap fields;
    fields[QLatin1String("slot")] = slot;
    fields[QLatin1String("version")] = image.version;
    fields[QLatin1String("hash")] = image.hash;
    fields[QLatin1String("bootable")] = true;
    fields[QLatin1String("active")] = isActive;
    fields[QLatin1String("confirmed")] = image.isConfirmed;
    fields[QLatin1String("pending")] = image.isPending;
    return fields;
}

QCborMap slotSizes()
{
    QCborArray list;
    for (int slot = 0; slot < 2; ++slot) {
        QCborMap fields;
        fields[QLatin1String("slot")] = slot;
        fields[QLatin1String("size")] = kSlotSize;
        list.append(fields);
    }
    QCborMap image;
    image[QLatin1String("image")] = 0;
    image[QLatin1String("slots")] = list;
    QCborMap reply;
    reply[QLatin1String("images")] = QCborArray{image};
    return reply;
}

} // namespace

/// Alive as long as no younger line was opened and the unit has not dropped it.
class McumgrLine final : public transport::FrameChannel
{
public:
    explicit McumgrLine(McumgrUnit &unit) : m_unit(unit) { }

    Task<Done> open() override
    {
        m_incoming.clear();
        if (m_unit.dropsLineAtReset && m_unit.m_clock.now() < m_unit.m_awayUntil)
            co_return core::fail(ErrorKind::Disconnected, QStringLiteral("the port is not there"));
        m_age = ++m_unit.m_lineAge;
        co_return Done{};
    }

    Task<Done> send(QByteArray frame) override
    {
        if (m_age != m_unit.m_lineAge)
            co_return core::fail(ErrorKind::Disconnected, QStringLiteral("the port is gone"));
        const auto reply = m_unit.handle(frame);
        if (m_age != m_unit.m_lineAge)
            m_incoming.put(core::fail(ErrorKind::Disconnected, QStringLiteral("the port went")));
        else if (reply)
            m_incoming.put(*reply);
        co_return Done{};
    }

    Task<QByteArray> receive() override { return m_incoming.next(); }
    void close() override { m_incoming.clear(); }

private:
    McumgrUnit &m_unit;
    quint32 m_age = 0;
    core::Mailbox<QByteArray> m_incoming;
};

std::unique_ptr<transport::FrameChannel> McumgrUnit::connectLine()
{
    return std::make_unique<McumgrLine>(*this);
}

std::optional<QByteArray> McumgrUnit::handle(const QByteArray &packet)
{
    restartIfDue();
    if (m_clock.now() < m_awayUntil || packet.size() < kHeader)
        return std::nullopt;
    const int op = packet.at(0) & 7;
    const int group = qFromBigEndian<quint16>(packet.constData() + 4);
    const int command = uchar(packet.at(7));
    if (group == 1 && command == 1) {
        const auto reply = uploads.handle(packet);
        (isInSerialRecovery ? primary : secondary) = arriving;
        return reply;
    }
    const bool isReset = group == 0 && command == 5;
    const QCborMap fields = answer(op, group, command, QCborValue::fromCbor(packet.sliced(kHeader)).toMap());
    if (isReset && losesResetAnswer)
        return std::nullopt;

    const QByteArray body = fields.toCborValue().toCbor();
    QByteArray reply = packet.first(kHeader);
    reply[0] = char(reply.at(0) + 1);
    qToBigEndian(quint16(body.size()), reply.data() + 2);
    return reply + body;
}

QCborMap McumgrUnit::answer(int op, int group, int command, const QCborMap &request)
{
    QCborMap reply;
    if (group == 64 && command == 0 && bootCount)
        return bootState();
    if (group == 64 && command == 2 && !deviceId.isEmpty())
        return identity();
    if (group == 1 && command == 0)
        return op == 0 ? listImages() : writeState(request);
    if (group == 1 && command == 6 && !lacking.contains(QStringLiteral("slots")))
        return slotSizes();
    if (group == 0 && command == 0 && !lacking.contains(QStringLiteral("echo"))) {
        reply[QLatin1String("r")] = request[QLatin1String("d")];
        return reply;
    }
    if (group == 0 && command == 5) {
        reset(request);
        return reply;
    }
    if (group == 0 && command == 6 && !lacking.contains(QStringLiteral("parameters"))) {
        reply[QLatin1String("buf_size")] = 384;
        reply[QLatin1String("buf_count")] = 4;
        return reply;
    }
    if (group == 0 && command == 8 && !lacking.contains(QStringLiteral("bootloader"))) {
        if (request.isEmpty())
            reply[QLatin1String("bootloader")] = QLatin1String("MCUboot");
        else
            reply[QLatin1String("mode")] = 3;
        return reply;
    }
    return refusal(8);
}

QCborMap McumgrUnit::listImages() const
{
    QCborArray list;
    if (primary)
        list.append(entry(0, *primary, !isInSerialRecovery));
    if (secondary)
        list.append(entry(1, *secondary, false));
    QCborMap reply;
    reply[QLatin1String("images")] = list;
    return reply;
}

QCborMap McumgrUnit::writeState(const QCborMap &request)
{
    if (isInSerialRecovery)
        return refusal(8);
    const QByteArray hash = request[QLatin1String("hash")].toByteArray();
    const bool isConfirmation = request[QLatin1String("confirm")].toBool();
    if (primary && isConfirmation && (hash.isEmpty() || hash == primary->hash))
        primary->isConfirmed = true;
    else if (secondary && hash == secondary->hash)
        secondary->isPending = true;
    else
        return refusal(5);
    return listImages();
}

void McumgrUnit::reset(const QCborMap &request)
{
    ++resets;
    bootMode = int(request[QLatin1String("boot_mode")].toInteger());
    if (ignoresReset)
        return;
    m_restartsAt = m_clock.now() + goesOnFor;
    if (dropsLineAtReset)
        ++m_lineAge;
    if (goesOnFor.count() == 0)
        restartIfDue();
}

void McumgrUnit::restartIfDue()
{
    if (!m_restartsAt || m_clock.now() < *m_restartsAt)
        return;
    m_awayUntil = *std::exchange(m_restartsAt, std::nullopt) + bootTime;
    if (bootCount)
        ++*bootCount;
    boot();
}

QCborMap McumgrUnit::bootState() const
{
    QCborMap reply;
    reply[QLatin1String("stage")] = QLatin1String("application");
    reply[QLatin1String("confirmed")] = true;
    reply[QLatin1String("boots")] = qint64(*bootCount);
    return reply;
}

QCborMap McumgrUnit::identity() const
{
    QCborMap reply;
    reply[QLatin1String("product")] = QLatin1String("pump");
    reply[QLatin1String("hw")] = QLatin1String("A");
    reply[QLatin1String("serial")] = QLatin1String("0042"); // The chips differ.
    reply[QLatin1String("device_id")] = deviceId;
    return reply;
}

/// Swaps a pending image in; without a confirmation, the next boot swaps it back.
void McumgrUnit::boot()
{
    if (std::exchange(isInSerialRecovery, false) && primary) {
        primary->isConfirmed = true; // It has nowhere to go back to.
        return;
    }
    const bool isTrial = secondary && secondary->isPending;
    const bool isFailedTrial = primary && !primary->isConfirmed && secondary;
    if (!isTrial && !isFailedTrial)
        return;
    std::swap(primary, secondary);
    primary->isConfirmed = isFailedTrial;
    primary->isPending = false;
    if (secondary)
        secondary->isConfirmed = isTrial;
}

} // namespace testing
