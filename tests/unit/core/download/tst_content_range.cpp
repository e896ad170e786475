// SPDX-License-Identifier: Apache-2.0
#include "core/download/content_range.h"

#include <QTest>

using core::ContentRange;

class TestContentRange : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void readsRanges()
    {
        QVERIFY((core::parseContentRange("bytes 0-0/1") == ContentRange{0, 0, 1}));
        QVERIFY((core::parseContentRange("bytes 42-1233/1234") == ContentRange{42, 1233, 1234}));
        QVERIFY((core::parseContentRange("bytes 42-1233/*") == ContentRange{42, 1233, {}}));
        QVERIFY((core::parseContentRange("bytes 0-9007199254740991/9007199254740992")
                 == ContentRange{0, 9007199254740991, 9007199254740992}));
    }

    void refusesEverythingElse()
    {
        for (const char *header : {"",
                                   "bytes",
                                   "bytes ",
                                   "bytes 0-0",
                                   "bytes */1234",
                                   "bytes 0/1",
                                   "bytes -5/10",
                                   "bytes 5-/10",
                                   "bytes 5-4/10",
                                   "bytes 0-10/10",
                                   "bytes 0-1/",
                                   "bytes 0-1/**",
                                   "bytes +0-1/2",
                                   "bytes 0 -1/2",
                                   "bytes  0-1/2",
                                   "bytes 0-1/2 ",
                                   "bytes=0-1/2",
                                   "Bytes 0-1/2",
                                   "items 0-1/2",
                                   "bytes 0-1/2/3",
                                   "bytes 0--1/2",
                                   "bytes 0-1/-2",
                                   "bytes 0-1/0x5",
                                   "bytes /0-1",
                                   "bytes 0/1-2",
                                   "bytes 0-9007199254740992/9007199254740993",
                                   "bytes 0-1/99999999999999999999"})
            QVERIFY2(!core::parseContentRange(header), header);
    }

    void takesStrongTagsOnly()
    {
        QCOMPARE(core::strongTag("\"a-1:2\""), QByteArray("\"a-1:2\""));
        QCOMPARE(core::strongTag("\"\""), QByteArray("\"\""));
        for (const QByteArray &tag :
             {QByteArray(), QByteArray("W/\"a\""), QByteArray("a"), QByteArray("\""), QByteArray("\"a\"b\""),
              QByteArray("\"a b\""), QByteArray("\"a\r\nX: y\""), QByteArray("\"\xc3\xa4\""),
              '"' + QByteArray(300, 'a') + '"'})
            QCOMPARE(core::strongTag(tag), QByteArray());
    }
};

QTEST_GUILESS_MAIN(TestContentRange)
#include "tst_content_range.moc"
