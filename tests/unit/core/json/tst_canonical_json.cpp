// SPDX-License-Identifier: Apache-2.0
#include "core/json/canonical_json.h"

#include "tests/support/vectors.h"

#include <QTest>

using core::Json;
using core::parseCanonical;
using core::parseStrict;

class TestCanonicalJson : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void canonicalizesAsTheVectorsSay_data()
    {
        QTest::addColumn<QByteArray>("input");
        QTest::addColumn<QByteArray>("output");
        // RFC 8785, section 3.2.3: the order is that of UTF-16 code units, so the emoji stands before U+FB33.
        QTest::newRow("order of names")
            << QByteArray(R"({"\u20ac":"Euro Sign","\r":"Carriage Return","\ufb33":"Dalet","1":"One",)"
                          R"("\ud83d\ude00":"Emoji","\u0080":"Control","\u00f6":"o"})")
            << QByteArray(
                   "{\"\\r\":\"Carriage Return\",\"1\":\"One\",\"\xc2\x80\":\"Control\",\"\xc3\xb6\":\"o\","
                   "\"\xe2\x82\xac\":\"Euro "
                   "Sign\",\"\xf0\x9f\x98\x80\":\"Emoji\",\"\xef\xac\xb3\":\"Dalet\"}");
        // RFC 8785, section 3.2.2, without its fractions.
        QTest::newRow("strings") << QByteArray(
            R"(["\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/", null, true ])")
                                 << QByteArray("[\"\xe2\x82\xac$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\",null,true]");
        QTest::newRow("short escapes") << QByteArray(R"("\u0008\u0009\u000a\u000c\u000d\u001f\u007f")")
                                       << QByteArray("\"\\b\\t\\n\\f\\r\\u001f\x7f\"");
        QTest::newRow("integers") << QByteArray("[ 0,-1, 9007199254740991,-9007199254740991 ]")
                                  << QByteArray("[0,-1,9007199254740991,-9007199254740991]");
        QTest::newRow("empty ones") << QByteArray(R"({ "b" : [ ], "a" : { } })")
                                    << QByteArray(R"({"a":{},"b":[]})");
        QTest::newRow("not normalised") << QByteArray(R"("A\u030a")") << QByteArray("\"A\xcc\x8a\"");
        QTest::newRow("keeps U+FEFF") << QByteArray("\"\\ufeffa\"")
                                      << QByteArray("\"\xef\xbb\xbf"
                                                    "a\"");
    }

    void canonicalizesAsTheVectorsSay()
    {
        QFETCH(QByteArray, input);
        QFETCH(QByteArray, output);
        const auto value = parseStrict(input);
        QVERIFY2(value.has_value(), value ? "" : qPrintable(value.error().detail));
        QCOMPARE(*core::toCanonical(*value), output);
        QVERIFY2(parseCanonical(output) == *value, "the canonical form reads back as the same value");
    }

    void passesTheVectorsOfOthers_data()
    {
        QTest::addColumn<bool>("holdsFractions");
        QTest::newRow("arrays.json") << false;
        QTest::newRow("french.json") << false;
        QTest::newRow("structures.json") << true;
        QTest::newRow("unicode.json") << false;
        QTest::newRow("values.json") << true;
        QTest::newRow("weird.json") << false;
    }

    void passesTheVectorsOfOthers()
    {
        QFETCH(bool, holdsFractions);
        const QString vectors = test_support::sharedVectors(QStringLiteral("jcs"));
        SKIP_WITHOUT_VECTORS(vectors);
        const QString name = QString::fromLatin1(QTest::currentDataTag());
        const auto value = parseStrict(test_support::contentOf(vectors + QStringLiteral("input/") + name));
        QCOMPARE(value.has_value(), !holdsFractions);
        if (holdsFractions) {
            QVERIFY(value.error().detail.contains(QStringLiteral("whole numbers")));
            return;
        }
        const QByteArray expected = test_support::contentOf(vectors + QStringLiteral("output/") + name);
        QCOMPARE(*core::toCanonical(*value), expected);
        QVERIFY(parseCanonical(expected).has_value());
    }

    void refusesWhatTwoParsersMayReadDifferently_data()
    {
        QTest::addColumn<QByteArray>("input");
        const auto row = [](const char *name, const QByteArray &input) { QTest::newRow(name) << input; };
        row("nothing", "");
        row("white space", "  ");
        row("duplicate name", R"({"a":1,"a":2})");
        row("duplicate name by an escape", R"({"a":1,"\u0061":2})");
        row("fraction", "1.5");
        row("whole fraction", "1.0");
        row("exponent", "1e3");
        row("large exponent", "1E3");
        row("2^53", "9007199254740992");
        row("-2^53", "-9007199254740992");
        row("very long number", QByteArray(60000, '9'));
        row("negative zero", "-0");
        row("zero in front", "01");
        row("plus", "+1");
        row("minus alone", "-");
        row("NaN", "NaN");
        row("lone high surrogate", R"("\ud83d")");
        row("lone low surrogate", R"("\ude00")");
        row("surrogates swapped", R"("\ude00\ud83d")");
        row("surrogate in UTF-8", "\"\xed\xa0\xbd\"");
        row("overlong UTF-8", "\"\xc0\xaf\"");
        row("UTF-8 cut off", "\"\xe2\x82\"");
        row("beyond Unicode", "\"\xf4\x90\x80\x80\"");
        row("byte-order mark", "\xef\xbb\xbf{}");
        row("trailing value", "{} {}");
        row("trailing zero byte", QByteArray("{}\0", 3));
        row("trailing comma in an array", "[1,]");
        row("trailing comma in an object", R"({"a":1,})");
        row("no comma", "[1 2]");
        row("no colon", R"({"a" 1})");
        row("name without quotes", "{a:1}");
        row("single quotes", "{'a':1}");
        row("comment", "[1/*one*/]");
        row("newline in a string", "\"a\nb\"");
        row("zero byte in a string", QByteArray("\"a\0b\"", 5));
        row("string without an end", "\"abc");
        row("ends in an escape", "\"abc\\");
        row("unknown escape", R"("\x41")");
        row("short \\u", R"("\u41")");
        row("\\u without hex", R"("\u00g0")");
        row("\\u at the end", "\"\\u00");
        row("array without an end", "[[1]");
        row("object without an end", R"({"a":1)");
        row("closed by the wrong bracket", "[1}");
        row("word cut off", "tru");
        row("word in capitals", "True");
        row("other white space", "\x0c{}");
    }

    void refusesWhatTwoParsersMayReadDifferently()
    {
        QFETCH(QByteArray, input);
        const auto value = parseStrict(input);
        QVERIFY(!value.has_value());
        QCOMPARE(value.error().kind, core::ErrorKind::InvalidFile);
    }

    void refusesWhatIsNotCanonicalAlready_data()
    {
        QTest::addColumn<QByteArray>("input");
        QTest::newRow("space") << QByteArray(R"({"a": 1})");
        QTest::newRow("newline at the end") << QByteArray("{\"a\":1}\n");
        QTest::newRow("order") << QByteArray(R"({"b":1,"a":2})");
        QTest::newRow("needless escape") << QByteArray(R"("\u0041")");
        QTest::newRow("capital hex") << QByteArray(R"("\u000F")");
        QTest::newRow("long form of \\n") << QByteArray(R"("\u000a")");
        QTest::newRow("escaped slash") << QByteArray(R"("\/")");
        QTest::newRow("emoji by escapes") << QByteArray(R"("\ud83d\ude00")");
    }

    void refusesWhatIsNotCanonicalAlready()
    {
        QFETCH(QByteArray, input);
        QVERIFY(parseStrict(input).has_value());
        QVERIFY(!parseCanonical(input).has_value());
    }

    void boundsDepthAndSize()
    {
        const auto nested = [](int depth) { return QByteArray(depth, '[') + QByteArray(depth, ']'); };
        QVERIFY(parseStrict(nested(8)).has_value());
        QVERIFY(!parseStrict(nested(9)).has_value());
        QVERIFY(!parseStrict(QByteArray(60'000, '[')).has_value());
        QVERIFY(parseStrict(nested(9), {.depth = 9}).has_value());
        QVERIFY2(parseStrict("[" + QByteArray(8, ' ') + "[],[],[],[],[],[],[],[],[],[]]").has_value(),
                 "siblings are not depth");

        const QByteArray large = '"' + QByteArray(64 * 1024 - 2, 'x') + '"';
        QVERIFY(parseStrict(large).has_value());
        QVERIFY(!parseStrict(large + ' ').has_value());
        QVERIFY(!parseStrict("[1,2]", {.size = 4}).has_value());
    }

    void writesNothingThatItWouldNotRead()
    {
        QVERIFY(!core::toCanonical(Json(core::kLargestJsonInteger + 1)).has_value());
        QVERIFY(!core::toCanonical(Json(-core::kLargestJsonInteger - 1)).has_value());
        QVERIFY(!core::toCanonical(Json(QString(QChar(0xd83d)))).has_value());
        QVERIFY(!core::toCanonical(Json(Json::Object{{QString(QChar(0xde00)), Json()}})).has_value());
        QVERIFY(!core::toCanonical(Json(Json::Array{Json(QString(QChar(0xde00)))})).has_value());
    }

    void keepsTypesApart()
    {
        const auto value = parseStrict(R"([true,1,"1",null,[],{}])");
        QVERIFY(value.has_value());
        const Json::Array &items = *value->array();
        QVERIFY(items[0].boolean() && !items[0].integer());
        QVERIFY(items[1].integer() && !items[1].boolean() && !items[1].text());
        QVERIFY(items[2].text() && !items[2].integer());
        QVERIFY(items[3].isNull());
        QVERIFY(items[4].array() && !items[4].object());
        QVERIFY(items[5].object() && !items[5].array());
    }
};

QTEST_GUILESS_MAIN(TestCanonicalJson)
#include "tst_canonical_json.moc"
