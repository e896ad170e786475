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

QString keptFolder(const QString &toldStateFolder, const QString &bench)
{
    // What the units of a bench roll back is no news about real ones.
    const bool isOfBench = toldStateFolder.isEmpty() && !bench.isEmpty();
    return isOfBench ? bench::stateFolderPath(QDir(bench)) : stateFolder(toldStateFolder);
}

QString catalogFolder(const QString &toldStateFolder, const QString &bench)
{
    return QDir(keptFolder(toldStateFolder, bench)).absoluteFilePath(QStringLiteral("catalog"));
}

QString downloadFolder(const QString &toldStateFolder, const QString &bench)
{
    return QDir(keptFolder(toldStateFolder, bench)).absoluteFilePath(QStringLiteral("downloads"));
}

} // namespace state
