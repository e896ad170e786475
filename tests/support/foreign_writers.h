// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/release/foreign/firmware_segments.h"

#include <optional>
#include <random>

/// Writers of foreign formats, for tests that read back what was written. They know the formats by their
/// specifications and share no code with the readers.
namespace test_support {

/// Records of up to 16 bytes; none goes over a border of 64 KiB.
QByteArray writeIntelHex(const core::FirmwareSegments &segments);

struct Uf2Options {
    std::optional<quint32> family = 0xe48bff56;
    qsizetype payloadSize = 256; // of each block; the last one of a segment may have less
};
QByteArray writeUf2(const core::FirmwareSegments &segments, const Uf2Options &options = {});

/// One image for alternate setting 0, with an element for each segment.
QByteArray writeDfuSe(const core::FirmwareSegments &segments, const QByteArray &name = "Internal Flash");

/// With a suffix in front of whose checksum `content` stands, whatever that is.
QByteArray withDfuSuffix(const QByteArray &content, quint16 version);

/// A 32-bit little-endian Arm executable with a PT_LOAD for each segment.
QByteArray writeElf(const core::FirmwareSegments &segments);

/// Up to eight segments with gaps; addresses and sizes are multiples of `alignment`.
core::FirmwareSegments anySegments(std::mt19937 &random, quint32 alignment);

/// A record of Intel HEX, with its checksum and end of line.
QByteArray hexRecord(quint8 type, quint16 offset, const QByteArray &data);

/// `value` in `sizeof(value)` bytes, the lowest first.
template<class Number>
QByteArray littleEndian(Number value)
{
    QByteArray bytes;
    for (std::size_t index = 0; index < sizeof(Number); ++index)
        bytes.append(char(quint64(value) >> (8 * index) & 0xff));
    return bytes;
}

} // namespace test_support
