// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/fuzz_target.h"

#include <QDir>

// For targets that have no code for their seeds: the files in tests/fuzz/corpus/<target>/.
QList<QByteArray> fuzzSeeds()
{
    QList<QByteArray> seeds;
    const QDir folder(QStringLiteral(BOOTMEND_FUZZ_CORPUS));
    for (const QString &name : folder.entryList(QDir::Files, QDir::Name)) {
        QFile file(folder.filePath(name));
        if (!file.open(QIODevice::ReadOnly))
            broken("the corpus can be read");
        seeds.append(file.readAll());
    }
    return seeds;
}
