// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.h"

#include <QFile>

namespace core {

/// The steps on files whose order decides what a power cut leaves behind. Tests put their own in between.
/// Each fails with FileFailed, and write() with StorageFull (NotAllowedNow) where the disk has no room.
class FileSteps
{
public:
    virtual ~FileSteps() = default;

    virtual Result<Done> write(QFile &file, const QByteArray &bytes);
    virtual Result<Done> sync(QFile &file); // its content is on the disk then
    virtual Result<Done> syncFolder(const QString &path); // the names in it are
    virtual Result<Done> rename(const QString &from, const QString &to);
    virtual Result<Done> remove(const QString &path); // also when there is no such file
};

} // namespace core
