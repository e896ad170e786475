// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.h"

#include <QFlags>
#include <QList>
#include <QString>

#include <optional>

namespace dfu {

/// What may be done with a sector (ST UM0424: 'a' readable, 'b' erasable, 'd' writable, and sums).
enum class Right { Read = 1, Erase = 2, Write = 4 };
Q_DECLARE_FLAGS(Rights, Right)

/// What is erased in one piece.
struct Sector {
    quint32 address = 0;
    quint32 size = 0; // bytes, at least 1
    Rights rights;

    qint64 end() const { return qint64(address) + size; }

    friend bool operator==(const Sector &, const Sector &) = default;
};

/// Sectors of one kind that touch each other.
struct SectorRun {
    quint32 address = 0;
    quint32 count = 0; // at least 1
    quint32 size = 0; // of each, in bytes, at least 1
    Rights rights;

    qint64 end() const { return address + qint64(count) * size; } // at most 2^32
    Sector sector(quint32 index) const { return {quint32(address + index * size), size, rights}; }

    friend bool operator==(const SectorRun &, const SectorRun &) = default;
};

/// What a memory is for: the kinds beside Storage change the chip itself.
enum class MemoryKind { Storage, OptionBytes, OneTimeProgrammable, DeviceFeature };

/// One memory of a DfuSe device as the name of its alternate setting describes it.
struct MemoryLayout {
    QString name; // without what pads it
    QList<SectorRun> runs; // by address; at least one; none overlaps another

    MemoryKind kind() const; // by the name: nothing else tells
    std::optional<Sector> sectorAt(qint64 address) const;

    friend bool operator==(const MemoryLayout &, const MemoryLayout &) = default;
};

/// Reads "@Internal Flash  /0x08000000/04*016Kg,01*064Kg" (ST UM0424). A missing multiplier means
/// bytes, as some ROMs have it. MalformedReply for everything else, and for sectors that overlap or reach
/// beyond 2^32.
core::Result<MemoryLayout> parseLayout(const QString &text);

} // namespace dfu

Q_DECLARE_OPERATORS_FOR_FLAGS(dfu::Rights)
