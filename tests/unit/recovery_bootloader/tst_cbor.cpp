// SPDX-License-Identifier: Apache-2.0
#include "tests/support/boot_core.h"

#include <QCborArray>
#include <QCborMap>
#include <QCborValue>
#include <QTest>

namespace {

struct Fields {
    cbor_value number = {};
    cbor_value flag = {};
    cbor_value bytes = {};
    cbor_value text = {};
};

bool read(const QByteArray &payload, Fields &values)
{
    const cbor_field fields[] = {{"n", CBOR_FIELD_UINT, &values.number},
                                 {"f", CBOR_FIELD_BOOL, &values.flag},
                                 {"b", CBOR_FIELD_BYTES, &values.bytes},
                                 {"t", CBOR_FIELD_TEXT, &values.text}};
    // A copy of exactly this size, so that the sanitizer sees a read beyond it.
    const QByteArray exact(payload.constData(), payload.size());
    return cbor_read_fields(reinterpret_cast<const uint8_t *>(exact.constData()), size_t(exact.size()),
                            fields, 4);
}

bool reads(const char *hex)
{
    Fields values;
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
        Fields values;
        const cbor_field fields[] = {{"n", CBOR_FIELD_UINT, &values.number},
                                     {"f", CBOR_FIELD_BOOL, &values.flag},
                                     {"b", CBOR_FIELD_BYTES, &values.bytes},
                                     {"t", CBOR_FIELD_TEXT, &values.text}};
        QVERIFY(cbor_read_fields(reinterpret_cast<const uint8_t *>(payload.constData()),
                                 size_t(payload.size()), fields, 4));
        QVERIFY(values.number.is_present && values.flag.is_present);
        QCOMPARE(values.number.number, 70000u);
        QCOMPARE(values.flag.number, 1u);
        QCOMPARE(
            QByteArray(reinterpret_cast<const char *>(values.bytes.data), qsizetype(values.bytes.length)),
            QByteArray("abc"));
        QCOMPARE(QByteArray(reinterpret_cast<const char *>(values.text.data), qsizetype(values.text.length)),
                 QByteArray("text"));
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
        QTest::newRow("nested too deep") << QByteArray("a16178") + QByteArray("81").repeated(40) + "00";
    }

    void refuses()
    {
        QFETCH(QByteArray, hex);
        Fields values;
        QVERIFY(!read(QByteArray::fromHex(hex), values));
    }

    void neverReadsBeyondATruncatedPayload()
    {
        const QByteArray whole = QByteArray::fromHex("bf6178bf617a9f0102ffff616e190100616243010203ff");
        for (qsizetype length = 1; length < whole.size(); ++length) {
            Fields values;
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
