// SPDX-License-Identifier: Apache-2.0
#include "device_protocols/dfu/dfu_client.h"

#include "tests/support/dfu_samples.h"

#include <QTest>

using namespace std::chrono_literals;
using core::DfuQuirks;
using core::ErrorKind;
using core::Reason;
using dfu::Client;
using dfu::Ending;
using dfu::ReadBack;
using testing::DfuBench;
using testing::DfuFault;
using testing::DfuTraits;
using testing::firmwareOf;
using testing::toQt;

namespace {

DfuTraits with(void (*change)(DfuTraits &), DfuTraits traits = testing::tolerantUnit())
{
    change(traits);
    return traits;
}

} // namespace

class TestDfuClient : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void downloads_data()
    {
        QTest::addColumn<qsizetype>("size");
        for (const qsizetype size : {1, 1023, 1024, 1025, 2048, 10'000})
            QTest::addRow("%lld bytes", qlonglong(size)) << size;
    }

    void downloads()
    {
        QFETCH(qsizetype, size);
        DfuBench bench(testing::tolerantUnit());
        QVERIFY(bench.begin().has_value());
        const auto done = bench.run(Client(*bench.session).download(firmwareOf(size)));
        QVERIFY2(done.has_value(), done ? "" : qPrintable(done.error().detail));
        QCOMPARE(done->ending, Ending::Idle);
        QCOMPARE(done->readBack, ReadBack::Identical);
        QCOMPARE(toQt(bench.unit.image()), firmwareOf(size));
    }

    void reportsItsProgress()
    {
        DfuBench bench(testing::tolerantUnit());
        QVERIFY(bench.begin().has_value());
        QList<qint64> done;
        const core::WriteControl control{.onProgress = [&done](const core::WriteProgressed &progress) {
            QCOMPARE(progress.total, 2500);
            done.append(progress.done);
        }};
        Client client(*bench.session);
        dfu::Downloaded outcome = bench.run(client.download(firmwareOf(2500), control)).value();
        QCOMPARE(outcome.readBack, ReadBack::Identical);
        QCOMPARE(done, (QList<qint64>{0, 1024, 2048, 2500}));
    }

    void stopsBetweenBlocks()
    {
        DfuBench bench(testing::tolerantUnit());
        QVERIFY(bench.begin().has_value());
        core::StopRequest stop;
        const core::WriteControl control{.onProgress =
                                             [&stop](const core::WriteProgressed &progress) {
                                                 if (progress.done >= 1024)
                                                     stop.raise();
                                             },
                                         .stop = &stop};
        const auto stopped = bench.run(Client(*bench.session).download(firmwareOf(5000), control));
        QCOMPARE(stopped.error().kind, ErrorKind::Cancelled);
        QCOMPARE(bench.unit.image().size(), std::size_t(2048));
        QVERIFY(bench.begin().has_value());
        QVERIFY(bench.run(Client(*bench.session).download(firmwareOf(5000))).has_value());
        QCOMPARE(toQt(bench.unit.image()), firmwareOf(5000));
    }

    void blockNumbersBeginAgain()
    {
        DfuTraits traits;
        traits.transferSize = 8;
        traits.blockTime = 0;
        traits.flashSize = 1024 * 1024;
        DfuBench bench(traits);
        QVERIFY(bench.begin().has_value());
        const QByteArray firmware = firmwareOf(8 * 65'537);
        QVERIFY(bench.run(Client(*bench.session).download(firmware)).has_value());
        QCOMPARE(toQt(bench.unit.image()), firmware);
    }

    void obeysPollTimeOuts()
    {
        // A question too early is fatal for this unit, so that nothing but patience brings it through.
        DfuBench bench(with([](DfuTraits &traits) { traits.blockTime = 3000; }));
        QVERIFY(bench.begin().has_value());
        const core::Milliseconds before = bench.clock.now();
        QVERIFY(bench.run(Client(*bench.session).download(firmwareOf(3000))).has_value());
        QVERIFY(bench.clock.now() - before >= 9000ms);
        QVERIFY(bench.clock.now() - before < 9200ms);
    }

    void asksAgainWhenItWasTooEarly()
    {
        // As chips of the STM32F0 family, which announce less than they need.
        DfuBench bench(with([](DfuTraits &traits) {
            traits.blockTime = 50;
            traits.announcedPoll = 0;
            traits.early = DfuTraits::Early::Stalled;
        }));
        QVERIFY(bench.begin().has_value());
        QVERIFY(bench.run(Client(*bench.session).download(firmwareOf(3000))).has_value());
        QCOMPARE(toQt(bench.unit.image()), firmwareOf(3000));
    }

    void doesNotWaitForHours()
    {
        // Units that announce 4.6 hours are asked when a block can take no longer.
        DfuBench bench(with([](DfuTraits &traits) {
            traits.announcedPoll = 0xffffff;
            traits.early = DfuTraits::Early::Answered;
        }));
        QVERIFY(bench.begin().has_value());
        const core::Milliseconds before = bench.clock.now();
        QVERIFY(bench.run(Client(*bench.session).download(firmwareOf(10))).has_value());
        QVERIFY(bench.clock.now() - before < 130s); // A block and the manifestation.
    }

    void takesBogusPollTimeOutsByAQuirk()
    {
        const DfuTraits traits = with([](DfuTraits &unit) {
            unit.announcedPoll = 0xffffff;
            unit.early = DfuTraits::Early::Answered;
        });
        DfuQuirks quirks;
        quirks.pollTimeOut = 5ms;
        DfuBench bench(traits, quirks);
        QVERIFY(bench.begin().has_value());
        const core::Milliseconds before = bench.clock.now();
        QVERIFY(bench.run(Client(*bench.session).download(firmwareOf(3000))).has_value());
        QVERIFY(bench.clock.now() - before < 1s);
    }

    void givesUpOnAUnitThatStaysBusy()
    {
        DfuBench bench(testing::tolerantUnit());
        QVERIFY(bench.begin().has_value());
        bench.unit.setFault(DfuFault{.kind = DfuFault::Kind::EndlessBusy});
        const core::Milliseconds before = bench.clock.now();
        const auto outcome = bench.run(Client(*bench.session).download(firmwareOf(3000)));
        QCOMPARE(outcome.error().kind, ErrorKind::TimedOut);
        QVERIFY(bench.clock.now() - before < 61s);
        QVERIFY(bench.unit.requests() < 10'000);
    }

    void repeatsTheQuestionWhileAUnitSynchronises()
    {
        DfuBench bench(with([](DfuTraits &traits) { traits.extraSyncs = 3; }));
        QVERIFY(bench.begin().has_value());
        QVERIFY(bench.run(Client(*bench.session).download(firmwareOf(3000))).has_value());
    }

    void startsFromAnyState_data()
    {
        QTest::addColumn<int>("requests"); // of an earlier program, before it went away
        for (int requests = 0; requests < 20; ++requests)
            QTest::addRow("after %d requests", requests) << requests;
    }

    void startsFromAnyState()
    {
        QFETCH(int, requests);
        DfuBench bench(testing::tolerantUnit());
        QVERIFY(bench.begin().has_value());
        {
            std::optional<core::Result<dfu::Downloaded>> outcome;
            Client client(*bench.session);
            core::Running<dfu::Downloaded> abandoned(
                client.download(firmwareOf(3000)),
                [&outcome](core::Result<dfu::Downloaded> result) { outcome = std::move(result); });
            QEventLoop events;
            while (!outcome && bench.unit.requests() < requests) {
                bench.clock.advance(1ms);
                events.processEvents();
            }
        }
        const auto begun = bench.begin();
        QVERIFY2(begun.has_value(), begun ? "" : qPrintable(begun.error().detail));
        QVERIFY(bench.run(Client(*bench.session).download(firmwareOf(3000, 2))).has_value());
        QCOMPARE(toQt(bench.unit.image()), firmwareOf(3000, 2));
    }

    void startsWithAUnitInError()
    {
        // As the ROM of GD32VF103, which begins with errFIRMWARE.
        DfuBench bench(with([](DfuTraits &traits) { traits.startsInError = true; }));
        QVERIFY(bench.begin().has_value());
        QVERIFY(bench.run(Client(*bench.session).download(firmwareOf(100))).has_value());
    }

    void manifests_data()
    {
        QTest::addColumn<int>("attributes");
        QTest::addColumn<Ending>("ending");
        QTest::addColumn<ReadBack>("readBack");
        QTest::newRow("tolerant") << 0x07 << Ending::Idle << ReadBack::Identical;
        QTest::newRow("tolerant, nothing to be read") << 0x05 << Ending::Idle << ReadBack::NotPossible;
        QTest::newRow("not tolerant") << 0x03 << Ending::WaitsForReset << ReadBack::NotPossible;
        QTest::newRow("leaves by itself") << 0x0b << Ending::Leaving << ReadBack::NotPossible;
    }

    void manifests()
    {
        QFETCH(int, attributes);
        QFETCH(Ending, ending);
        QFETCH(ReadBack, readBack);
        DfuTraits traits;
        traits.attributes = std::uint8_t(attributes);
        DfuBench bench(traits);
        QVERIFY(bench.begin().has_value());
        Client client(*bench.session);
        const auto done = bench.run(client.download(firmwareOf(3000)));
        QVERIFY2(done.has_value(), done ? "" : qPrintable(done.error().detail));
        QCOMPARE(done->ending, ending);
        QCOMPARE(done->readBack, readBack);
        QCOMPARE(toQt(bench.unit.image()), firmwareOf(3000));
        QVERIFY(bench.run(client.leave(done->ending)).has_value());
        bench.run(core::after(1s, bench.clock)).value();
        QCOMPARE(bench.unit.mode(), testing::DfuModel::Mode::RunTime);
    }

    void asksAUnitThatWantsToBeAskedInManifest()
    {
        // As the cameras that have to be polled although they are not tolerant.
        const DfuTraits traits =
            with([](DfuTraits &unit) { unit.answersInManifest = true; }, testing::resettingUnit());
        DfuQuirks quirks;
        quirks.isPolledInManifest = true;
        DfuBench bench(traits, quirks);
        QVERIFY(bench.begin().has_value());
        const auto done = bench.run(Client(*bench.session).download(firmwareOf(3000)));
        QVERIFY(done.has_value());
        QCOMPARE(done->ending, Ending::Idle);
    }

    void leavesAsTheProfileSays_data()
    {
        QTest::addColumn<DfuTraits>("traits");
        QTest::addColumn<DfuQuirks>("quirks");
        DfuQuirks detached;
        detached.isDetachedToLeave = true;
        QTest::newRow("by DETACH") << with([](DfuTraits &traits) { traits.leavesOnlyByDetach = true; })
                                   << detached;
        DfuQuirks touched;
        touched.isTouchedBeforeLeaving = true;
        touched.isReadBackBroken = true; // so that nothing else reads
        QTest::newRow("after a touch")
            << with([](DfuTraits &traits) { traits.leavesOnlyWhenTouched = true; }) << touched;
    }

    void leavesAsTheProfileSays()
    {
        QFETCH(DfuTraits, traits);
        QFETCH(DfuQuirks, quirks);
        traits.startsInRunTime = true; // So that it has firmware to go back to.
        DfuBench bench(traits, quirks);
        const auto interface = dfu::findInterfaces(bench.facts().configuration, quirks).constFirst();
        QCOMPARE(interface.mode, dfu::Mode::RunTime);
        bench.device = bench.run(bench.usb.open(bench.facts())).value();
        dfu::Requests requests(*bench.device, {0, 5s}, bench.clock);
        QVERIFY(bench.run(requests.detach(1s)).has_value());
        QVERIFY(!bench.run(bench.device->reset()).has_value());
        bench.run(core::after(1s, bench.clock)).value();
        QVERIFY(bench.begin().has_value());
        QVERIFY(bench.run(Client(*bench.session).leave(Ending::Idle)).has_value());
        bench.run(core::after(1s, bench.clock)).value();
        QCOMPARE(bench.unit.mode(), testing::DfuModel::Mode::RunTime);
    }

    void asksForADescriptorThatIsNotInTheConfiguration()
    {
        DfuBench bench(with([](DfuTraits &traits) {
            traits.functionalAt = DfuTraits::Place::OnRequest;
            traits.transferSize = 512;
        }));
        QVERIFY(bench.begin().has_value());
        QCOMPARE(bench.session->abilities().transferSize, 512);
        QVERIFY(bench.run(Client(*bench.session).download(firmwareOf(3000))).has_value());
    }

    void livesWithoutADescriptor()
    {
        DfuBench bench(with([](DfuTraits &traits) { traits.functionalAt = DfuTraits::Place::Nowhere; }));
        QVERIFY(bench.begin().has_value());
        QVERIFY(bench.run(Client(*bench.session).download(firmwareOf(3000))).has_value());
        QCOMPARE(toQt(bench.unit.image()), firmwareOf(3000));
    }

    void findsThatSomethingElseIsInTheUnit()
    {
        DfuBench bench(with([](DfuTraits &traits) { traits.readBackLies = true; }));
        QVERIFY(bench.begin().has_value());
        const auto outcome = bench.run(Client(*bench.session).download(firmwareOf(3000)));
        QCOMPARE(outcome.error().kind, ErrorKind::RefusedByDevice);
        QCOMPARE(outcome.error().reason, Reason::ReadbackMismatch);
    }

    void doesNotReadBackWhatCannotBe()
    {
        DfuQuirks quirks;
        quirks.isReadBackBroken = true;
        DfuBench lying(with([](DfuTraits &traits) { traits.readBackLies = true; }), quirks);
        QVERIFY(lying.begin().has_value());
        QCOMPARE(lying.run(Client(*lying.session).download(firmwareOf(3000)))->readBack,
                 ReadBack::NotPossible);

        DfuBench locked(with([](DfuTraits &traits) { traits.isReadProtected = true; }));
        QVERIFY(locked.begin().has_value());
        QCOMPARE(locked.run(Client(*locked.session).download(firmwareOf(3000)))->readBack,
                 ReadBack::NotPossible);
        QVERIFY(locked.begin().has_value());
    }

    void uploads()
    {
        DfuBench bench(testing::tolerantUnit());
        QVERIFY(bench.begin().has_value());
        Client client(*bench.session);
        QVERIFY(bench.run(client.download(firmwareOf(3000))).has_value());
        QCOMPARE(bench.run(client.upload(1 << 20)).value(), firmwareOf(3000));
        QCOMPARE(bench.run(client.upload(2048)).value(), firmwareOf(3000).first(2048));
        QCOMPARE(bench.run(client.upload(1)).value(), firmwareOf(3000).first(1));
        QCOMPARE(bench.run(client.upload(0)).value(), QByteArray());
        QVERIFY(bench.run(bench.session->makeIdle()).has_value());
    }

    void tellsOfProtection()
    {
        DfuBench bench(with([](DfuTraits &traits) { traits.isReadProtected = true; }));
        QVERIFY(bench.begin().has_value());
        const auto content = bench.run(Client(*bench.session).upload(100));
        QCOMPARE(content.error().reason, Reason::FlashProtected);
        QCOMPARE(content.error().deviceCode->code, int(dfu::Status::Vendor));
        QVERIFY2(content.error().detail.contains(QStringLiteral("the vendor's words")),
                 qPrintable(content.error().detail));
    }

    void tellsWhyAUnitRefused()
    {
        DfuBench bench(with([](DfuTraits &traits) { traits.flashSize = 2048; }));
        QVERIFY(bench.begin().has_value());
        const auto outcome = bench.run(Client(*bench.session).download(firmwareOf(3000)));
        QCOMPARE(outcome.error().kind, ErrorKind::RefusedByDevice);
        QCOMPARE(outcome.error().deviceCode->group, dfu::kStatusGroup);
        QCOMPARE(outcome.error().deviceCode->code, int(dfu::Status::Address));
        QCOMPARE(outcome.error().reason, Reason::OutsideMemory);
    }

    void refusesWhatCannotBe()
    {
        DfuBench bench(with([](DfuTraits &traits) { traits.attributes = 0x02; }));
        QVERIFY(bench.begin().has_value());
        QCOMPARE(bench.run(Client(*bench.session).download(firmwareOf(1))).error().kind,
                 ErrorKind::Unsupported);
        DfuBench blind(with([](DfuTraits &traits) { traits.attributes = 0x05; }));
        QVERIFY(blind.begin().has_value());
        QCOMPARE(blind.run(Client(*blind.session).upload(1)).error().kind, ErrorKind::Unsupported);
        QCOMPARE(blind.run(Client(*blind.session).download({})).error().kind, ErrorKind::InvalidFile);
    }

    void aTakenInterfaceIsSaid()
    {
        DfuBench bench(testing::tolerantUnit());
        bench.usb.isTaken = true;
        QCOMPARE(bench.begin().error().reason, Reason::DeviceInUse);
    }

    void aUnitInRunTimeModeIsNotWrittenTo()
    {
        DfuTraits traits;
        traits.startsInRunTime = true;
        DfuBench bench(traits);
        QCOMPARE(bench.begin().error().kind, ErrorKind::Unsupported);
    }
};

QTEST_GUILESS_MAIN(TestDfuClient)
#include "tst_dfu_client.moc"
