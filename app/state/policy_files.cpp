// SPDX-License-Identifier: Apache-2.0
#include "app/state/policy_files.h"

#include "app/state/organisation_files.h"

#include <QDir>

namespace state {

QStringList policyFiles(const QString &stateDirectory)
{
    QStringList files = organisationFiles(QStringLiteral("policy.json"));
    files.append(QDir(stateDirectory).filePath(QStringLiteral("policy.json")));
    return files;
}

} // namespace state
