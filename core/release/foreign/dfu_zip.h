// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.h"

#include <QByteArray>
#include <QList>

#include <optional>

namespace core {

/// One image of a dfu_application.zip.
struct DfuZipFile {
    QString name; // in the archive
    QByteArray content; // as long as the manifest says, where it says
    std::optional<int> imageIndex; // which of the device's images: 0 is the application
    std::optional<quint32> loadAddress; // where it runs
    QList<int>
        slotNumbers; // numbers of the slots that it may be written to, as MCUmgr counts; empty: not told
    QString board;
};

struct DfuZip {
    QString name; // for people; empty when it has none
    QList<DfuZipFile> files; // in the order of the manifest; at least one
};

bool beginsAsZip(QByteArrayView file);

/// Reads what the nRF Connect SDK packs for an update (nrf/scripts/bootloader/generate_zip.py; format version
/// 0 or 1). The archive is taken as readArchive() takes one, and its checksums count. Members of the manifest
/// that we do not know are passed over, as every version adds some.
///
/// InvalidFile for an archive of another kind, with a hint at what it is, for files that the manifest does
/// not name or the archive does not hold, and for a size that does not fit.
Result<DfuZip> readDfuZip(const QByteArray &file);

} // namespace core
