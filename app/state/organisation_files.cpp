// SPDX-License-Identifier: Apache-2.0
#include "app/state/organisation_files.h"

#include <QDir>
#include <QStandardPaths>

namespace state {

QStringList organisationFiles(const QString &name)
{
    QStringList folders = QStandardPaths::standardLocations(QStandardPaths::GenericConfigLocation);
    folders.removeAll(QStandardPaths::writableLocation(QStandardPaths::GenericConfigLocation));
    QStringList files;
    for (const QString &folder : std::as_const(folders))
        files.append(QDir(folder).filePath(QStringLiteral("bootmend/%1").arg(name)));
    return files;
}

} // namespace state
