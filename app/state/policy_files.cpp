// SPDX-License-Identifier: Apache-2.0
#include "app/state/policy_files.h"

#include <QDir>
#include <QStandardPaths>

namespace state {

QStringList policyFiles(const QString &stateDirectory)
{
    QStringList folders = QStandardPaths::standardLocations(QStandardPaths::GenericConfigLocation);
    folders.removeAll(QStandardPaths::writableLocation(QStandardPaths::GenericConfigLocation));
    QStringList files;
    for (const QString &folder : std::as_const(folders))
        files.append(QDir(folder).filePath(QStringLiteral("bootmend/policy.json")));
    files.append(QDir(stateDirectory).filePath(QStringLiteral("policy.json")));
    return files;
}

} // namespace state
