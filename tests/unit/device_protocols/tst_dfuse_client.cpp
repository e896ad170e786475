// SPDX-License-Identifier: Apache-2.0
#include "device_protocols/dfu/dfuse_client.h"

#include "tests/support/dfu_samples.h"

#include <QTest>

using core::DfuQuirks;
using core::ErrorKind;
using core::FirmwareSegments;
using core::Reason;
using dfu::Consent;
using dfu::DfuSeClient;
using dfu::Ending;
using dfu::ReadBack;
using testing::DfuBench;
using testing::DfuTraits;
using testing::firmwareOf;
using testing::kFlashBase;
using testing::kOptionBase;

namespace {

DfuTraits with(void (*change)(DfuTraits &))
{
    DfuTraits traits = testing::romUnit();
    change(traits);
    return traits;
}

/// Two stretches in three of the five sectors, the first over a border.
const FirmwareSegments kFirmware{{kFlashBase + 0x3f00, firmwareOf(5000)},
                                 {kFlashBase + 0x10010, firmwareOf(4096, 2)}};

struct Rom {
    explicit Rom(DfuTraits traits = testing::romUnit(), DfuQuirks quirks = {}) :
        bench(std::move(traits), std::move(quirks))
    {
    }

    /// Opens one of its memories.
    bool begin(quint8 alternate = 0)
    {
        client.reset();
        if (!bench.begin(alternate))
            return false;
        const auto memories = bench.memories();
        if (!memories || !memories->at(alternate).layout)
            return false;
        client.emplace(*bench.session, *memories->at(alternate).layout);
        return true;
    }

    core::Result<Ending> write(FirmwareSegments segments = kFirmware, Consent consent = Consent::NotGiven)
    {
        dfu::WriteOrder order{std::move(segments), consent, {}};
        return bench.run(client->write(std::move(order)));
    }

    QByteArray content(quint32 address, qsizetype size, std::size_t memory = 0)
    {
        return testing::toQt(
            bench.unit.flash().read(memory, address, std::size_t(size)).value_or(testing::Bytes{}));
    }

    bool holds(const FirmwareSegments &segments)
    {
        return std::all_of(segments.cbegin(), segments.cend(), [this](const core::FirmwareSegment &segment) {
            return content(segment.address, segment.bytes.size()) == segment.bytes;
        });
    }

    DfuBench bench;
    std::optional<DfuSeClient> client;
};

} // namespace

