// SPDX-License-Identifier: Apache-2.0
#include "core/base/text_lines.h"

#include <QTest>

using core::kLongestTextLine;
using core::TextLines;

class TestTextLines : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void putsPiecesTogether()
    {
        const QByteArray text = "<inf> grün\r\n\r\n<err> hot\nhalf";
        for (const int size : {1, 2, 7, 100}) {
            TextLines lines;
            QStringList read;
            for (qsizetype at = 0; at < text.size(); at += size)
                read += lines.feed(text.mid(at, size));
            QCOMPARE(read,
                     (QStringList{QStringLiteral("<inf> grün"), QString(), QStringLiteral("<err> hot")}));
            QCOMPARE(lines.takeRest(), QStringLiteral("half"));
            QVERIFY(lines.takeRest().isEmpty());
        }
    }

    void cutsWhatHasNoEnd()
    {
        TextLines lines;
        const QStringList cut = lines.feed(QByteArray(2 * kLongestTextLine + 3, 'x'));
        QCOMPARE(cut.size(), 2);
        QCOMPARE(cut.last().size(), kLongestTextLine);
        QCOMPARE(lines.feed("y\n"), QStringList{QStringLiteral("xxxy")});
    }

    void cutsALongLineThatEnds()
    {
        TextLines lines;
        const QStringList cut = lines.feed(QByteArray(kLongestTextLine + 1, 'x') + "\nz\n");
        QCOMPARE(cut.size(), 3);
        QCOMPARE(cut.at(1), QStringLiteral("x"));
        QCOMPARE(cut.at(2), QStringLiteral("z"));
    }
};

QTEST_GUILESS_MAIN(TestTextLines)
#include "tst_text_lines.moc"
