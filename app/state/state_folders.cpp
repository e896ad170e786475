// SPDX-License-Identifier: Apache-2.0
#include "app/state/state_folders.h"

#include "app/bench/bench_file.h"

#include <QDir>
#include <QStandardPaths>

namespace state {

QString stateFolder(const QString &told)
{
    return !told.isEmpty()
        ? told
        : QStandardPaths::writableLocation(QStandardPaths::GenericDataLocation) + QStringLiteral("/bootmend");
}

namespace {

QString releaseFolder(const QString &toldStateFolder, const QString &bench, const QString &name)
{
    // What the units of a bench roll back is no news about real ones.
    const bool isOfBench = toldStateFolder.isEmpty() && !bench.isEmpty();
    const QString folder = isOfBench ? bench::stateFolderPath(QDir(bench)) : stateFolder(toldStateFolder);
    return QDir(folder).absoluteFilePath(name);
}

} // namespace

QString catalogFolder(const QString &toldStateFolder, const QString &bench)
{
    return releaseFolder(toldStateFolder, bench, QStringLiteral("catalog"));
}

QString downloadFolder(const QString &toldStateFolder, const QString &bench)
{
    return releaseFolder(toldStateFolder, bench, QStringLiteral("downloads"));
}

} // namespace state
