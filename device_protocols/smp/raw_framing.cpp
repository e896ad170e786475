// SPDX-License-Identifier: Apache-2.0
#include "device_protocols/smp/raw_framing.h"

#include "device_protocols/smp/smp_message.h"

#include <QtEndian>

namespace smp {

namespace {

// Zephyr SMP specification, "Frame: The envelope".
constexpr uchar kReservedBits = 0b1110'0000;
constexpr uchar kVersionOfTheFuture = 0b0001'0000; // versions 2 and 3 of the header's two bits
constexpr uchar kOpMask = 0b111;

bool isAnswersFirstByte(char byte)
{
    const auto op = Op(uchar(byte) & kOpMask);
    return (uchar(byte) & (kReservedBits | kVersionOfTheFuture)) == 0
        && (op == Op::ReadReply || op == Op::WriteReply);
}

/// As far as it has arrived. No flags are defined.
bool mayBeHeader(QByteArrayView bytes)
{
    return isAnswersFirstByte(bytes.at(0)) && (bytes.size() < 2 || bytes.at(1) == 0);
}

} // namespace

QList<QByteArray> RawReader::feed(QByteArrayView bytes)
{
    QList<QByteArray> packets;
    m_received.append(bytes);
    for (;;) {
        skipToHeader();
        if (m_received.size() < kHeaderSize)
            return packets;
        const qsizetype size = kHeaderSize + qFromBigEndian<quint16>(m_received.constData() + 2);
        if (m_received.size() < size)
            return packets;
        packets.append(m_received.first(size));
        m_received.remove(0, size);
    }
}

void RawReader::reset()
{
    m_lost += m_received.size();
    m_received.clear();
}

void RawReader::skipToHeader()
{
    qsizetype start = 0;
    while (start < m_received.size() && !mayBeHeader(QByteArrayView(m_received).sliced(start)))
        ++start;
    m_received.remove(0, start);
    m_lost += start;
}

} // namespace smp
