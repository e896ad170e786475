// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QByteArray>
#include <QByteArrayView>
#include <QList>

#include <optional>

namespace smp {

/// SMP over a text console, as bytes in and bytes out (Zephyr: "SMP transport over console"; MCUboot
/// boot_serial). A packet is `u16be(length of packet + crc) packet crc`, cut into lines of at most 127 bytes:
/// `06 09` (first) or `04 14` (next), base64, `0a`. All lines of one packet; at most 65533 bytes go in.
QByteArray toConsoleLines(QByteArrayView packet);

/// How many bytes the lines of a packet have, give or take the four of a line that is cut early for the CRC.
qsizetype consoleSize(qsizetype packet);

/// CRC-16/XMODEM: polynomial 0x1021, initial value 0, nothing reflected. Over data and its CRC it is 0.
quint16 crc16(QByteArrayView bytes);

/// Finds the packets in what a device prints, and gives the rest as console text.
///
/// Takes bytes in any pieces. Forgives what real consoles do: text before, between and inside packets, also
/// directly in front of a marker; CR before LF; a packet that is abandoned for the next one. Holds one packet
/// and one line at most (64 KiB and 4 KiB), whatever is fed.
class ConsoleReader
{
public:
    struct Found {
        QList<QByteArray> packets; // length and CRC checked and taken off
        QByteArray text;
    };

    Found feed(QByteArrayView bytes);

    /// Forgets a half-received packet, as after a reconnect.
    void reset();

    /// Packets and lines that were lost to noise since the start.
    int lostCount() const { return m_lost; }

private:
    enum class State { Text, Marker, Line };

    qsizetype readText(QByteArrayView bytes, Found &found);
    qsizetype readMarker(char second, Found &found);
    qsizetype readLine(QByteArrayView bytes, Found &found);
    void finishLine(Found &found);
    std::optional<QByteArray> addToPacket(const QByteArray &decoded);
    void abandon();

    State m_state = State::Text;
    char m_lead = 0; // first byte of the marker that is being read, or was read
    bool m_isInPacket = false;
    QByteArray m_line; // base64 without its marker
    QByteArray m_packet; // length, packet, CRC, as far as they have arrived
    int m_lost = 0;
};

} // namespace smp
