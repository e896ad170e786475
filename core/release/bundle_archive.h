// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.h"

#include <QByteArray>
#include <QList>
#include <QString>

namespace core {

/// One file in a bundle.
struct BundleEntry {
    QString name; // a plain name, no path
    QByteArray content;
};

/// Whether the archive's own checksums (CRC-32) count.
enum class ArchiveChecksums {
    Ignored, // a signed manifest knows better, and a damaged payload shall be called that
    Checked,
};

/// Takes the ZIP archive of a bundle apart: at most 24 plain files of at most 256 MiB in all, each name once.
///
/// Says nothing about the content. InvalidFile for anything that is not such an archive: folders, links,
/// paths, encrypted entries, bytes in front of it or after it.
Result<QList<BundleEntry>> readArchive(const QByteArray &bytes,
                                       ArchiveChecksums checksums = ArchiveChecksums::Ignored);

/// The ZIP archive of the entries in their order, not compressed. The same entries always give the same
/// bytes.
Result<QByteArray> writeArchive(const QList<BundleEntry> &entries);

} // namespace core
