// SPDX-License-Identifier: Apache-2.0
#include "core/release/foreign/intel_hex.h"

#include "tests/support/foreign_writers.h"

#include <QTest>

using core::FirmwareSegments;
using test_support::hexRecord;

namespace {

const QByteArray kEnd = ":00000001FF\r\n"; // as it stands in section 8 of the specification

QByteArray data(quint16 offset, const QByteArray &bytes)
{
    return hexRecord(0, offset, bytes);
}

QByteArray bytesOf(const char *hex)
{
    return QByteArray::fromHex(hex);
}

} // namespace

class TestIntelHex : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void readsARecordByHand()
    {
        // 3 + 0x00 + 0x30 + 0 + 0x02 + 0x33 + 0x7a = 0xe2, and 0xe2 + 0x1e = 0x100.
        const auto hex = core::readIntelHex(":0300300002337A1E\n:00000001FF\n");
        QVERIFY(hex.has_value());
        QCOMPARE(hex->segments, (FirmwareSegments{{0x30, bytesOf("02337a")}}));
        QVERIFY(!hex->entryPoint);
    }

    void placesDataByItsBase_data()
    {
        QTest::addColumn<QByteArray>("base");
        QTest::addColumn<qint64>("address");
        QTest::newRow("none") << QByteArray() << qint64(0x1234);
        QTest::newRow("linear") << hexRecord(4, 0, bytesOf("0800")) << qint64(0x08001234);
        QTest::newRow("highest linear") << hexRecord(4, 0, bytesOf("ffff")) << qint64(0xffff1234);
        QTest::newRow("segment") << hexRecord(2, 0, bytesOf("f001")) << qint64(0xf0010 + 0x1234);
        QTest::newRow("linear after segment")
            << hexRecord(2, 0, bytesOf("f001")) + hexRecord(4, 0, bytesOf("0001")) << qint64(0x00011234);
    }

    void placesDataByItsBase()
    {
        QFETCH(QByteArray, base);
        QFETCH(qint64, address);
        const auto hex = core::readIntelHex(base + data(0x1234, "abc") + kEnd);
        QVERIFY(hex.has_value());
        QCOMPARE(hex->segments, (FirmwareSegments{{quint32(address), "abc"}}));
    }

    void readsEntryPoints()
    {
        const auto linear = core::readIntelHex(hexRecord(5, 0, bytesOf("08000131")) + data(0, "a") + kEnd);
        QCOMPARE(linear->entryPoint, std::optional<quint32>(0x08000131));
        const auto segment = core::readIntelHex(hexRecord(3, 0, bytesOf("00003800")) + data(0, "a") + kEnd);
        QVERIFY(segment.has_value());
        QVERIFY(!segment->entryPoint);
    }

    void takesEveryEndOfLineAndCase_data()
    {
        QTest::addColumn<QByteArray>("file");
        const QByteArray crlf = data(0, "\xab\xcd") + kEnd;
        QTest::newRow("CR LF") << crlf;
        QTest::newRow("LF") << QByteArray(crlf).replace("\r", "");
        QTest::newRow("CR") << QByteArray(crlf).replace("\n", "");
        QTest::newRow("none at the end") << crlf.chopped(2);
        QTest::newRow("empty lines") << crlf + "\n\r\n\n";
        QTest::newRow("lower case") << crlf.toLower();
    }

    void takesEveryEndOfLineAndCase()
    {
        QFETCH(QByteArray, file);
        const auto hex = core::readIntelHex(file);
        QVERIFY(hex.has_value());
        QCOMPARE(hex->segments, (FirmwareSegments{{0, "\xab\xcd"}}));
    }

    void refuses_data()
    {
        QTest::addColumn<QByteArray>("file");
        QTest::newRow("nothing") << QByteArray();
        QTest::newRow("no data") << kEnd;
        QTest::newRow("no end") << data(0, "abc");
        QTest::newRow("data behind the end") << data(0, "abc") + kEnd + data(8, "abc");
        QTest::newRow("a second end") << data(0, "abc") + kEnd + kEnd;
        QTest::newRow("text behind the end") << data(0, "abc") + kEnd + "x";
        QTest::newRow("text in front") << "x" + data(0, "abc") + kEnd;
        QTest::newRow("a space") << " " + data(0, "abc") + kEnd;
        QTest::newRow("no mark") << data(0, "abc").sliced(1) + kEnd;
        QTest::newRow("odd digits") << data(0, "abc").chopped(3) + "\n" + kEnd;
        QTest::newRow("no digit") << QByteArray(":0100000061G0\n") + kEnd;
        QTest::newRow("checksum") << QByteArray(":0300300002337A1F\n") + kEnd;
        QTest::newRow("shorter than it says") << QByteArray(":0400300002337A1D\n") + kEnd;
        QTest::newRow("longer than it says") << QByteArray(":0200300002337A1F\n") + kEnd;
        QTest::newRow("type 6") << hexRecord(6, 0, {}) + data(0, "abc") + kEnd;
        QTest::newRow("base of one byte") << hexRecord(4, 0, "a") + data(0, "abc") + kEnd;
        QTest::newRow("base with an offset") << hexRecord(4, 1, "ab") + data(0, "abc") + kEnd;
        QTest::newRow("end with data") << data(0, "abc") + hexRecord(1, 0, "a");
        QTest::newRow("start of two bytes") << hexRecord(5, 0, "ab") + data(0, "abc") + kEnd;
        QTest::newRow("two starts") << hexRecord(5, 0, "abcd") + hexRecord(3, 0, "abcd") + data(0, "abc")
                + kEnd;
        QTest::newRow("over 64 KiB") << data(0xfffe, "abc") + kEnd;
        QTest::newRow("over 64 KiB of a segment")
            << hexRecord(2, 0, bytesOf("1000")) + data(0xfffe, "abc") + kEnd;
        QTest::newRow("an address twice") << data(0, "abc") + data(2, "xyz") + kEnd;
        QTest::newRow("a record twice") << data(0, "abc") + data(0, "abc") + kEnd;
        QTest::newRow("twice by two bases")
            << data(0xfff0, "abc") + hexRecord(2, 0, bytesOf("0fff")) + data(0, "abc") + kEnd;
    }

    void refuses()
    {
        QFETCH(QByteArray, file);
        const auto hex = core::readIntelHex(file);
        QVERIFY(!hex.has_value());
        QCOMPARE(hex.error().kind, core::ErrorKind::InvalidFile);
    }

    void namesTheLine()
    {
        const auto hex = core::readIntelHex(data(0, "abc") + data(3, "abc") + ":00\n" + kEnd);
        QVERIFY(hex.error().detail.startsWith(QStringLiteral("line 3:")));
    }

    void gapsCostNothing()
    {
        const auto hex =
            core::readIntelHex(data(0, "a") + hexRecord(4, 0, bytesOf("fff0")) + data(0, "b") + kEnd);
        QCOMPARE(hex->segments, (FirmwareSegments{{0, "a"}, {0xfff00000, "b"}}));
    }

    void readsWhatWasWritten()
    {
        std::mt19937 random(1);
        for (int round = 0; round < 100; ++round) {
            const FirmwareSegments segments = test_support::anySegments(random, 1 + round % 7);
            const auto hex = core::readIntelHex(test_support::writeIntelHex(segments));
            QVERIFY(hex.has_value());
            QCOMPARE(hex->segments, segments);
        }
    }

    void noDamageGoesUnnoticed()
    {
        const FirmwareSegments segments{{0x0800fff8, QByteArray("sixteen bytes and some more")}};
        const QByteArray good = test_support::writeIntelHex(segments);
        for (qsizetype bit = 0; bit < 8 * good.size(); ++bit) {
            QByteArray bad = good;
            bad[bit / 8] = char(bad[bit / 8] ^ (1 << (bit % 8)));
            // The case of a digit and an end of line mean nothing; everything else has to be noticed.
            if (const auto hex = core::readIntelHex(bad))
                QCOMPARE(hex->segments, segments);
        }
        for (qsizetype size = 0; size < good.size() - 2; ++size)
            QVERIFY(!core::readIntelHex(good.first(size)).has_value());
    }
};

QTEST_GUILESS_MAIN(TestIntelHex)
#include "tst_intel_hex.moc"
