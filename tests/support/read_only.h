// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QFile>
#include <QTemporaryFile>

#include <memory>

namespace test_support {

/// Nobody can write into the folder until what this gives is gone. Nothing, and no change, where the user
/// that runs the test may write into every folder.
inline std::shared_ptr<QString> readOnly(const QString &folder)
{
    const QFile::Permissions before = QFile::permissions(folder);
    const std::shared_ptr<QString> restore(new QString(folder), [before](QString *path) {
        QFile::setPermissions(*path, before);
        delete path;
    });
    QFile::setPermissions(folder, QFile::ReadOwner | QFile::ExeOwner);
    return QTemporaryFile(folder + QStringLiteral("/XXXXXX")).open() ? nullptr : restore;
}

} // namespace test_support
