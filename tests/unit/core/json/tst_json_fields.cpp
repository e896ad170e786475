// SPDX-License-Identifier: Apache-2.0
#include "core/json/json_fields.h"

#include <QTest>

#include <functional>

using core::JsonFields;

namespace {

/// What reading the document by `read` is refused for; empty when it is not.
QString refusalOf(const QByteArray &json, const std::function<void(JsonFields &)> &read)
{
    JsonFields fields(*core::parseStrict(json), QString());
    read(fields);
    const auto finished = fields.finish();
    return finished ? QString() : finished.error().detail;
}

qint64 numberIn(JsonFields &fields)
{
    return fields.integer("n", {0, 9});
}

} // namespace

class TestJsonFields : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void readsEachItemOfAList()
    {
        QList<qint64> numbers;
        QCOMPARE(
            refusalOf(R"({"list":[{"n":1},{"n":2}]})",
                      [&](JsonFields &fields) { numbers = core::readList(fields, "list", 2, numberIn); }),
            QString());
        QCOMPARE(numbers, (QList<qint64>{1, 2}));
    }

    void refusesWhatAnItemRefuses_data()
    {
        QTest::addColumn<QByteArray>("json");
        QTest::addColumn<QString>("refusal");
        QTest::newRow("no list") << QByteArray(R"({"list":{}})") << "list has to be a list";
        QTest::newRow("no object") << QByteArray(R"({"list":[1]})") << "list[0]: named fields were expected";
        QTest::newRow("a member that is missing")
            << QByteArray(R"({"list":[{"n":1},{}]})") << "list[1].n is missing";
        QTest::newRow("a member that nobody knows")
            << QByteArray(R"({"list":[{"n":1,"m":1}]})") << R"(list[0]: "m" is not a known field)";
        QTest::newRow("too many") << QByteArray(R"({"list":[{"n":1},{"n":2},{"n":10}]})")
                                  << "list has more than 2 entries";
    }

    void refusesWhatAnItemRefuses()
    {
        QFETCH(QByteArray, json);
        QFETCH(QString, refusal);
        QCOMPARE(refusalOf(json, [](JsonFields &fields) { core::readList(fields, "list", 2, numberIn); }),
                 refusal);
    }

    void namesTheListOfAnItemByItsWholePlace()
    {
        const auto readInner = [](JsonFields &fields) { return core::readList(fields, "in", 2, numberIn); };
        QCOMPARE(
            refusalOf(R"({"out":[{"in":[{}]}]})",
                      [&](JsonFields &fields) { core::readList(fields, "out", core::kNoMost, readInner); }),
            QStringLiteral("out[0].in[0].n is missing"));
    }

    void holdsTextsToTheirForms_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<bool>("isName");
        QTest::addColumn<bool>("isLine");
        QTest::newRow("a name") << QByteArray("acme-gw_2.0") << true << true;
        QTest::newRow("capitals") << QByteArray("Acme") << false << true;
        QTest::newRow("nothing") << QByteArray() << false << false;
        QTest::newRow("17") << QByteArray(17, 'a') << false << true;
        QTest::newRow("a line break at the end") << QByteArray("acme\\n") << false << false;
        QTest::newRow("200") << QByteArray(200, '!') << false << true;
        QTest::newRow("201") << QByteArray(201, '!') << false << false;
    }

    void holdsTextsToTheirForms()
    {
        QFETCH(QByteArray, text);
        QFETCH(bool, isName);
        QFETCH(bool, isLine);
        const QByteArray one = "{\"x\":\"" + text + "\"}";
        const QByteArray several = "{\"x\":[\"ok\",\"" + text + "\"]}";
        QCOMPARE(refusalOf(one, [](JsonFields &fields) { fields.lowerCaseName("x", 16); }).isEmpty(), isName);
        QCOMPARE(refusalOf(several, [](JsonFields &fields) { fields.lowerCaseNames("x", 16); }).isEmpty(),
                 isName);
        QCOMPARE(refusalOf(one, [](JsonFields &fields) { fields.shortLine("x"); }).isEmpty(), isLine);
    }

    void readsAVersion()
    {
        core::Version version;
        const auto read = [&](JsonFields &fields) { version = fields.version("v"); };
        QCOMPARE(refusalOf(R"({"v":"1.2.3+4"})", read), QString());
        QVERIFY((version == core::Version{1, 2, 3, 4}));
        QVERIFY(refusalOf(R"({"v":"1.2"})", read).startsWith(QStringLiteral("v has to be a version")));
        QCOMPARE(refusalOf("{}", read), QStringLiteral("v is missing"));
    }
};

QTEST_APPLESS_MAIN(TestJsonFields)
#include "tst_json_fields.moc"
