// SPDX-License-Identifier: Apache-2.0
#include "core/release/foreign/firmware_segments.h"

#include <QTest>

using core::FirmwareSegments;
using core::SegmentBuilder;
using Touching = core::SegmentBuilder::Touching;

class TestFirmwareSegments : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void sortsAndJoinsWhatTouches()
    {
        SegmentBuilder builder(Touching::Joined);
        for (const auto &[address, bytes] : {std::pair(0x108, "9abc"), std::pair(0x104, "5678"),
                                             std::pair(0x100, "1234"), std::pair(0x200, "far")})
            QVERIFY(builder.add(address, bytes).has_value());
        QCOMPARE(*builder.finish(), (FirmwareSegments{{0x100, "123456789abc"}, {0x200, "far"}}));
    }

    void keepsApartWhatTheFileKeepsApart()
    {
        SegmentBuilder builder(Touching::Kept);
        QVERIFY(builder.add(0x104, "5678").has_value());
        QVERIFY(builder.add(0x100, "1234").has_value());
        QCOMPARE(*builder.finish(), (FirmwareSegments{{0x100, "1234"}, {0x104, "5678"}}));
    }

    void refusesAnAddressTwice_data()
    {
        QTest::addColumn<int>("address");
        QTest::addColumn<bool>("fits");
        QTest::newRow("in front") << 0xfc << true;
        QTest::newRow("over the first byte") << 0xfd << false;
        QTest::newRow("the same") << 0x100 << false;
        QTest::newRow("within") << 0x102 << false;
        QTest::newRow("over the last byte") << 0x107 << false;
        QTest::newRow("behind") << 0x108 << true;
    }

    void refusesAnAddressTwice()
    {
        QFETCH(int, address);
        QFETCH(bool, fits);
        for (const Touching touching : {Touching::Joined, Touching::Kept}) {
            SegmentBuilder builder(touching);
            QVERIFY(builder.add(0x100, "12345678").has_value());
            QVERIFY(builder.add(address, "1234").has_value());
            const auto segments = builder.finish();
            QCOMPARE(segments.has_value(), fits);
            if (!fits)
                QCOMPARE(segments.error().kind, core::ErrorKind::InvalidFile);
        }
    }

    void endsWhereTheMemoryEnds()
    {
        SegmentBuilder builder(Touching::Joined);
        QVERIFY(builder.add(0xfffffffcll, "last").has_value());
        QVERIFY(!builder.add(0xfffffffdll, "last").has_value());
        QVERIFY(!builder.add(0x100000000ll, "a").has_value());
        QVERIFY(!builder.add(-1, "a").has_value());
        QCOMPARE(builder.finish()->constFirst().end(), 0x100000000ll);
    }

    void boundsWhatItHolds()
    {
        const QByteArray mebibyte(1024 * 1024, 'x');
        SegmentBuilder builder(Touching::Joined);
        for (qint64 index = 0; index < 256; ++index)
            QVERIFY(builder.add(index * mebibyte.size(), mebibyte).has_value());
        QVERIFY(!builder.add(0xf0000000ll, "a").has_value());

        SegmentBuilder pieces(Touching::Joined);
        qint64 count = 0;
        while (pieces.add(2 * count, "a").has_value())
            ++count;
        QCOMPARE(count, 65536);
    }
};

QTEST_GUILESS_MAIN(TestFirmwareSegments)
#include "tst_firmware_segments.moc"
