// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QByteArray>
#include <QFile>
#include <QFileInfo>
#include <QString>

namespace test_support {

/// The project's own test data.
inline QString dataPath(const QString &name)
{
    return QStringLiteral(BOOTMEND_SOURCE_DIR "/tests/data/") + name;
}

/// Vectors of others, which lie beside the checkout (or beside the folder that holds it) and are not part of
/// it. Empty when they are not there.
inline QString sharedVectors(const QString &folder)
{
    for (const char *place : {"/../shared/vectors/", "/../../shared/vectors/"}) {
        const QString path = QStringLiteral(BOOTMEND_SOURCE_DIR) + QString::fromLatin1(place) + folder;
        if (QFileInfo(path).isDir())
            return path + QLatin1Char('/');
    }
    return {};
}

inline QByteArray contentOf(const QString &path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        qFatal("cannot read %s", qPrintable(path));
    return file.readAll();
}

} // namespace test_support

#define SKIP_WITHOUT_VECTORS(path)                                                                           \
    do {                                                                                                     \
        if ((path).isEmpty())                                                                                \
            QSKIP("skipped, because the shared test vectors are not beside the checkout");                   \
    } while (false)
