// SPDX-License-Identifier: Apache-2.0
#include "device_protocols/dfu/dfu_detach.h"

#include "device_protocols/dfu/dfu_client.h"
#include "device_protocols/usb/usb_return.h"
#include "tests/support/dfu_samples.h"

#include <QTest>

using namespace std::chrono_literals;
using core::DfuQuirks;
using core::ErrorKind;
using testing::DfuBench;
using testing::DfuFault;
using testing::DfuTraits;
using usb::DeviceFacts;

namespace {

DfuTraits runTime(void (*change)(DfuTraits &) = [](DfuTraits &) {})
{
    DfuTraits traits;
    traits.startsInRunTime = true;
    change(traits);
    return traits;
}

core::Result<DeviceFacts> enter(DfuBench &bench)
{
    return bench.run(dfu::enterDfuMode(bench.usb, bench.facts(), bench.quirks, bench.clock));
}

const QString kElsewhere = QStringLiteral("1-5");

} // namespace

class TestDfuDetach : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void detaches_data()
    {
        QTest::addColumn<DfuTraits>("traits");
        QTest::addColumn<DfuQuirks>("quirks");
        QTest::newRow("with a bus reset") << runTime() << DfuQuirks();
        QTest::newRow("by itself") << runTime([](DfuTraits &traits) { traits.attributes = 0x0f; })
                                   << DfuQuirks();
        QTest::newRow("by itself, it says") << runTime([](DfuTraits &traits) {
            traits.attributes = 0x0f;
            traits.forgetsToDetach = true;
        }) << DfuQuirks();
        DfuQuirks alone;
        alone.isLeftAloneAfterDetach = true;
        QTest::newRow("when it is left alone")
            << runTime([](DfuTraits &traits) { traits.isResetFatalAfterDetach = true; }) << alone;
        QTest::newRow("with another serial number")
            << runTime([](DfuTraits &traits) { traits.serial = "ROM-1234"; }) << DfuQuirks();
        QTest::newRow("with the same product id")
            << runTime([](DfuTraits &traits) { traits.runTimeProduct = traits.product; }) << DfuQuirks();
    }

    void detaches()
    {
        QFETCH(DfuTraits, traits);
        QFETCH(DfuQuirks, quirks);
        DfuBench bench(traits, quirks);
        const DeviceFacts before = bench.facts();
        QVERIFY(!dfu::isInDfuMode(before, quirks));
        const auto entered = enter(bench);
        QVERIFY2(entered.has_value(), entered ? "" : qPrintable(entered.error().detail));
        QVERIFY(dfu::isInDfuMode(*entered, quirks));
        QCOMPARE(entered->place, before.place);
        QVERIFY(entered->address != before.address);
        QVERIFY(bench.begin().has_value());
    }

    void aUnitInDfuModeIsThereAlready()
    {
        DfuBench bench(testing::tolerantUnit());
        QCOMPARE(enter(bench).value(), bench.facts());
        QCOMPARE(bench.unit.allRequests(), 0);
    }

    void aUnitWithoutDfuIsRefused()
    {
        DfuBench bench(runTime());
        DeviceFacts facts = bench.facts();
        facts.configuration = QByteArray::fromHex("09021200010100a032"
                                                  "0904000000ffff0000");
        QCOMPARE(bench.run(dfu::enterDfuMode(bench.usb, facts, {}, bench.clock)).error().kind,
                 ErrorKind::Unsupported);
        QCOMPARE(bench.unit.allRequests(), 0);
    }

    void aUnitThatDoesNotComeBackIsMissed()
    {
        DfuBench bench(runTime([](DfuTraits &traits) { traits.restartTime = 60'000; }));
        const core::Milliseconds before = bench.clock.now();
        QCOMPARE(enter(bench).error().kind, ErrorKind::TimedOut);
        QVERIFY(bench.clock.now() - before < 16s);
    }

    void aSlowUnitIsWaitedFor()
    {
        DfuQuirks quirks;
        quirks.restartLimit = 180s;
        DfuBench bench(runTime([](DfuTraits &traits) { traits.restartTime = 60'000; }), quirks);
        QVERIFY(enter(bench).has_value());
    }

    void aStallIsARefusal()
    {
        DfuBench bench(runTime());
        bench.unit.setFault(DfuFault{.kind = DfuFault::Kind::Stall});
        const auto entered = enter(bench);
        QCOMPARE(entered.error().kind, ErrorKind::RefusedByDevice);
        QVERIFY(enter(bench).has_value());
    }

    void aUnitThatDoesNotAnswerIsSaid()
    {
        for (const auto kind : {DfuFault::Kind::Silence, DfuFault::Kind::Unplug}) {
            DfuBench bench(runTime());
            bench.unit.setFault(DfuFault{.kind = kind});
            QCOMPARE(enter(bench).error().kind, ErrorKind::TimedOut);
            bench.unit.setFault({});
            if (!bench.unit.isAttached())
                bench.unit.plug();
            QVERIFY(enter(bench).has_value());
        }
    }

    void itComesBackInAnotherPlaceByItsSerialNumber()
    {
        DfuBench bench(runTime([](DfuTraits &traits) { traits.restartTime = 1'000'000; }));
        auto alarm =
            bench.clock.alarmIn(5s, [&bench] { bench.usb.plug(kElsewhere, testing::tolerantUnit()); });
        const auto entered = enter(bench);
        QVERIFY(entered.has_value());
        QCOMPARE(entered->place, kElsewhere);
    }

    void anotherUnitIsNotTakenForIt()
    {
        DfuBench bench(runTime([](DfuTraits &traits) { traits.restartTime = 1'000'000; }));
        bench.usb.plug(kElsewhere, testing::tolerantUnit()); // The same serial number, and here before.
        DfuTraits third;
        third.serial = "SN0003";
        auto alarm = bench.clock.alarmIn(5s, [&] { bench.usb.plug(QStringLiteral("1-6"), third); });
        QCOMPARE(enter(bench).error().kind, ErrorKind::TimedOut);
    }

    void twoThatCouldBeItAreNone()
    {
        DfuBench bench(testing::tolerantUnit());
        const DeviceFacts before = bench.facts();
        bench.unit.unplug();
        usb::Return awaited{before, [](const DeviceFacts &) { return true; }, 10s};
        auto alarm = bench.clock.alarmIn(5s, [&] {
            bench.usb.plug(kElsewhere, testing::tolerantUnit());
            bench.usb.plug(QStringLiteral("1-6"), testing::tolerantUnit());
        });
        const auto back = bench.run(usb::awaitReturn(bench.usb, std::move(awaited), bench.clock));
        QCOMPARE(back.error().kind, ErrorKind::AmbiguousDevice);
    }

    void theWholeWayThereAndBack()
    {
        DfuBench bench(runTime([](DfuTraits &traits) { traits.attributes = 0x0b; }));
        const auto entered = enter(bench);
        QVERIFY(entered.has_value());
        QVERIFY(bench.begin().has_value());
        dfu::Client client(*bench.session);
        const auto done = bench.run(client.download(testing::firmwareOf(3000)));
        QVERIFY(done.has_value());
        QVERIFY(bench.run(client.leave(done->ending)).has_value());
        const auto back = bench.run(dfu::awaitRunTime(bench.usb, *entered, {}, bench.clock));
        QVERIFY(back.has_value());
        QCOMPARE(back->ids.product, bench.unit.traits().runTimeProduct);
    }
};

QTEST_GUILESS_MAIN(TestDfuDetach)
#include "tst_dfu_detach.moc"
