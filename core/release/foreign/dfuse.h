// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/release/foreign/firmware_segments.h"

#include <optional>

namespace core {

/// The last 16 bytes of a DFU file (USB DFU 1.1, appendix B; UM0391, section 2.2; little-endian).
struct DfuSuffix {
    quint16 device = 0; // bcdDevice; 0xffff stands for any, also below
    quint16 product = 0;
    quint16 vendor = 0;
    quint16 version = 0; // bcdDFU: 0x0100 of a plain file, 0x011a of DfuSe
};

/// What a DfuSe file holds for one alternate setting: one memory of the device.
struct DfuSeTarget {
    quint8 alternate = 0;
    QString name; // empty when it has none
    FirmwareSegments segments; // one for each element
};

struct DfuSe {
    DfuSuffix suffix;
    QList<DfuSeTarget> targets; // at least one; each alternate setting once
};

/// The suffix with a correct checksum; nothing when the file has none.
std::optional<DfuSuffix> readDfuSuffix(const QByteArray &file);

bool beginsAsDfuSe(QByteArrayView file);

/// Reads DfuSe (ST UM0391 revision 1, section 2). Every size in it has to fit exactly. InvalidFile for a
/// wrong checksum, version or size, an alternate setting twice, and an address twice in one of them.
Result<DfuSe> readDfuSe(const QByteArray &file);

} // namespace core