class TestDfuSeClient : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void knowsItsMemories()
    {
        Rom rom;
        QVERIFY(rom.bench.begin().has_value());
        const auto memories = rom.bench.memories();
        QVERIFY(memories.has_value());
        QCOMPARE(memories->size(), 2);
        QCOMPARE(memories->at(0).layout->name, QStringLiteral("Internal Flash"));
        QCOMPARE(memories->at(1).layout->kind(), dfu::MemoryKind::OptionBytes);
    }

    void plainDfuHasNoLayout()
    {
        DfuBench plain(testing::tolerantUnit());
        QVERIFY(plain.begin().has_value());
        const auto memories = plain.memories();
        QCOMPARE(memories->at(0).name, QStringLiteral("Flash"));
        QVERIFY(!memories->at(0).layout);
    }

    void theProfileMayKnowBetter()
    {
        DfuQuirks quirks;
        quirks.layouts[0] = QStringLiteral("@Small die/0x08000000/02*016Kg");
        Rom rom(testing::romUnit(), quirks);
        QVERIFY(rom.begin());
        QCOMPARE(rom.client->layout().runs.constFirst().count, 2u);
        QCOMPARE(rom.write().error().reason, Reason::OutsideMemory);

        DfuQuirks plain;
        plain.version = quint16(0x0110);
        Rom calledPlain(testing::romUnit(), plain);
        QVERIFY(calledPlain.bench.begin().has_value());
        QVERIFY(!calledPlain.bench.memories()->at(0).layout);

        DfuQuirks forced;
        forced.version = dfu::kDfuSeVersion;
        DfuBench nameless(testing::tolerantUnit(), forced);
        QVERIFY(nameless.begin().has_value());
        QCOMPARE(nameless.memories().error().kind, ErrorKind::MalformedReply);
    }

    void writes_data()
    {
        QTest::addColumn<DfuTraits>("traits");
        QTest::newRow("as it should be") << testing::romUnit();
        QTest::newRow("a version that says plain DFU")
            << with([](DfuTraits &traits) { traits.version = 0x0110; });
        QTest::newRow("transfers of 2 KiB") << with([](DfuTraits &traits) { traits.transferSize = 2048; });
        QTest::newRow("transfers of 64 bytes") << with([](DfuTraits &traits) { traits.transferSize = 64; });
        QTest::newRow("no descriptor")
            << with([](DfuTraits &traits) { traits.functionalAt = DfuTraits::Place::Nowhere; });
        QTest::newRow("a transfer size of 0")
            << with([](DfuTraits &traits) { traits.announcedTransferSize = 0; });
        QTest::newRow("a transfer size of 8 KiB")
            << with([](DfuTraits &traits) { traits.transferSize = 8192; });
        QTest::newRow("impatient with the impatient") << with([](DfuTraits &traits) {
            traits.early = DfuTraits::Early::Stalled;
            traits.announcedPoll = 0;
            traits.eraseTime = 150;
        });
        QTest::newRow("begins in error") << with([](DfuTraits &traits) { traits.startsInError = true; });
    }

    void writes()
    {
        QFETCH(DfuTraits, traits);
        Rom rom(traits);
        QVERIFY(rom.begin());
        const auto written = rom.write();
        QVERIFY2(written.has_value(), written ? "" : qPrintable(written.error().detail));
        QCOMPARE(*written, Ending::Idle);
        QVERIFY(rom.holds(kFirmware));
        const auto compared = rom.bench.run(rom.client->compare(kFirmware));
        QVERIFY2(compared.has_value(), compared ? "" : qPrintable(compared.error().detail));
        QCOMPARE(*compared, ReadBack::Identical);
    }

    void erasesOnlyWhatIsNeeded()
    {
        Rom rom;
        const testing::Bytes old(16, 0x5a);
        rom.bench.unit.flash().write(0, kFlashBase + 0x8000, old);
        QVERIFY(rom.begin());
        QVERIFY(rom.write().has_value());
        for (const quint32 touched : {0x0000u, 0x4000u, 0x10000u})
            QCOMPARE(rom.bench.unit.flash().erasures(kFlashBase + touched), 1u);
        QCOMPARE(rom.bench.unit.flash().erasures(), 3u);
        QCOMPARE(rom.content(kFlashBase + 0x8000, 16), testing::toQt(old));
        QVERIFY(rom.write().has_value()); // Again, over what is there.
        QVERIFY(rom.holds(kFirmware));
    }

    void setsThePointerAnewWhenBlocksRunOut()
    {
        DfuTraits traits = testing::romUnit();
        traits.transferSize = 8;
        traits.blockTime = 0;
        traits.memories = {{"External Flash", {{0x90000000, 9, 64 * 1024, 'g'}}}};
        Rom rom(traits);
        QVERIFY(rom.begin());
        const FirmwareSegments large{{0x90000000, firmwareOf(8 * 65'600)}};
        QVERIFY(rom.write(large).has_value());
        QVERIFY(rom.holds(large));
        QCOMPARE(rom.bench.run(rom.client->compare(large)).value(), ReadBack::Identical);
    }

    void reads()
    {
        Rom rom;
        QVERIFY(rom.begin());
        QVERIFY(rom.write().has_value());
        const quint32 from = kFirmware.at(0).address;
        for (const qint64 size : {1, 1023, 1024, 1025, 5000})
            QCOMPARE(rom.bench.run(rom.client->read(from, size)).value(), kFirmware.at(0).bytes.first(size));
        QCOMPARE(rom.bench.run(rom.client->read(kFlashBase + 0x20000, 1)).error().kind,
                 ErrorKind::Unsupported);
        QCOMPARE(rom.bench.run(rom.client->read(kFlashBase + 0x1ffff, 2)).error().kind,
                 ErrorKind::Unsupported);
        QCOMPARE(rom.bench.run(rom.client->commands()).value(), QByteArray::fromHex("00214192"));
    }

    void findsThatSomethingElseIsInTheUnit()
    {
        Rom rom(with([](DfuTraits &traits) { traits.readBackLies = true; }));
        QVERIFY(rom.begin());
        QVERIFY(rom.write().has_value());
        QCOMPARE(rom.bench.run(rom.client->compare(kFirmware)).error().reason, Reason::ReadbackMismatch);
    }

    void tellsOfProtection()
    {
        Rom writeProtected(with([](DfuTraits &traits) { traits.isWriteProtected = true; }));
        QVERIFY(writeProtected.begin());
        const auto written = writeProtected.write();
        QCOMPARE(written.error().kind, ErrorKind::RefusedByDevice);
        QCOMPARE(written.error().reason, Reason::FlashProtected);
        QCOMPARE(written.error().deviceCode->code, int(dfu::Status::Vendor));

        Rom readProtected(with([](DfuTraits &traits) { traits.isReadProtected = true; }));
        QVERIFY(readProtected.begin());
        QVERIFY(readProtected.write().has_value());
        QCOMPARE(readProtected.bench.run(readProtected.client->read(kFlashBase, 16)).error().reason,
                 Reason::FlashProtected);
        QVERIFY(readProtected.begin());
        QCOMPARE(readProtected.bench.run(readProtected.client->compare(kFirmware)).value(),
                 ReadBack::NotPossible);
    }

    void removesProtectionOnlyWithConsent()
    {
        Rom rom(with([](DfuTraits &traits) { traits.isReadProtected = traits.isWriteProtected = true; }));
        QVERIFY(rom.begin());
        const int before = rom.bench.unit.allRequests();
        QCOMPARE(rom.bench.run(rom.client->removeProtection(Consent::NotGiven)).error().reason,
                 Reason::NeedsConsent);
        QCOMPARE(rom.bench.run(rom.client->eraseAll(Consent::NotGiven)).error().reason, Reason::NeedsConsent);
        QCOMPARE(rom.bench.unit.allRequests(), before);
        QCOMPARE(rom.bench.run(rom.client->removeProtection(Consent::Given)).value(), Ending::Leaving);
        rom.bench.run(core::after(core::Milliseconds(1000), rom.bench.clock)).value();
        QVERIFY(rom.begin());
        QVERIFY(rom.write().has_value());
        QCOMPARE(rom.bench.run(rom.client->compare(kFirmware)).value(), ReadBack::Identical);
    }

    void erasesAllWithConsent()
    {
        Rom rom;
        QVERIFY(rom.begin());
        QVERIFY(rom.write().has_value());
        QVERIFY(rom.bench.run(rom.client->eraseAll(Consent::Given)).has_value());
        QCOMPARE(rom.content(kFlashBase, 0x20000), QByteArray(0x20000, '\xff'));
    }

    void optionBytesNeedConsentAndResetTheChip()
    {
        Rom rom;
        QVERIFY(rom.begin(1));
        const FirmwareSegments options{{kOptionBase, firmwareOf(16)}};
        const int before = rom.bench.unit.allRequests();
        QCOMPARE(rom.write(options).error().reason, Reason::NeedsConsent);
        QCOMPARE(rom.bench.unit.allRequests(), before);
        QCOMPARE(rom.bench.unit.optionWrites(), 0);
        QCOMPARE(rom.write(options, Consent::Given).value(), Ending::Leaving);
        QCOMPARE(rom.bench.unit.optionWrites(), 1);
        QCOMPARE(rom.content(kOptionBase, 16, 1), options.constFirst().bytes);
    }

    void aCableThatIsPulledBeforeTheOptionBytesIsNoSuccess()
    {
        Rom rom;
        QVERIFY(rom.begin(1));
        rom.bench.unit.setFault(testing::DfuFault{.kind = testing::DfuFault::Kind::Unplug});
        const auto written = rom.write({{kOptionBase, firmwareOf(16)}}, Consent::Given);
        QCOMPARE(written.error().kind, ErrorKind::Disconnected);
    }

    void leaves_data()
    {
        QTest::addColumn<DfuTraits::Leaving>("leaving");
        QTest::newRow("with an answer") << DfuTraits::Leaving::Answers;
        QTest::newRow("with a stall") << DfuTraits::Leaving::StallsStatus;
        QTest::newRow("without an answer") << DfuTraits::Leaving::GoneAtStatus;
        QTest::newRow("at the empty block") << DfuTraits::Leaving::GoneAtBlock;
    }

    void leaves()
    {
        QFETCH(DfuTraits::Leaving, leaving);
        DfuTraits traits = testing::romUnit();
        traits.leaving = leaving;
        Rom rom(traits);
        QVERIFY(rom.begin());
        QVERIFY(rom.write().has_value());
        QCOMPARE(rom.bench.run(rom.client->leave(kFlashBase)).value(), Ending::Leaving);
        QVERIFY(rom.bench.unit.isStarted());
        QCOMPARE(rom.bench.unit.pointer(), kFlashBase);
    }

    void leavesAsTheProfileSays()
    {
        // As a Flipper, which is told to leave by a pointer to its last byte and a block 0.
        DfuQuirks quirks;
        quirks.leaveAddress = kFlashBase + 0x1ffff;
        quirks.leaveBlock = 0;
        Rom rom(testing::romUnit(), quirks);
        QVERIFY(rom.begin());
        QCOMPARE(rom.bench.run(rom.client->leave(kFlashBase)).value(), Ending::Leaving);
        QVERIFY(rom.bench.unit.isStarted());
        QCOMPARE(rom.bench.unit.pointer(), kFlashBase + 0x1ffff);
    }

    void stopsBetweenBlocks()
    {
        Rom rom;
        QVERIFY(rom.begin());
        core::StopRequest stop;
        dfu::WriteOrder order{kFirmware,
                              Consent::NotGiven,
                              {.onProgress =
                                   [&stop](const core::WriteProgressed &progress) {
                                       if (progress.done > 0)
                                           stop.raise();
                                   },
                               .stop = &stop}};
        QCOMPARE(rom.bench.run(rom.client->write(std::move(order))).error().kind, ErrorKind::Cancelled);
        QVERIFY(rom.begin());
        QVERIFY(rom.write().has_value());
        QVERIFY(rom.holds(kFirmware));
    }
};

QTEST_GUILESS_MAIN(TestDfuSeClient)
#include "tst_dfuse_client.moc"
