// SPDX-License-Identifier: Apache-2.0
#include "device_protocols/dfu/dfu_interface.h"

#include "tests/support/dfu_samples.h"

#include <QTest>

using namespace std::chrono_literals;
using core::DfuQuirks;
using dfu::Interface;
using dfu::Mode;
using testing::DfuTraits;

namespace {

QByteArray configurationOf(const DfuTraits &traits)
{
    testing::DfuBench bench(traits);
    return bench.facts().configuration;
}

/// One interface with a functional descriptor of these bytes behind its head.
QByteArray withFunctional(const QByteArray &hex)
{
    const QByteArray functional = QByteArray::fromHex(hex);
    const QByteArray head = QByteArray(1, char(functional.size() + 2)) + '\x21';
    return QByteArray::fromHex("0902240001010080320904000000fe010204") + head + functional;
}

Interface only(const QByteArray &configuration, const DfuQuirks &quirks = {})
{
    const QList<Interface> found = dfu::findInterfaces(configuration, quirks);
    return found.size() == 1 ? found.constFirst() : Interface{.number = 255};
}

} // namespace

class TestDfuInterface : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void readsADeviceInDfuMode()
    {
        const Interface found = only(configurationOf(testing::romUnit()));
        QCOMPARE(found.number, quint8(0));
        QCOMPARE(found.mode, Mode::Dfu);
        QCOMPARE(found.alternates.size(), 2);
        QCOMPARE(found.alternates.at(1).number, quint8(1));
        QCOMPARE(found.alternates.at(1).name, quint8(5));
        QVERIFY(found.isDescribed);
        QVERIFY(found.doubts.isEmpty());
        QVERIFY(found.abilities.canDownload);
        QVERIFY(found.abilities.canUpload);
        QVERIFY(found.abilities.willDetach);
        QVERIFY(!found.abilities.isManifestationTolerant);
        QCOMPARE(found.abilities.transferSize, 1024);
        QVERIFY(found.abilities.isTransferSizeItsOwn);
        QCOMPARE(found.abilities.detachTimeOut, 1000ms);
        QCOMPARE(found.abilities.version, dfu::kDfuSeVersion);
    }

    void findsTheFunctionalDescriptorWhereverItHides_data()
    {
        QTest::addColumn<DfuTraits::Place>("place");
        QTest::newRow("behind the first") << DfuTraits::Place::BehindFirst;
        QTest::newRow("behind the last") << DfuTraits::Place::BehindLast;
        QTest::newRow("before all of them") << DfuTraits::Place::BeforeInterfaces;
    }

    void findsTheFunctionalDescriptorWhereverItHides()
    {
        QFETCH(DfuTraits::Place, place);
        DfuTraits traits = testing::romUnit();
        traits.functionalAt = place;
        const Interface found = only(configurationOf(traits));
        QVERIFY(found.isDescribed);
        QCOMPARE(found.abilities.transferSize, 1024);
    }

    void doesWithoutOne()
    {
        DfuTraits traits;
        traits.functionalAt = DfuTraits::Place::Nowhere;
        const Interface bare = only(configurationOf(traits));
        QVERIFY(!bare.isDescribed);
        QCOMPARE(bare.abilities.transferSize, 64);
        QVERIFY(!bare.abilities.isTransferSizeItsOwn);
        QVERIFY(bare.abilities.canDownload);
        QVERIFY(!bare.doubts.isEmpty());

        DfuQuirks quirks;
        quirks.transferSize = 2048;
        quirks.attributes = quint8(0x05);
        quirks.version = quint16(0x011a);
        const Interface told = only(configurationOf(traits), quirks);
        QCOMPARE(told.abilities.transferSize, 2048);
        QVERIFY(told.abilities.isTransferSizeItsOwn);
        QVERIFY(!told.abilities.canUpload);
        QVERIFY(told.abilities.isManifestationTolerant);
        QCOMPARE(told.abilities.version, dfu::kDfuSeVersion);
    }

    void readsDfu10()
    {
        DfuTraits traits;
        traits.isFunctionalOfDfu10 = true;
        const Interface found = only(configurationOf(traits));
        QCOMPARE(found.abilities.version, quint16(0x0100));
        QCOMPARE(found.abilities.transferSize, 1024);
    }

    void clampsTransferSizes_data()
    {
        QTest::addColumn<QByteArray>("size"); // little-endian
        QTest::addColumn<int>("used");
        QTest::addColumn<bool>("isItsOwn");
        QTest::newRow("0") << QByteArray("0000") << 64 << false;
        QTest::newRow("1") << QByteArray("0100") << 8 << false;
        QTest::newRow("8") << QByteArray("0800") << 8 << true;
        QTest::newRow("2048") << QByteArray("0008") << 2048 << true;
        QTest::newRow("4096") << QByteArray("0010") << 4096 << true;
        QTest::newRow("4097") << QByteArray("0110") << 4096 << false;
        QTest::newRow("65535") << QByteArray("ffff") << 4096 << false;
    }

    void clampsTransferSizes()
    {
        QFETCH(QByteArray, size);
        QFETCH(int, used);
        QFETCH(bool, isItsOwn);
        const Interface found = only(withFunctional("07ff00" + size + "1001"));
        QCOMPARE(found.abilities.transferSize, used);
        QCOMPARE(found.abilities.isTransferSizeItsOwn, isItsOwn);
        QCOMPARE(found.doubts.isEmpty(), isItsOwn);
    }

    void aDeviceThatCanDoNothingIsNotBelieved()
    {
        const Interface found = only(withFunctional("04ff0000041001"));
        QVERIFY(found.abilities.canDownload);
        QVERIFY(found.abilities.canUpload);
        QVERIFY(found.abilities.isManifestationTolerant);
        QVERIFY(!found.doubts.isEmpty());
    }

    void doesNotTakeADescriptorOfAnotherClass()
    {
        // A keyboard, whose HID descriptor has the same type, before the DFU interface.
        const QByteArray keyboard = QByteArray::fromHex("090400000103010100"
                                                        "092111010001223f00");
        const QByteArray dfuInterface = QByteArray::fromHex("0904010000fe010200");
        const QByteArray head = QByteArray::fromHex("09022d00020100a032");
        const Interface found = only(head + keyboard + dfuInterface);
        QCOMPARE(found.number, quint8(1));
        QVERIFY(!found.isDescribed);
    }

    void tellsTheModesApart()
    {
        DfuTraits traits;
        traits.startsInRunTime = true;
        QCOMPARE(only(configurationOf(traits)).mode, Mode::RunTime);
        DfuQuirks always;
        always.isAlwaysInDfuMode = true;
        QCOMPARE(only(configurationOf(traits), always).mode, Mode::Dfu);
    }

    void anyInterfaceWillDoWhereTheProfileSaysSo()
    {
        const QByteArray vendors = QByteArray::fromHex("09021200010100a032"
                                                       "0904000000ffff0000");
        QVERIFY(dfu::findInterfaces(vendors, {}).isEmpty());
        DfuQuirks any;
        any.isAnyInterface = true;
        QCOMPARE(only(vendors, any).mode, Mode::Dfu);
    }

    void findsNothingInGarbage_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::newRow("nothing") << QByteArray();
        QTest::newRow("a length of 0") << QByteArray::fromHex("0004000000fe010200");
        QTest::newRow("a length of 1") << QByteArray::fromHex("0104");
        QTest::newRow("a length beyond the end") << QByteArray::fromHex("0904000000fe0102");
        QTest::newRow("an interface of 4 bytes") << QByteArray::fromHex("04040000");
        QTest::newRow("another class") << QByteArray::fromHex("090400000008065000");
        QTest::newRow("protocol 3") << QByteArray::fromHex("0904000000fe010300");
    }

    void findsNothingInGarbage()
    {
        QFETCH(QByteArray, bytes);
        QVERIFY(dfu::findInterfaces(bytes, {}).isEmpty());
    }
};

QTEST_GUILESS_MAIN(TestDfuInterface)
#include "tst_dfu_interface.moc"
