// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/release/foreign/firmware_segments.h"

#include <optional>

namespace core {

/// What an Intel HEX file says.
struct IntelHex {
    FirmwareSegments segments; // at least one
    std::optional<quint32> entryPoint; // of a type 05 record; that of type 03 is for x86 and left out
};

bool beginsAsIntelHex(QByteArrayView file);

/// Reads all six record types (Intel, "Hexadecimal Object File Format Specification", revision A, 1988).
/// Lines end in LF, CR or both; digits may be of either case; after the end record nothing follows but ends
/// of lines.
///
/// InvalidFile, with the number of the line, for a wrong checksum or length, an unknown type, an address that
/// is there twice, a record that goes over a 64 KiB border (sections 3 and 4 differ on where its rest
/// belongs, and so do programs), and a file without its end record, which was cut off.
Result<IntelHex> readIntelHex(const QByteArray &file);

} // namespace core
