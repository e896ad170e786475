// SPDX-License-Identifier: Apache-2.0
#include "core/catalog/file_steps.h"

#include "core/base/disk_sync.h"

namespace core {

namespace {

tl::unexpected<Error> failed(const QString &path, const QString &why)
{
    return fail(ErrorKind::FileFailed, QStringLiteral("%1: %2").arg(path, why));
}

} // namespace

Result<Done> FileSteps::write(QFile &file, const QByteArray &bytes)
{
    if (file.write(bytes) == bytes.size() && file.flush())
        return Done{};
    if (file.error() != QFileDevice::ResourceError)
        return failed(file.fileName(), file.errorString());
    return fail(ErrorKind::NotAllowedNow, Reason::StorageFull,
                QStringLiteral("%1: %2").arg(file.fileName(), file.errorString()));
}

Result<Done> FileSteps::sync(QFile &file)
{
    return syncFile(file);
}

Result<Done> FileSteps::syncFolder(const QString &path)
{
    return core::syncFolder(path);
}

Result<Done> FileSteps::rename(const QString &from, const QString &to)
{
    QFile file(from);
    return file.rename(to) ? Result<Done>(Done{}) : failed(to, file.errorString());
}

Result<Done> FileSteps::remove(const QString &path)
{
    QFile file(path);
    if (file.exists() && !file.remove())
        return failed(path, file.errorString());
    return Done{};
}

} // namespace core
