// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/catalog/file_steps.h"

#include <functional>

namespace core {

/// Files by the SHA-256 of their content: `objects/ab/cdef…`, read-only, never changed. What is on its way
/// lies in `incoming/`, with a marker from before a file gets its place until its owner has recorded it, so
/// that what a power cut left behind is found without a look at every object. One writer at a time; the
/// owner sees to that.
class ObjectStore
{
public:
    ObjectStore(QString folder, FileSteps &steps) : m_folder(std::move(folder)), m_steps(&steps) { }

    struct Incoming {
        QString path;
        QByteArray hash; // 32 bytes
        qint64 size = 0;
    };

    /// Makes the folders.
    Result<Done> prepare();

    /// Copies a file in, hashing on the way; it is on the disk when this returns. FileFailed, or InvalidFile
    /// for what is no plain file or has more than 4 GiB.
    Result<Incoming> take(const QString &source);
    /// From now on the object is removed as a leftover, unless it is known then.
    Result<Done> mark(const QByteArray &hash);
    /// Gives it its place, behind a marker; leaves nothing in incoming/ but that.
    Result<Done> place(const Incoming &incoming);
    Result<Done> drop(const Incoming &incoming);
    Result<Done> remove(const QByteArray &hash);

    bool hasLeftovers() const;
    /// Removes what an interrupted writer left, but for objects that are known.
    Result<Done> removeLeftovers(const std::function<Result<bool>(const QByteArray &)> &isKnown);

    QString pathOf(const QByteArray &hash) const;
    /// Reads the object again. Untrusted with HashMismatch when the disk changed it, FileFailed when it is
    /// not there.
    Result<Done> check(const QByteArray &hash) const;

private:
    QString incomingFolder() const;
    QString markerOf(const QByteArray &hash) const;

    QString m_folder;
    FileSteps *m_steps;
};

} // namespace core
