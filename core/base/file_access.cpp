// SPDX-License-Identifier: Apache-2.0
#include "core/base/file_access.h"

#include "core/base/disk_sync.h"

#include <QFile>
#include <QSaveFile>

namespace core {

namespace {

tl::unexpected<Error> fileFailed(const QString &path, const QFileDevice &file)
{
    return fail(ErrorKind::FileFailed, QStringLiteral("%1: %2").arg(path, file.errorString()));
}

} // namespace

Result<QByteArray> readWholeFile(const QString &path, qint64 largest)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return fileFailed(path, file);
    // Read, not asked for its size: a pipe or a device has none.
    QByteArray content = file.read(largest + 1);
    if (file.error() != QFileDevice::NoError)
        return fileFailed(path, file);
    if (content.size() > largest) {
        return fail(
            ErrorKind::InvalidFile,
            QStringLiteral("%1: larger than the %2 bytes that such a file may have").arg(path).arg(largest));
    }
    return content;
}

Result<Done> replaceFile(const QString &path, const QByteArray &content)
{
    QSaveFile file(path);
    if (!file.open(QIODevice::WriteOnly) || file.write(content) != content.size() || !file.commit())
        return fileFailed(path, file);
    return Done{};
}

Result<Done> createSecretFile(const QString &path, const QByteArray &content)
{
    QFile file(path);
    if (!file.open(QIODevice::WriteOnly | QIODevice::NewOnly,
                   QFileDevice::ReadOwner | QFileDevice::WriteOwner))
        return fileFailed(path, file);
    const auto written = [&]() -> Result<Done> {
        if (file.write(content) != content.size())
            return fileFailed(path, file);
        if (auto synced = syncFile(file); !synced)
            return synced;
        return syncFolderOf(path);
    }();
    if (!written)
        file.remove();
    return written;
}

} // namespace core
