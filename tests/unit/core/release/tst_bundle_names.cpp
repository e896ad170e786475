// SPDX-License-Identifier: Apache-2.0
#include "core/release/bundle_names.h"

#include <QTest>

class TestBundleNames : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void tellsNamesApart_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<bool>("isPlain");
        QTest::addColumn<bool>("isFile");
        QTest::addColumn<bool>("isRoot");
        const auto row = [](const QString &name, bool isPlain, bool isFile, bool isRoot) {
            QTest::newRow(qPrintable(name)) << name << isPlain << isFile << isRoot;
        };
        row(QStringLiteral("app.bin"), true, true, false);
        row(QStringLiteral("-A_9+b.c"), true, true, false);
        row(QString(128, u'x'), true, true, false);
        row(QString(129, u'x'), false, false, false);
        row(QString(), false, false, false);
        row(QStringLiteral(".hidden"), false, false, false);
        row(QStringLiteral("a/b"), false, false, false);
        row(QStringLiteral("a b"), false, false, false);
        row(QStringLiteral("a\n"), false, false, false);
        row(QStringLiteral("\u00e4"), false, false, false);
        row(core::manifestEntryName(), true, false, false);
        row(core::rootEntryName(1), true, false, true);
        row(core::rootEntryName(2147483647), true, false, true);
        row(core::rootEntryName(0), true, false, false);
        row(QStringLiteral("01.root.json"), true, false, false);
        row(QStringLiteral("12345678901.root.json"), true, false, false);
        row(QStringLiteral("x.root.json"), true, false, false);
        row(QStringLiteral("1.root.json\n"), false, false, false);
        row(QStringLiteral("root.json"), true, true, false);
    }

    void tellsNamesApart()
    {
        QFETCH(QString, name);
        QTEST(core::isPlainEntryName(name), "isPlain");
        QTEST(core::isFileEntryName(name), "isFile");
        QTEST(core::isRootEntryName(name), "isRoot");
    }
};

QTEST_APPLESS_MAIN(TestBundleNames)
#include "tst_bundle_names.moc"
