// SPDX-License-Identifier: Apache-2.0
#include "device_protocols/usb/usb_descriptors.h"

#include "tests/support/dfu_samples.h"

#include <QTest>

using core::ErrorKind;
using testing::DfuBench;
using testing::DfuFault;

class TestUsbDescriptors : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void walksAConfiguration()
    {
        const QByteArray bytes = QByteArray::fromHex("0902120001010080320904000000fe0102030201");
        const QList<usb::Descriptor> found = usb::descriptorsIn(bytes);
        QCOMPARE(found.size(), 3);
        QVERIFY(found.at(0).is(usb::DescriptorType::Configuration));
        QVERIFY(found.at(1).is(usb::DescriptorType::Interface));
        QCOMPARE(found.at(1).bytes.size(), 9);
        QCOMPARE(found.at(2).type, quint8(1));
        QCOMPARE(usb::descriptorsIn(bytes.chopped(1)).size(), 2);
    }

    void readsStrings_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QString>("text");
        QTest::newRow("plain") << QByteArray::fromHex("0603440046") + '\0' << QStringLiteral("DF");
        QTest::newRow("empty") << QByteArray::fromHex("0203") << QString();
        QTest::newRow("beyond ASCII") << QByteArray::fromHex("0403e400") << QStringLiteral("\u00e4");
        QTest::newRow("shorter than it says") << QByteArray::fromHex("ff034400") << QStringLiteral("D");
        QTest::newRow("longer than it says") << QByteArray::fromHex("040344004600") << QStringLiteral("D");
        QTest::newRow("half a character") << QByteArray::fromHex("0503440046") << QStringLiteral("D");
        QTest::newRow("behind its end") << QByteArray::fromHex("080344000000") + "F\0" << QStringLiteral("D");
        QTest::newRow("commands to a terminal")
            << QByteArray::fromHex("08031b0044000700") << QStringLiteral("D");
    }

    void readsStrings()
    {
        QFETCH(QByteArray, bytes);
        QFETCH(QString, text);
        QCOMPARE(usb::stringIn(bytes).value(), text);
    }

    void refusesWhatIsNoString()
    {
        for (const char *hex : {"", "02", "0401", "0409"})
            QCOMPARE(usb::stringIn(QByteArray::fromHex(hex)).error().kind, ErrorKind::MalformedReply);
    }

    void asksTheDevice()
    {
        DfuBench bench(testing::romUnit());
        bench.device = bench.run(bench.usb.open(bench.facts())).value();
        QCOMPARE(bench.run(usb::readString(*bench.device, 4, bench.clock)).value(),
                 QStringLiteral("@Internal Flash  /0x08000000/04*016Kg,01*064Kg"));
        QCOMPARE(bench.run(usb::readString(*bench.device, 0, bench.clock)).value(), QString());
        QVERIFY(usb::isStall(bench.run(usb::readString(*bench.device, 99, bench.clock)).error()));
    }

    void doesNotNeedAListOfLanguages()
    {
        DfuBench bench(testing::romUnit());
        bench.device = bench.run(bench.usb.open(bench.facts())).value();
        bench.unit.setFault(DfuFault{.kind = DfuFault::Kind::ShortTransfer, .at = 0});
        QCOMPARE(bench.run(usb::readString(*bench.device, 1, bench.clock)).value(),
                 QStringLiteral("Example"));
    }

    void givesUpOnASilentDevice()
    {
        DfuBench bench(testing::romUnit());
        bench.device = bench.run(bench.usb.open(bench.facts())).value();
        bench.unit.setFault(DfuFault{.kind = DfuFault::Kind::Silence, .isLasting = true});
        QCOMPARE(bench.run(usb::readString(*bench.device, 1, bench.clock)).error().kind, ErrorKind::TimedOut);
    }
};

QTEST_GUILESS_MAIN(TestUsbDescriptors)
#include "tst_usb_descriptors.moc"
