// SPDX-License-Identifier: Apache-2.0
#include "tests/support/boot_core.h"

#include <QCborArray>
#include <QCborMap>
#include <QCborValue>
#include <QTest>

#include <array>
#include <cstring>
#include <vector>

namespace {

enum Field { Number, Flag, Bytes, Text, FieldCount };

constexpr cbor_field kFields[FieldCount] = {{"n", CBOR_FIELD_UINT, false},
                                            {"f", CBOR_FIELD_BOOL, false},
                                            {"b", CBOR_FIELD_BYTES, false},
                                            {"t", CBOR_FIELD_TEXT, false}};

using Values = std::array<cbor_value, FieldCount>;

bool read(const QByteArray &payload, Values &values)
{
    // A copy of exactly this size, so that the sanitizer sees a read beyond it.
    const std::vector<uint8_t> exact(payload.begin(), payload.end());
    std::memset(values.data(), 0xa5, sizeof values); // the reader clears them
    const bool isRead = cbor_read_fields(exact.data(), exact.size(), kFields, FieldCount, values.data());
    for (cbor_value &value : values) {
        if (value.data != nullptr) {
            value.data = reinterpret_cast<const uint8_t *>(payload.constData()) + (value.data - exact.data());
        }
    }
    return isRead;
}

QByteArray bytesOf(const cbor_value &value)
{
    return {reinterpret_cast<const char *>(value.data), qsizetype(value.length)};
}

bool reads(const char *hex)
{
    Values values;
    return read(QByteArray::fromHex(hex), values);
}

} // namespace

