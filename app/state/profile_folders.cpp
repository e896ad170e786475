// SPDX-License-Identifier: Apache-2.0
#include "app/state/profile_folders.h"

#include "app/state/organisation_files.h"

#include <QDir>

#include <algorithm>

namespace state {

QStringList profileFolders(const QString &stateDirectory)
{
    QStringList folders = organisationFiles(QStringLiteral("profiles")); // the most important first
    std::reverse(folders.begin(), folders.end());
    folders.prepend(QStringLiteral(":/profiles"));
    folders.append(QDir(stateDirectory).filePath(QStringLiteral("profiles")));
    return folders;
}

} // namespace state
