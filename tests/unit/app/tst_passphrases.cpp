// SPDX-License-Identifier: Apache-2.0
#include "app/keys/passphrases.h"

#include "core/base/file_access.h"
#include "core/trust/wipe.h"

#include <QTemporaryDir>
#include <QTest>

class TestPassphrases : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void wipesTheBytesThemselves()
    {
        QByteArray secret("a secret", 8);
        const char *place = secret.constData();
        core::wipe(secret);
        QCOMPARE(secret.constData(), place);
        QCOMPARE(secret, QByteArray(8, '\0'));
    }

    void eachAnswerCanBeWipedWithoutTheOthers_data()
    {
        QTest::addColumn<QByteArray>("file");
        QTest::newRow("one line") << QByteArray("first");
        QTest::newRow("one line with an end") << QByteArray("first\n");
        QTest::newRow("of Windows") << QByteArray("first\r\n");
        QTest::newRow("several") << QByteArray("first\nfirst\nfirst\n");
    }

    void eachAnswerCanBeWipedWithoutTheOthers()
    {
        QFETCH(QByteArray, file);
        QTemporaryDir folder;
        const QString path = folder.filePath(QStringLiteral("passphrases"));
        QVERIFY(core::replaceFile(path, file));
        keys::Passphrases passphrases(path);
        for (int count = 0; count < 3; ++count) {
            auto answer = passphrases.ask(QStringLiteral("a key"));
            QCOMPARE(*answer, QByteArray("first"));
            QVERIFY(answer->isDetached());
            core::wipe(*answer);
        }
    }
};

QTEST_GUILESS_MAIN(TestPassphrases)
#include "tst_passphrases.moc"