class TestCbor : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void readsWhatQtWrites()
    {
        const QCborMap nested = {{QStringLiteral("x"), QCborArray{1, -2, 3.5, QCborMap{{1, true}}}}};
        const QCborMap map = {{QStringLiteral("unknown"), nested},
                              {QStringLiteral("n"), 70000},
                              {QStringLiteral("f"), true},
                              {QStringLiteral("b"), QByteArray("abc")},
                              {QStringLiteral("t"), QStringLiteral("text")},
                              {5, QCborValue(QCborKnownTags::DateTimeString, QStringLiteral("today"))}};
        const QByteArray payload = map.toCborValue().toCbor();
        Values values;
        QVERIFY(read(payload, values));
        for (const cbor_value &value : values) {
            QVERIFY(value.is_present);
        }
        QCOMPARE(values[Number].number, 70000u);
        QCOMPARE(values[Flag].number, 1u);
        QCOMPARE(bytesOf(values[Bytes]), QByteArray("abc"));
        QCOMPARE(bytesOf(values[Text]), QByteArray("text"));
    }

    void clearsWhatIsNotThere()
    {
        for (const char *hex : {"", "a0", "a161780a"}) {
            const QByteArray payload = QByteArray::fromHex(hex);
            Values values;
            QVERIFY(read(payload, values));
            for (const cbor_value &value : values) {
                QVERIFY(!value.is_present);
                QCOMPARE(value.number, 0u);
                QCOMPARE(value.length, size_t(0));
            }
        }
    }

    void theLastOfTwoCounts()
    {
        const QByteArray payload = QByteArray::fromHex("a2616e05616e06");
        Values values;
        QVERIFY(read(payload, values));
        QCOMPARE(values[Number].number, 6u);
    }

    void missesWhatIsRequired()
    {
        constexpr cbor_field fields[] = {{"n", CBOR_FIELD_UINT, true}, {"f", CBOR_FIELD_BOOL, false}};
        cbor_value values[2];
        const auto reads = [&](const char *hex) {
            const QByteArray payload = QByteArray::fromHex(hex);
            const auto *bytes = reinterpret_cast<const uint8_t *>(payload.constData());
            return cbor_read_fields(bytes, size_t(payload.size()), fields, 2, values);
        };
        QVERIFY(reads("a1616e05"));
        QVERIFY(!reads("a16166f5"));
        QVERIFY(!reads("a0"));
        QVERIFY(!reads(""));
    }

    void takesNumbersOfEveryLength()
    {
        for (const char *hex :
             {"a1616e1805", "a1616e190005", "a1616e1a00000005", "a1616e1b0000000000000005"}) {
            const QByteArray payload = QByteArray::fromHex(hex);
            Values values;
            QVERIFY(read(payload, values));
            QCOMPARE(values[Number].number, 5u);
        }
        const QByteArray largest = QByteArray::fromHex("a1616e1affffffff");
        Values values;
        QVERIFY(read(largest, values));
        QCOMPARE(values[Number].number, 0xffffffffu);
    }

    void skipsWhatNobodyAsksFor()
    {
        QVERIFY(reads("a161781bffffffffffffffff")); // a number of 64 bits
        QVERIFY(reads("a16178fb7ff8000000000000")); // a double
        QVERIFY(reads("a16178c11a5f5e1000")); // a tag
        QVERIFY(reads("a1616e05ff")); // bytes behind the map
        QVERIFY(reads("a18101616e")); // a key that is an array
        QVERIFY(reads("a17f61746165ff01")); // a key in chunks
        const QByteArray deep = QByteArray("a16178") + QByteArray("81").repeated(CBOR_MAX_NESTING) + "00";
        QVERIFY(reads(deep.constData()));
    }

    void takesBothFormsOfLength()
    {
        QVERIFY(reads("a1616e05")); // {"n": 5}
        QVERIFY(reads("bf616e05ff")); // the same, indefinite
        QVERIFY(reads("bf6178bf617a9f0102ffff616e05ff")); // unknown containers inside
        QVERIFY(reads("a161785f4101420203ff")); // an unknown string in chunks
        QVERIFY(reads("")); // no payload at all
        QVERIFY(reads("a0"));
    }

    void refuses_data()
    {
        QTest::addColumn<QByteArray>("hex");
        QTest::newRow("no map") << QByteArray("80");
        QTest::newRow("map without content") << QByteArray("a1");
        QTest::newRow("key without value") << QByteArray("a1616e");
        QTest::newRow("map without end") << QByteArray("bf616e05");
        QTest::newRow("break in a definite map") << QByteArray("a1ff");
        QTest::newRow("break as a value") << QByteArray("bf616eff");
        QTest::newRow("break as an unknown value") << QByteArray("bf6178ff");
        QTest::newRow("number as text") << QByteArray("a1616e6135");
        QTest::newRow("negative number") << QByteArray("a1616e20");
        QTest::newRow("number beyond 32 bits") << QByteArray("a1616e1b0000000100000000");
        QTest::newRow("null as a flag") << QByteArray("a16166f6");
        QTest::newRow("string beyond the end") << QByteArray("a161624501");
        QTest::newRow("string of 2^64-1 bytes") << QByteArray("a161625bffffffffffffffff");
        QTest::newRow("wanted string in chunks") << QByteArray("a161625f4101ff");
        QTest::newRow("array of 2^64-1 items") << QByteArray("a161789bffffffffffffffff");
        QTest::newRow("map of 2^63 pairs") << QByteArray("a16178bb8000000000000000");
        QTest::newRow("reserved length") << QByteArray("a1616e1c");
        QTest::newRow("nested too deep")
            << QByteArray("a16178") + QByteArray("81").repeated(CBOR_MAX_NESTING + 1) + "00";
        QTest::newRow("tagged too deep")
            << QByteArray("a16178") + QByteArray("c1").repeated(CBOR_MAX_NESTING + 1) + "00";
        QTest::newRow("opened for ever") << QByteArray("a16178") + QByteArray("9f").repeated(400);
        QTest::newRow("undefined as a flag") << QByteArray("a16166f7");
        QTest::newRow("break in an array") << QByteArray("a161788201ff");
        QTest::newRow("map of 2^32-1 pairs") << QByteArray("baffffffff616e05");
        QTest::newRow("indefinite number") << QByteArray("a1616e1f");
    }

    void refuses()
    {
        QFETCH(QByteArray, hex);
        Values values;
        QVERIFY(!read(QByteArray::fromHex(hex), values));
    }

    void neverReadsBeyondATruncatedPayload()
    {
        const QByteArray whole = QByteArray::fromHex("bf6178bf617a9f0102ffff616e190100616243010203ff");
        for (qsizetype length = 1; length < whole.size(); ++length) {
            Values values;
            QVERIFY(!read(whole.left(length), values));
        }
    }

    void qtReadsWhatItWrites()
    {
        uint8_t buffer[128];
        cbor_writer writer = {
            .buffer = buffer, .capacity = sizeof buffer, .length = 0, .has_overflown = false};
        cbor_open_map(&writer);
        cbor_put_key_uint(&writer, "a", 23);
        cbor_put_key_uint(&writer, "b", 24);
        cbor_put_key_uint(&writer, "c", 256);
        cbor_put_key_uint(&writer, "d", 0xffffffff);
        cbor_put_key_bool(&writer, "e", false);
        cbor_put_key_text(&writer, "f", "text");
        cbor_put_key_bytes(&writer, "g", buffer, 2);
        cbor_put_key(&writer, "h");
        cbor_open_array(&writer);
        cbor_put_uint(&writer, 65536);
        cbor_close(&writer);
        cbor_close(&writer);
        QVERIFY(!writer.has_overflown);
        const QCborMap map =
            QCborValue::fromCbor(QByteArray(reinterpret_cast<char *>(buffer), qsizetype(writer.length)))
                .toMap();
        QCOMPARE(map[QStringLiteral("a")].toInteger(), 23);
        QCOMPARE(map[QStringLiteral("b")].toInteger(), 24);
        QCOMPARE(map[QStringLiteral("c")].toInteger(), 256);
        QCOMPARE(map[QStringLiteral("d")].toInteger(), 0xffffffff);
        QVERIFY(map[QStringLiteral("e")].isFalse());
        QCOMPARE(map[QStringLiteral("f")].toString(), QStringLiteral("text"));
        QCOMPARE(map[QStringLiteral("g")].toByteArray().size(), 2);
        QCOMPARE(map[QStringLiteral("h")].toArray().at(0).toInteger(), 65536);
    }

    void saysWhenItDoesNotFit()
    {
        uint8_t buffer[4] = {0, 0, 0, 0x55};
        cbor_writer writer = {.buffer = buffer, .capacity = 3, .length = 0, .has_overflown = false};
        cbor_put_text(&writer, "abc", 3);
        QVERIFY(writer.has_overflown);
        cbor_put_uint(&writer, 1);
        QCOMPARE(writer.length, size_t(1));
        QCOMPARE(buffer[3], quint8(0x55));
    }
};

QTEST_GUILESS_MAIN(TestCbor)
#include "tst_cbor.moc"
