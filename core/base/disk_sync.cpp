// SPDX-License-Identifier: Apache-2.0
#include "core/base/disk_sync.h"

#include <QFile>
#include <QFileInfo>

#ifdef Q_OS_WIN
#include <io.h>
#else
#include <fcntl.h>
#include <unistd.h>
#endif

namespace core {

namespace {

tl::unexpected<Error> failed(const QString &path, const QString &why)
{
    return fail(ErrorKind::FileFailed, QStringLiteral("%1: %2").arg(path, why));
}

} // namespace

Result<Done> syncFile(QFileDevice &file)
{
    if (!file.flush())
        return failed(file.fileName(), file.errorString());
#ifdef Q_OS_WIN
    const int failure = _commit(file.handle());
#else
    const int failure = ::fsync(file.handle());
#endif
    return failure ? failed(file.fileName(), qt_error_string()) : Result<Done>(Done{});
}

Result<Done> syncFolder(const QString &path)
{
#ifdef Q_OS_WIN
    Q_UNUSED(path) // NTFS keeps a journal of its names, and offers no more.
#else
    const int folder = ::open(QFile::encodeName(path).constData(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const bool isSynced = folder >= 0 && ::fsync(folder) == 0;
    const QString why = isSynced ? QString() : qt_error_string();
    if (folder >= 0)
        ::close(folder);
    if (!isSynced)
        return failed(path, why);
#endif
    return Done{};
}

Result<Done> syncFolderOf(const QString &filePath)
{
    return syncFolder(QFileInfo(filePath).absolutePath());
}

} // namespace core
