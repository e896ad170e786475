// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/release/foreign/dfu_suffix.h"
#include "core/release/foreign/firmware_segments.h"

namespace core {

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

bool beginsAsDfuSe(QByteArrayView file);

/// Reads DfuSe (ST UM0391 revision 1, section 2). Every size in it has to fit exactly. InvalidFile for a
/// wrong checksum, version or size, an alternate setting twice, and an address twice in one of them.
Result<DfuSe> readDfuSe(const QByteArray &file);

/// The file that readDfuSe() reads as this; the suffix's version is DfuSe's whatever it says. InvalidFile for
/// what the reader would refuse or cut: no targets or more than 255, one without segments, a name that is
/// not ASCII or has more than 254 characters, more than 4 GiB.
Result<QByteArray> writeDfuSe(const DfuSe &dfuSe);

} // namespace core
