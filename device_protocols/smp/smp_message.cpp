// SPDX-License-Identifier: Apache-2.0
#include "device_protocols/smp/smp_message.h"

#include <QCborValue>
#include <QtEndian>

#include <algorithm>

namespace smp {

using core::ErrorKind;
using core::Result;

namespace {

// Zephyr SMP specification, "Frame: The envelope". All integers are big-endian.
constexpr quint8 kOpMask = 0b111;
constexpr quint8 kVersionMask = 0b11;
constexpr int kVersionShift = 3;

} // namespace

QByteArray encode(const Header &header, QByteArrayView body)
{
    const Command &command = header.command;
    QByteArray frame(kHeaderSize + body.size(), Qt::Uninitialized);
    auto *bytes = reinterpret_cast<uchar *>(frame.data());
    bytes[0] = uchar(quint8(header.version) << kVersionShift | quint8(command.op));
    bytes[1] = 0; // Flags: none are defined.
    qToBigEndian(quint16(body.size()), bytes + 2);
    qToBigEndian(quint16(command.group), bytes + 4);
    bytes[6] = header.sequence;
    bytes[7] = command.id;
    std::copy(body.begin(), body.end(), frame.begin() + kHeaderSize);
    return frame;
}

Result<Message> decode(const QByteArray &frame)
{
    if (frame.size() < kHeaderSize)
        return core::fail(ErrorKind::MalformedReply, QStringLiteral("%1-byte SMP frame").arg(frame.size()));

    const auto *bytes = reinterpret_cast<const uchar *>(frame.constData());
    const auto declared = qFromBigEndian<quint16>(bytes + 2);
    const qsizetype actual = frame.size() - kHeaderSize;
    if (actual != declared)
        return core::fail(ErrorKind::MalformedReply,
                          QStringLiteral("SMP body has %1 bytes, header says %2").arg(actual).arg(declared));

    const Command command{Op(bytes[0] & kOpMask), Group(qFromBigEndian<quint16>(bytes + 4)), bytes[7]};
    const auto version = Version(bytes[0] >> kVersionShift & kVersionMask);
    return Message{{command, bytes[6], version}, frame.sliced(kHeaderSize)};
}

Result<QCborMap> decodeBody(const QByteArray &body)
{
    QCborParserError parsing;
    const QCborValue value = QCborValue::fromCbor(body, &parsing);
    if (parsing.error != QCborError::NoError || !value.isMap() || parsing.offset != body.size())
        return core::fail(ErrorKind::MalformedReply, QStringLiteral("SMP body is not one CBOR map"));
    return value.toMap();
}

bool answers(const Header &reply, const Header &request)
{
    return reply.sequence == request.sequence && reply.command.group == request.command.group
        && reply.command.id == request.command.id
        && quint8(reply.command.op) == quint8(request.command.op) + 1;
}

} // namespace smp
