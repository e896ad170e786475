// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.h"

#include <QByteArray>
#include <QList>

namespace core {

/// Bytes that belong at an address of a 32-bit memory.
struct FirmwareSegment {
    quint32 address = 0;
    QByteArray bytes; // at least one

    qint64 end() const { return qint64(address) + bytes.size(); } // behind the last byte, at most 2^32

    friend bool operator==(const FirmwareSegment &, const FirmwareSegment &) = default;
};

/// In the order of their addresses; no two have a byte in common. Gaps cost nothing.
using FirmwareSegments = QList<FirmwareSegment>;

/// "0x08000000"
QString addressText(qint64 address);

/// Collects the segments of one memory, in any order, at most 256 MiB and 65536 pieces that do not touch.
class SegmentBuilder
{
public:
    enum class Touching {
        Joined, // segments are runs of bytes: records of HEX, blocks of UF2
        Kept, // a segment is what the file calls one: elements of DfuSe, program headers of ELF
    };

    explicit SegmentBuilder(Touching touching) : m_touching(touching) { }

    /// InvalidFile for bytes beyond 2^32 and for more than the limits.
    Result<Done> add(qint64 address, QByteArrayView bytes);

    /// InvalidFile when an address was given twice, also with the same content: which one would count?
    Result<FirmwareSegments> finish();

private:
    bool continuesTheLast(qint64 address) const;

    Touching m_touching;
    FirmwareSegments m_segments;
    qint64 m_total = 0; // bytes
};

} // namespace core
