// SPDX-License-Identifier: Apache-2.0
#include "app/bench/installation.h"

#include <QCoreApplication>
#include <QFileInfo>

namespace bench {

namespace {

core::Result<QString> firstThatExists(const QStringList &folders, const QString &name)
{
    for (const QString &folder : folders) {
        const QFileInfo candidate(
            QDir(QCoreApplication::applicationDirPath()).absoluteFilePath(folder + u'/' + name));
        if (candidate.exists())
            return QDir::cleanPath(candidate.absoluteFilePath());
    }
    return core::fail(
        core::ErrorKind::FileFailed,
        QStringLiteral("\"%1\" is missing in this installation; virtual devices need it").arg(name));
}

} // namespace

core::Result<QString> programPath(const QString &name)
{
    return firstThatExists(
        {QStringLiteral("."), QStringLiteral("../libexec/bootmend"), QStringLiteral("../../bin")}, name);
}

core::Result<QString> dataPath(const QString &relativePath)
{
    return firstThatExists({QStringLiteral("../share/bootmend"), QStringLiteral("../../share/bootmend")},
                           relativePath);
}

} // namespace bench
