// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/release/foreign/firmware_segments.h"

#include <optional>

namespace core {

/// What a UF2 file holds for one family of boards; a file may hold several, of which a board takes its own.
struct Uf2Family {
    std::optional<quint32> id; // nothing in files that name no family
    FirmwareSegments segments; // at least one
};

struct Uf2 {
    QList<Uf2Family> families; // in the order of the file; at least one
    qint64 skippedBlocks = 0; // "not main flash", and those that RP2350 tools mark as to be ignored
};

/// "RP2040", or "0x12345678" for a family that is not in our list.
QString uf2FamilyName(quint32 id);

bool beginsAsUf2(QByteArrayView file);

/// Reads UF2 (github.com/microsoft/uf2, README, "File format"; every number in it is little-endian).
///
/// Each family has blocks of its own, numbered from 0, each there once and all there. InvalidFile for a block
/// that breaks the format, a number that is missing or twice, an address twice, file containers (files for a
/// board's file system, no firmware), and flags that are not in the specification.
Result<Uf2> readUf2(const QByteArray &file);

} // namespace core
