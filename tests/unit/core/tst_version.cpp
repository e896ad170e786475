// SPDX-License-Identifier: Apache-2.0
#include "core/base/version.h"

#include <QTest>

class TestVersion : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void readsEveryForm_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("normal");
        QTest::newRow("plain") << QStringLiteral("1.2.3") << QStringLiteral("1.2.3");
        QTest::newRow("with build") << QStringLiteral("1.2.3+7") << QStringLiteral("1.2.3+7");
        QTest::newRow("as MCUmgr writes it") << QStringLiteral("1.2.3.7") << QStringLiteral("1.2.3+7");
        QTest::newRow("largest") << QStringLiteral("255.255.65535+4294967295")
                                 << QStringLiteral("255.255.65535+4294967295");
    }

    void readsEveryForm()
    {
        QFETCH(QString, text);
        QFETCH(QString, normal);
        const auto version = core::parseVersion(text);
        QVERIFY(version.has_value());
        QCOMPARE(core::toText(*version), normal);
    }

    void refusesWhatIsNotAVersion_data()
    {
        QTest::addColumn<QString>("text");
        for (const char *text : {"", "1", "1.2", "1.2.3.4.5", "256.0.0", "1.2.65536", "1.2.3+4294967296",
                                 "v1.2.3", "1.2.3 ", "1.2.3\n", "-1.2.3", "1.2.3+", "1..3"})
            QTest::newRow(text) << QString::fromLatin1(text);
    }

    void refusesWhatIsNotAVersion()
    {
        QFETCH(QString, text);
        QVERIFY(!core::parseVersion(text).has_value());
    }

    void ordersByNumberNotByText()
    {
        QVERIFY(*core::parseVersion(QStringLiteral("1.10.0")) > *core::parseVersion(QStringLiteral("1.9.0")));
        QVERIFY(*core::parseVersion(QStringLiteral("1.0.0+2"))
                > *core::parseVersion(QStringLiteral("1.0.0")));
    }
};

QTEST_GUILESS_MAIN(TestVersion)
#include "tst_version.moc"
