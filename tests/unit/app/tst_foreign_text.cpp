// SPDX-License-Identifier: Apache-2.0
#include "app/texts/foreign_text.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

using texts::harmless;
using texts::harmlessLine;

namespace {

bool isControl(char32_t character)
{
    return character < 0x20 || (character >= 0x7f && character <= 0x9f)
        || (character >= 0x2028 && character <= 0x202e) || (character >= 0x2066 && character <= 0x2069);
}

} // namespace

class TestForeignText : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void showsWhatWouldCommandATerminal()
    {
        QCOMPARE(harmless(QStringLiteral("\u001b[2J\u009b1;32mAll is well\u202e\u0007")),
                 QStringLiteral("<U+001B>[2J<U+009B>1;32mAll is well<U+202E><U+0007>"));
    }

    void takesColoursAndNothingElse()
    {
        const QString log = QStringLiteral("\x1b[1;31m<err> lamp: too hot\x1b[0m");
        QCOMPARE(texts::withoutColours(log), QStringLiteral("<err> lamp: too hot"));
        QCOMPARE(texts::withoutColours(QStringLiteral("\x1b[2J[0m")), QStringLiteral("\x1b[2J[0m"));
    }

    void leavesEverythingElse()
    {
        const QString text = QStringLiteral("Größe\t12 µA – „gut“ 日本 עברית \U0001f600 …");
        QCOMPARE(harmless(text), text);
        QCOMPARE(harmlessLine(text), text);
    }

    void aLineStaysOne()
    {
        QCOMPARE(harmless(QStringLiteral("a\nb")), QStringLiteral("a\nb"));
        QCOMPARE(harmlessLine(QStringLiteral("a\nb\r\nc")), QStringLiteral("a<U+000A>b<U+000D><U+000A>c"));
        QCOMPARE(harmless(QStringLiteral("hidden\rshown")), QStringLiteral("hidden<U+000D>shown"));
    }

    void everyCharacterIsJudged()
    {
        for (char16_t unit = 0; unit < 0xd800; ++unit) {
            const QString text(QChar{unit});
            const bool stays = !isControl(unit) || unit == u'\t';
            QCOMPARE(harmlessLine(text) == text, stays);
            QCOMPARE(harmless(text) == text, stays || unit == u'\n');
        }
    }

    void jsonMeansTheSame()
    {
        QString all;
        for (char16_t unit = 0; unit < 0x2100; ++unit)
            all += QChar(unit);
        const QJsonObject object{{all, all}, {QStringLiteral("emoji"), QStringLiteral("\U0001f600")}};
        const QByteArray json = texts::harmlessJson(QJsonDocument(object).toJson(QJsonDocument::Compact));
        QCOMPARE(QJsonDocument::fromJson(json).object(), object);
        const QString shown = QString::fromUtf8(json);
        QVERIFY(
            std::none_of(shown.cbegin(), shown.cend(), [](QChar one) { return isControl(one.unicode()); }));
    }
};

QTEST_GUILESS_MAIN(TestForeignText)
#include "tst_foreign_text.moc"
