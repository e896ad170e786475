// SPDX-License-Identifier: Apache-2.0
#include "core/release/foreign/intel_hex.h"

#include <QtEndian>

#include <algorithm>

namespace core {

namespace {

// Section 2: record mark ':', length, load offset (16 bits, high byte first), type, data, checksum.
constexpr qsizetype kOffsetAt = 1;
constexpr qsizetype kTypeAt = 3;
constexpr qsizetype kDataAt = 4;
constexpr qsizetype kFrameSize = 5; // all but the data
constexpr qint64 kBlock = 0x10000; // what a load offset reaches

// The record types, sections 3 to 8.
constexpr quint8 kData = 0;
constexpr quint8 kEndOfFile = 1;
constexpr quint8 kExtendedSegmentAddress = 2;
constexpr quint8 kExtendedLinearAddress = 4;
constexpr quint8 kStartLinearAddress = 5;
constexpr qsizetype kDataSizes[] = {0, 0, 2, 4, 2, 4}; // by type; that of data says nothing

struct Record {
    quint16 offset = 0;
    quint8 type = 0;
    QByteArrayView data;
};

tl::unexpected<Error> malformed(const QString &detail)
{
    return fail(ErrorKind::InvalidFile, detail);
}

int digitOf(char character)
{
    if (character >= '0' && character <= '9')
        return character - '0';
    const char lower = char(character | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/// The bytes behind the record mark, into `bytes`; false for anything but pairs of digits.
bool decode(QByteArrayView line, QByteArray &bytes)
{
    bytes.resize(0); // keeps the memory for the next line
    if (line.size() % 2 != 1 || line[0] != ':')
        return false;
    for (qsizetype at = 1; at < line.size(); at += 2) {
        const int high = digitOf(line[at]);
        const int low = digitOf(line[at + 1]);
        if (high < 0 || low < 0)
            return false;
        bytes.append(char(high << 4 | low));
    }
    return true;
}

Result<Record> readRecord(const QByteArray &bytes)
{
    if (bytes.size() < kFrameSize || bytes.size() != kFrameSize + quint8(bytes[0]))
        return malformed(QStringLiteral("the record is not as long as it says"));
    quint8 sum = 0;
    for (const char byte : bytes)
        sum = quint8(sum + quint8(byte));
    if (sum != 0)
        return malformed(QStringLiteral("the checksum is wrong"));
    return Record{qFromBigEndian<quint16>(bytes.constData() + kOffsetAt), quint8(bytes[kTypeAt]),
                  QByteArrayView(bytes).sliced(kDataAt, quint8(bytes[0]))};
}

/// Takes one record after the other, and knows where the next data belongs.
class HexReader
{
public:
    Result<Done> take(const Record &record);
    bool hasEnded() const { return m_hasEnded; }
    Result<IntelHex> finish();

private:
    Result<Done> takeData(const Record &record);
    Result<Done> takeStart(const Record &record);

    SegmentBuilder m_builder{SegmentBuilder::Touching::Joined};
    qint64 m_base = 0;
    bool m_hasEnded = false;
    bool m_hasStart = false;
    std::optional<quint32> m_entryPoint;
};

Result<Done> HexReader::takeData(const Record &record)
{
    if (record.offset + record.data.size() > kBlock)
        return malformed(QStringLiteral("the record goes over a border of 64 KiB"));
    return m_builder.add(m_base + record.offset, record.data);
}

Result<Done> HexReader::takeStart(const Record &record)
{
    if (m_hasStart)
        return malformed(QStringLiteral("there is a second start address"));
    m_hasStart = true;
    if (record.type == kStartLinearAddress)
        m_entryPoint = qFromBigEndian<quint32>(record.data.data()); // section 6
    return Done{};
}

Result<Done> HexReader::take(const Record &record)
{
    if (record.type == kData)
        return takeData(record);
    if (record.type > kStartLinearAddress)
        return malformed(QStringLiteral("there is no record type %1").arg(record.type));
    if (record.data.size() != kDataSizes[record.type] || record.offset != 0)
        return malformed(QStringLiteral("a record of type %1 is not of this form").arg(record.type));
    switch (record.type) {
    case kEndOfFile:
        m_hasEnded = true;
        return Done{};
    case kExtendedSegmentAddress: // section 4: bits 4 to 19
        m_base = qint64(qFromBigEndian<quint16>(record.data.data())) << 4;
        return Done{};
    case kExtendedLinearAddress: // section 3: bits 16 to 31
        m_base = qint64(qFromBigEndian<quint16>(record.data.data())) << 16;
        return Done{};
    default:
        return takeStart(record);
    }
}

Result<IntelHex> HexReader::finish()
{
    if (!m_hasEnded)
        return malformed(QStringLiteral("the end record is missing; the file was cut off"));
    auto segments = m_builder.finish();
    if (!segments)
        return passOn(segments.error());
    if (segments->isEmpty())
        return malformed(QStringLiteral("there is no data"));
    return IntelHex{*std::move(segments), m_entryPoint};
}

tl::unexpected<Error> inLine(Error error, qint64 number)
{
    error.detail = QStringLiteral("line %1: %2").arg(number).arg(error.detail);
    return passOn(std::move(error), QStringLiteral("reading Intel HEX"));
}

Result<Done> takeLine(QByteArrayView line, HexReader &reader, QByteArray &bytes)
{
    if (reader.hasEnded())
        return malformed(QStringLiteral("something follows the end record"));
    if (!decode(line, bytes))
        return malformed(QStringLiteral("this is no record"));
    const auto record = readRecord(bytes);
    if (!record)
        return passOn(record.error());
    return reader.take(*record);
}

} // namespace

bool beginsAsIntelHex(QByteArrayView file)
{
    return file.startsWith(':');
}

Result<IntelHex> readIntelHex(const QByteArray &file)
{
    HexReader reader;
    QByteArray bytes;
    const auto isEndOfLine = [](char character) { return character == '\n' || character == '\r'; };
    qint64 number = 0;
    for (auto at = file.cbegin(); at != file.cend();) {
        const auto end = std::find_if(at, file.cend(), isEndOfLine);
        ++number;
        const QByteArrayView line(at, end);
        // Empty lines are the rest of CR LF, or what an editor left.
        if (auto taken = line.isEmpty() ? Done{} : takeLine(line, reader, bytes); !taken)
            return inLine(taken.error(), number);
        at = end;
        if (at != file.cend())
            at += file.cend() - at >= 2 && at[0] == '\r' && at[1] == '\n' ? 2 : 1;
    }
    auto hex = reader.finish();
    if (!hex)
        return passOn(hex.error(), QStringLiteral("reading Intel HEX"));
    return hex;
}

} // namespace core
