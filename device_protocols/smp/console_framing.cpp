// SPDX-License-Identifier: Apache-2.0
#include "device_protocols/smp/console_framing.h"

#include <QtEndian>

#include <algorithm>
#include <array>

namespace smp {

namespace {

// Zephyr, "SMP transport over console"; MCUboot boot/boot_serial/src/boot_serial_priv.h.
constexpr char kFirstLead = 0x06;
constexpr char kFirstSecond = 0x09;
constexpr char kNextLead = 0x04;
constexpr char kNextSecond = 0x14;
constexpr char kLineEnd = '\n';

// 124 characters and 3 bytes of marker and line end make the 127 bytes that servers accept.
constexpr qsizetype kBytesPerLine = 93;
constexpr qsizetype kCharactersPerLine = 124;
constexpr qsizetype kLengthSize = 2;
constexpr qsizetype kCrcSize = 2;

// Servers print up to 127; a longer line costs us nothing, an endless one must not.
constexpr qsizetype kLongestLine = 4096;

constexpr std::array<quint16, 256> makeCrcTable()
{
    std::array<quint16, 256> table{};
    for (int value = 0; value < 256; ++value) {
        quint32 crc = quint32(value) << 8;
        for (int bit = 0; bit < 8; ++bit)
            crc = crc & 0x8000 ? (crc << 1) ^ 0x1021 : crc << 1;
        table[std::size_t(value)] = quint16(crc);
    }
    return table;
}

constexpr auto kCrcTable = makeCrcTable();

bool isLead(char byte)
{
    return byte == kFirstLead || byte == kNextLead;
}

char secondOf(char lead)
{
    return lead == kFirstLead ? kFirstSecond : kNextSecond;
}

/// Zephyr's transmitter never splits the CRC over two lines, and some receivers rely on it.
qsizetype nextCut(qsizetype position, qsizetype total)
{
    const qsizetype left = total - position;
    return left == kBytesPerLine + 1 ? kBytesPerLine - 3 : std::min(left, kBytesPerLine);
}

} // namespace

quint16 crc16(QByteArrayView bytes)
{
    quint16 crc = 0;
    for (const char byte : bytes)
        crc = quint16(crc << 8) ^ kCrcTable[std::size_t((crc >> 8) ^ uchar(byte))];
    return crc;
}

QByteArray toConsoleLines(QByteArrayView packet)
{
    QByteArray whole(kLengthSize + packet.size() + kCrcSize, Qt::Uninitialized);
    qToBigEndian(quint16(packet.size() + kCrcSize), whole.data());
    std::copy(packet.begin(), packet.end(), whole.begin() + kLengthSize);
    qToBigEndian(crc16(packet), whole.data() + kLengthSize + packet.size());

    QByteArray lines;
    lines.reserve((whole.size() / kBytesPerLine + 2) * (kCharactersPerLine + 3));
    for (qsizetype position = 0; position < whole.size();) {
        const qsizetype size = nextCut(position, whole.size());
        lines += position == 0 ? kFirstLead : kNextLead;
        lines += position == 0 ? kFirstSecond : kNextSecond;
        lines += QByteArray::fromRawData(whole.constData() + position, size).toBase64();
        lines += kLineEnd;
        position += size;
    }
    return lines;
}

qsizetype consoleSize(qsizetype packet)
{
    const qsizetype whole = kLengthSize + packet + kCrcSize;
    const qsizetype lines = (whole + kBytesPerLine - 1) / kBytesPerLine;
    return (whole + 2) / 3 * 4 + lines * 3;
}

ConsoleReader::Found ConsoleReader::feed(QByteArrayView bytes)
{
    Found found;
    while (!bytes.isEmpty()) {
        qsizetype used = 0;
        switch (m_state) {
        case State::Text:
            used = readText(bytes, found);
            break;
        case State::Marker:
            used = readMarker(bytes.front(), found);
            break;
        case State::Line:
            used = readLine(bytes, found);
            break;
        }
        bytes = bytes.sliced(used);
    }
    return found;
}

void ConsoleReader::reset()
{
    m_state = State::Text;
    m_isInPacket = false;
    m_line.clear();
    m_packet.clear();
}

qsizetype ConsoleReader::readText(QByteArrayView bytes, Found &found)
{
    const auto lead = std::find_if(bytes.begin(), bytes.end(), isLead);
    const qsizetype length = lead - bytes.begin();
    found.text.append(bytes.first(length));
    if (lead == bytes.end())
        return length;
    m_lead = *lead;
    m_state = State::Marker;
    return length + 1;
}

/// Uses up `second` only when it completes the marker: it may itself be text or begin another marker.
qsizetype ConsoleReader::readMarker(char second, Found &found)
{
    if (second == secondOf(m_lead)) {
        m_line.clear();
        m_state = State::Line;
        return 1;
    }
    found.text.append(m_lead);
    m_state = State::Text;
    return 0;
}

qsizetype ConsoleReader::readLine(QByteArrayView bytes, Found &found)
{
    const auto isEnd = [](char byte) { return byte == kLineEnd || isLead(byte); };
    const auto end = std::find_if(bytes.begin(), bytes.end(), isEnd);
    const qsizetype length = end - bytes.begin();
    if (m_line.size() + length > kLongestLine) {
        abandon();
        m_state = State::Text;
        return length;
    }
    m_line.append(bytes.first(length));
    if (end == bytes.end())
        return length;

    if (*end == kLineEnd) {
        finishLine(found);
        m_state = State::Text;
    } else { // Base64 has no such byte: the line was torn, and perhaps another one begins here.
        abandon();
        m_lead = *end;
        m_state = State::Marker;
    }
    return length + 1;
}

void ConsoleReader::finishLine(Found &found)
{
    if (m_line.endsWith('\r'))
        m_line.chop(1);
    const auto decoded = QByteArray::fromBase64Encoding(m_line, QByteArray::AbortOnBase64DecodingErrors);
    if (!decoded) {
        abandon();
        return;
    }
    if (m_lead == kFirstLead) {
        if (m_isInPacket)
            abandon();
        m_isInPacket = true;
    } else if (!m_isInPacket) {
        ++m_lost; // The end of a packet whose beginning we did not see.
        return;
    }
    if (const auto packet = addToPacket(*decoded))
        found.packets.append(*packet);
}

std::optional<QByteArray> ConsoleReader::addToPacket(const QByteArray &decoded)
{
    m_packet.append(decoded);
    if (m_packet.size() < kLengthSize)
        return std::nullopt;
    const qsizetype expected = kLengthSize + qFromBigEndian<quint16>(m_packet.constData());
    if (m_packet.size() < expected)
        return std::nullopt;

    const QByteArrayView body = QByteArrayView(m_packet).sliced(kLengthSize);
    if (m_packet.size() > expected || body.size() < kCrcSize || crc16(body) != 0) {
        abandon();
        return std::nullopt;
    }
    const QByteArray packet = body.chopped(kCrcSize).toByteArray();
    m_isInPacket = false;
    m_packet.clear();
    return packet;
}

void ConsoleReader::abandon()
{
    ++m_lost;
    m_isInPacket = false;
    m_packet.clear();
}

} // namespace smp
