// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.h"

#include <QByteArray>
#include <QIODevice>
#include <QList>

namespace core {

/// One file of a ZIP archive, as the archive's directory announces it.
struct ArchiveRecord {
    QByteArray name; // plain: [A-Za-z0-9._+-], at most 128, no dot in front; each once
    qint64 size = 0; // bytes of the content, not compressed; what comes out has to be compared with it
};

/// The records of a ZIP archive (PKWARE APPNOTE.TXT 6.3.10) that leaves no room for a second reading: the
/// device holds 1 to 40 entries, then their directory, then its end record, and not a byte else. Directory
/// and local headers say the same, in the same order, so that reading from the front and from the end finds
/// the same files. Entries are stored or deflated; there are at most 4 GiB in all.
///
/// Reads headers only: at most 10 KB of directory and some 200 bytes of each entry, whatever the archive says
/// of itself. Does not look at content, times or permissions. InvalidFile for any other archive, also for
/// ZIP64, comments, encryption, and extra fields that are not times or owners; FileFailed when it cannot be
/// read.
Result<QList<ArchiveRecord>> readArchiveDirectory(QIODevice &device);

/// The refusal of an archive.
tl::unexpected<Error> notAnArchive(const QString &why);

} // namespace core
