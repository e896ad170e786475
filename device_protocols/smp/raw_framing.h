// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QByteArray>
#include <QByteArrayView>
#include <QList>

namespace smp {

/// Finds answers in a stream of bare packets: header and CBOR as they are, one behind the other, the length
/// in the header (Zephyr, raw UART transport; MCUboot, BOOT_SERIAL_RAW_PROTOCOL).
///
/// Takes bytes in any pieces. Bytes that cannot begin an answer are skipped, one by one, until some can.
/// Noise that looks like a header, or an answer that lost bytes, swallows what follows: only silence and
/// reset() heal that. Holds one packet at most (64 KiB), whatever is fed.
class RawReader
{
public:
    /// The packets that are complete now. Their bodies have not been looked at.
    QList<QByteArray> feed(QByteArrayView bytes);

    /// Forgets a half-received packet.
    void reset();

    /// Bytes that belonged to no packet, since the start.
    qint64 lostBytes() const { return m_lost; }

private:
    void skipToHeader();

    QByteArray m_received; // begins with what may be a header
    qint64 m_lost = 0;
};

} // namespace smp
