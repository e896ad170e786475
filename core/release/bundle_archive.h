// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.h"

#include <QByteArray>
#include <QDir>
#include <QList>
#include <QString>

#include <functional>
#include <optional>

namespace core {

/// Where a bundle's archive is: in a file, or in memory. A value.
struct ArchiveSource {
    QString path; // empty: the bytes
    QByteArray bytes;
};

/// Gets the files of an archive one after the other, each in pieces; nothing of it is kept in memory.
class ArchiveVisitor
{
public:
    enum class Wants { Content, NextFile };

    virtual ~ArchiveVisitor() = default;
    virtual Result<Wants> begin(const QString &name) = 0;
    virtual Result<Done> take(QByteArrayView bytes) = 0; // of the file that began last; valid during the call
    virtual Result<Done> end() = 0; // of a file whose content was wanted
};

/// Whether the archive's own checksums (CRC-32) count.
enum class ArchiveChecksums {
    Ignored, // a signed manifest knows better, and a damaged payload shall be called that
    Checked,
};

/// Walks through the ZIP archive of a bundle in the order of its files: at most 40 plain files, each name
/// once, and 4 GiB. What a visitor refuses ends the walk.
///
/// Says nothing about the content; a visitor with less room than 4 GiB bounds what it takes. InvalidFile for
/// anything that is not such an archive, as readArchiveDirectory() says, before anything of it is kept in
/// memory; also for folders, links, and a file that is not as large as its directory says. FileFailed when it
/// cannot be read.
Result<Done> walkArchive(const ArchiveSource &source, ArchiveVisitor &visitor,
                         ArchiveChecksums checksums = ArchiveChecksums::Ignored);

/// The same for a plain file that lies beside the archive, as if it were an entry of that name.
Result<Done> walkFile(const QString &name, const QString &path, ArchiveVisitor &visitor);

/// How many bytes of a file there may be; nothing for a file that is not wanted.
using FileRoom = std::function<std::optional<qint64>(const QString &name)>;

/// Writes the wanted files of an archive into a folder that is there, and judges nothing but their size.
/// Errors as walkArchive(); InvalidFile also for a file that is larger than its room.
Result<Done> extractFiles(const ArchiveSource &source, const QDir &folder, const FileRoom &room);

/// One file that goes into a bundle.
struct BundleEntry {
    QString name; // a plain name, no path
    QByteArray content;
    QString path = {}; // of the file with the content; empty: `content` is it
};

/// All files of an archive that has at most 64 MiB in all; for small ones.
Result<QList<BundleEntry>> readArchive(const QByteArray &bytes,
                                       ArchiveChecksums checksums = ArchiveChecksums::Ignored);

/// The ZIP archive of the entries in their order, not compressed. The same entries always give the same
/// bytes. The file is replaced in one step; a file with content that cannot be read leaves it as it was.
/// InvalidFile beyond 4 GiB.
Result<Done> writeArchiveFile(const QString &path, const QList<BundleEntry> &entries);
Result<QByteArray> writeArchive(const QList<BundleEntry> &entries);

} // namespace core
