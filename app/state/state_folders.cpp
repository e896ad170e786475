// SPDX-License-Identifier: Apache-2.0
#include "app/state/state_folders.h"

#include "app/bench/bench_file.h"

#include <QDir>
#include <QStandardPaths>

namespace state {

namespace {

QString releaseFolder(const QString &toldStateFolder, const QString &bench, const QString &name)
{
    QString folder = toldStateFolder;
    if (folder.isEmpty()) // What the units of a bench roll back is no news about real ones.
        folder = bench.isEmpty() ? defaultStateDirectory() : bench::stateFolderPath(QDir(bench));
    return QDir(folder).absoluteFilePath(name);
}

} // namespace

QString defaultStateDirectory()
{
    return QStandardPaths::writableLocation(QStandardPaths::GenericDataLocation)
        + QStringLiteral("/bootmend");
}

QString catalogFolder(const QString &toldStateFolder, const QString &bench)
{
    return releaseFolder(toldStateFolder, bench, QStringLiteral("catalog"));
}

QString downloadFolder(const QString &toldStateFolder, const QString &bench)
{
    return releaseFolder(toldStateFolder, bench, QStringLiteral("downloads"));
}

} // namespace state
