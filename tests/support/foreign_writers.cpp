// SPDX-License-Identifier: Apache-2.0
#include "tests/support/foreign_writers.h"

#include <algorithm>

namespace test_support {

namespace {

constexpr qint64 kBlock = 0x10000;

/// Bit by bit, unlike the table of the reader.
quint32 checksumOf(const QByteArray &bytes)
{
    quint32 value = 0xffffffff;
    for (const char byte : bytes) {
        value ^= quint8(byte);
        for (int bit = 0; bit < 8; ++bit)
            value = (value >> 1) ^ (0xedb88320u & (0u - (value & 1)));
    }
    return value;
}

QByteArray uf2Block(const core::FirmwareSegment &piece, quint32 number, quint32 count,
                    std::optional<quint32> family)
{
    const QByteArray block = littleEndian(0x0a324655u) + littleEndian(0x9e5d5157u)
        + littleEndian(family ? 0x2000u : 0u) + littleEndian(piece.address)
        + littleEndian(quint32(piece.bytes.size())) + littleEndian(number) + littleEndian(count)
        + littleEndian(family.value_or(0)) + piece.bytes;
    return block.leftJustified(508, '\0') + littleEndian(0x0ab16f30u);
}

QList<core::FirmwareSegment> cut(const core::FirmwareSegments &segments, qsizetype size)
{
    QList<core::FirmwareSegment> pieces;
    for (const core::FirmwareSegment &segment : segments) {
        for (qsizetype at = 0; at < segment.bytes.size(); at += size)
            pieces.append({quint32(segment.address + at), segment.bytes.mid(at, size)});
    }
    return pieces;
}

} // namespace

QByteArray hexRecord(quint8 type, quint16 offset, const QByteArray &data)
{
    QByteArray bytes{QByteArray(1, char(data.size())) + char(offset >> 8) + char(offset & 0xff) + char(type)
                     + data};
    int sum = 0;
    for (const char byte : std::as_const(bytes))
        sum += quint8(byte);
    bytes.append(char(-sum & 0xff));
    return ':' + bytes.toHex().toUpper() + "\r\n";
}

QByteArray writeIntelHex(const core::FirmwareSegments &segments)
{
    QByteArray hex;
    qint64 base = 0;
    for (const core::FirmwareSegment &segment : segments) {
        for (qint64 at = segment.address; at < segment.end();) {
            if (at / kBlock != base) {
                base = at / kBlock;
                hex += hexRecord(4, 0, QByteArray(1, char(base >> 8)) + char(base & 0xff));
            }
            const qint64 size = std::min({qint64(16), segment.end() - at, (base + 1) * kBlock - at});
            hex += hexRecord(0, quint16(at % kBlock), segment.bytes.mid(at - segment.address, size));
            at += size;
        }
    }
    return hex + hexRecord(1, 0, {});
}

QByteArray writeUf2(const core::FirmwareSegments &segments, const Uf2Options &options)
{
    const auto pieces = cut(segments, options.payloadSize);
    QByteArray uf2;
    for (qsizetype index = 0; index < pieces.size(); ++index)
        uf2 += uf2Block(pieces[index], quint32(index), quint32(pieces.size()), options.family);
    return uf2;
}

QByteArray withDfuSuffix(const QByteArray &content, quint16 version)
{
    const QByteArray covered = content + littleEndian(quint16(0xffff)) + littleEndian(quint16(0xdf11))
        + littleEndian(quint16(0x0483)) + littleEndian(version) + "UFD" + char(16);
    return covered + littleEndian(checksumOf(covered));
}

QByteArray writeDfuSe(const core::FirmwareSegments &segments, const QByteArray &name)
{
    QByteArray elements;
    for (const core::FirmwareSegment &segment : segments)
        elements +=
            littleEndian(segment.address) + littleEndian(quint32(segment.bytes.size())) + segment.bytes;
    const QByteArray target = QByteArray("Target") + char(0) + littleEndian(1u)
        + name.leftJustified(255, '\0') + littleEndian(quint32(elements.size()))
        + littleEndian(quint32(segments.size())) + elements;
    const QByteArray whole =
        QByteArray("DfuSe\x01") + littleEndian(quint32(11 + target.size())) + char(1) + target;
    return withDfuSuffix(whole, 0x011a);
}

QByteArray writeElf(const core::FirmwareSegments &segments)
{
    QByteArray headers;
    QByteArray content;
    const qsizetype contentAt = 52 + 32 * segments.size();
    for (const core::FirmwareSegment &segment : segments) {
        const quint32 size = quint32(segment.bytes.size());
        headers += littleEndian(1u) + littleEndian(quint32(contentAt + content.size()))
            + littleEndian(0x20000000u) + littleEndian(segment.address) + littleEndian(size)
            + littleEndian(size + 8) + littleEndian(5u) + littleEndian(4u);
        content += segment.bytes;
    }
    const QByteArray ident = QByteArray("\x7f"
                                        "ELF\x01\x01\x01")
                                 .leftJustified(16, '\0');
    return ident + littleEndian(quint16(2)) + littleEndian(quint16(40)) + littleEndian(1u)
        + littleEndian(0x08000101u) + littleEndian(52u) + littleEndian(0u) + littleEndian(0u)
        + littleEndian(quint16(52)) + littleEndian(quint16(32)) + littleEndian(quint16(segments.size()))
        + littleEndian(quint16(0)) + littleEndian(quint16(0)) + littleEndian(quint16(0)) + headers + content;
}

core::FirmwareSegments anySegments(std::mt19937 &random, quint32 alignment)
{
    core::FirmwareSegments segments;
    qint64 address = qint64(random() % 0x20000000u) / alignment * alignment;
    const quint32 count = 1 + random() % 8;
    for (quint32 index = 0; index < count; ++index) {
        const qsizetype size = qsizetype(1 + random() % 1500) * alignment;
        QByteArray bytes(size, Qt::Uninitialized);
        std::generate(bytes.begin(), bytes.end(), [&random] { return char(random()); });
        segments.append({quint32(address), bytes});
        address += size + qint64(1 + random() % 0x20000) * alignment;
    }
    return segments;
}

} // namespace test_support
