// SPDX-License-Identifier: Apache-2.0
#include "core/base/download_address.h"

#include <QTest>

class TestDownloadAddress : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void takesHttpsOnly()
    {
        const QString start = QStringLiteral("https://fw.example/");
        for (const QString &address :
             {start, QStringLiteral("https://fw.example:8443/a%20b?c=d&e"),
              QStringLiteral("https://10.0.0.1/a"), QStringLiteral("https://[::1]:8443/a"),
              QStringLiteral("HTTPS://FW.example/a"), start + QString(2048 - start.size(), u'a')})
            QVERIFY2(core::isDownloadAddress(address), qPrintable(address));
        for (const QString &address :
             {QString(), QStringLiteral("http://fw.example/"), QStringLiteral("ftp://fw.example/"),
              QStringLiteral("file:///etc/passwd"), QStringLiteral("https:///a"), QStringLiteral("https:"),
              QStringLiteral("//fw.example/a"), QStringLiteral("/a"), QStringLiteral("fw.example/a"),
              QStringLiteral("https://me@fw.example/"), QStringLiteral("https://me:secret@fw.example/"),
              QStringLiteral("https://:secret@fw.example/"), QStringLiteral("https://@fw.example/"),
              QStringLiteral("https://fw.example:99999/"), QStringLiteral("https://fw.example/a b"),
              QStringLiteral(" https://fw.example/"), QStringLiteral("https://fw.example/\r\nX: y"),
              start + QString(2049 - start.size(), u'a')})
            QVERIFY2(!core::isDownloadAddress(address), qPrintable(address));
    }

    void comparesHosts_data()
    {
        QTest::addColumn<QString>("pattern");
        QTest::addColumn<QString>("host");
        QTest::addColumn<bool>("isAmong");
        const auto row = [](const char *pattern, const char *host, bool isAmong) {
            QTest::addRow("%s %s", pattern, host) << pattern << host << isAmong;
        };
        row("fw.example", "fw.example", true);
        row("fw.example", "FW.EXAMPLE", true);
        row("FW.example", "fw.example:8443", true);
        row("fw.example", "a.fw.example", false);
        row("fw.example", "evil-fw.example", false);
        row("fw.example", "fw.example.evil.example", false);
        row("*.fw.example", "a.fw.example", true);
        row("*.fw.example", "a.b.fw.example", true);
        row("*.fw.example", "fw.example", false);
        row("*.fw.example", "evilfw.example", false);
        row("10.0.0.1", "10.0.0.1", true);
    }
    void comparesHosts()
    {
        QFETCH(QString, pattern);
        QFETCH(QString, host);
        QVERIFY(core::isHostPattern(pattern));
        QTEST(core::isHostAmong({pattern}, QStringLiteral("https://%1/fw.example").arg(host)), "isAmong");
        QTEST(core::isHostAmong({QStringLiteral("other.example"), pattern},
                                QStringLiteral("https://%1/a").arg(host)),
              "isAmong");
    }

    void noListIsNobody()
    {
        QVERIFY(!core::isHostAmong({}, QStringLiteral("https://fw.example/")));
        QVERIFY(!core::isHostAmong({QString()}, QStringLiteral("no address")));
    }

    void refusesPatternsThatMeanNothing()
    {
        for (const char *pattern : {"", "*", "*.", ".example", "a*.example", "fw.example/", "fw.example:443",
                                    "https://fw.example", "fw example", "*.*.example"})
            QVERIFY2(!core::isHostPattern(QLatin1String(pattern)), pattern);
    }
};

QTEST_GUILESS_MAIN(TestDownloadAddress)
#include "tst_download_address.moc"
