// SPDX-License-Identifier: Apache-2.0
#include "device_protocols/smp/smp_driver.h"

#include "core/update/install.h"
#include "tests/support/mcumgr_unit.h"
#include "tests/support/run_task.h"

#include <QTest>

using namespace std::chrono_literals;
using core::BootStage;
using core::DeviceSnapshot;
using core::Done;
using core::ErrorKind;
using core::Reason;
using core::Result;
using testing::McumgrUnit;

namespace {

const QByteArray kOldHash(32, '\xaa');
const QByteArray kNewHash(32, '\xbb');
const QByteArray kFile(5'000, 'x');

/// Somebody else's device that runs 1.0.0 and is about to be given 1.1.0.
struct Bench {
    Bench()
    {
        unit.primary =
            McumgrUnit::Image{.hash = kOldHash, .version = QStringLiteral("1.0.0"), .isConfirmed = true};
        unit.arriving = {.hash = kNewHash, .version = QStringLiteral("1.1.0")};
        unit.uploads.bufferSize = 380;
        smp::SmpDriver::Unit who{QStringLiteral("board"),
                                 {core::DeviceAddress::Link::Serial, QStringLiteral("/dev/ttyACM0")},
                                 core::Attachment{.port = {.serialNumber = QStringLiteral("USB-77")}}};
        driver.emplace(std::move(who), unit.connectLine(), clock);
    }

    template<class T>
    Result<T> finish(core::Task<T> task)
    {
        return testing::finish(std::move(task), clock);
    }

    DeviceSnapshot identify()
    {
        Result<DeviceSnapshot> found = finish(driver->identify());
        if (!found)
            qFatal("%s", qPrintable(found.error().detail));
        return std::move(*found);
    }

    void bootTrial()
    {
        QVERIFY(finish(driver->write(kFile, {})).has_value());
        QVERIFY(finish(driver->tryOnNextBoot(kNewHash, core::RolledBackBefore::Refuse)).has_value());
        QVERIFY(finish(driver->reload(core::ReloadInto::Application)).has_value());
    }

    testing::ManualClock clock;
    McumgrUnit unit{clock};
    std::optional<smp::SmpDriver> driver;
};

} // namespace

/// The driver with devices that know nothing of Bootmend.
class TestSmpDriver : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void saysWhatAnMcumgrDeviceRuns()
    {
        Bench bench;
        const DeviceSnapshot unit = bench.identify();
        QVERIFY(unit.stage == BootStage::Running);
        QCOMPARE(unit.name, QStringLiteral("board"));
        QCOMPARE(unit.bootloader, QStringLiteral("MCUboot"));
        QVERIFY(!unit.bootState);
        QCOMPARE(unit.identity.serialNumber, QStringLiteral("USB-77"));
        QVERIFY(core::isSameUnit(unit.identity, unit.identity));
        QCOMPARE(unit.bufferSize, 384);
        QCOMPARE(unit.slots.size(), 2);
        QCOMPARE(unit.slots.at(0).hash, kOldHash);
        QVERIFY(!unit.slots.at(1).holdsImage);
        QCOMPARE(unit.slots.at(1).size, 0x38000);
        QCOMPARE(core::writableSlot(unit)->index, 1);
    }

    void makesDoWithTheLeast()
    {
        Bench bench;
        bench.unit.lacking = {QStringLiteral("parameters"), QStringLiteral("slots"),
                              QStringLiteral("bootloader"), QStringLiteral("echo")};
        const DeviceSnapshot unit = bench.identify();
        QVERIFY(unit.bootloader.isEmpty());
        QCOMPARE(unit.bufferSize, 0);
        QCOMPARE(unit.slots.size(), 2);
        QCOMPARE(core::writableSlot(unit)->index, 1);

        bench.unit.uploads.bufferSize = 256;
        bench.bootTrial();
        QCOMPARE(core::runningSlot(bench.identify())->hash, kNewHash);
    }

    /// MCUboot's serial recovery has no trial: what it is sent boots, and that is proven.
    void recoversThroughSerialRecovery()
    {
        Bench bench;
        bench.unit.isInSerialRecovery = true;
        bench.unit.primary.reset();
        const DeviceSnapshot before = bench.identify();
        QCOMPARE(before.stage, BootStage::InRecovery);
        QCOMPARE(core::writableSlot(before)->index, 0);
        const core::InstallOrder order{.before = before,
                                       .image = {kFile, kNewHash, {1, 1, 0, 0}, {}},
                                       .purpose = core::InstallOrder::Purpose::Recovery};
        const Result<core::Verdict> verdict =
            bench.finish(core::install(*bench.driver, order, {bench.clock}));
        QVERIFY2(verdict.has_value(), verdict ? "" : qPrintable(verdict.error().detail));
        QVERIFY2(verdict->outcome == core::Outcome::Recovered, qPrintable(verdict->detail));
        QCOMPARE(bench.unit.resets, 1);
    }

    void saysThatSerialRecoveryWasNotLeft()
    {
        Bench bench;
        bench.unit.isInSerialRecovery = true;
        bench.unit.ignoresReset = true;
        const core::InstallOrder order{.before = bench.identify(),
                                       .image = {kFile, kNewHash, {1, 1, 0, 0}, {}},
                                       .purpose = core::InstallOrder::Purpose::Recovery};
        const Result<core::Verdict> verdict =
            bench.finish(core::install(*bench.driver, order, {bench.clock}));
        QVERIFY(verdict.has_value());
        QVERIFY(verdict->outcome == core::Outcome::Failed || verdict->outcome == core::Outcome::Unknown);
    }

    void installsOnTrialAndConfirms()
    {
        Bench bench;
        bench.bootTrial();
        QCOMPARE(bench.unit.uploads.received, kFile);
        const DeviceSnapshot trial = bench.identify();
        QVERIFY(trial.stage == BootStage::OnTrial);
        QCOMPARE(core::runningSlot(trial)->hash, kNewHash);
        QVERIFY(bench.finish(bench.driver->confirm(kNewHash)).has_value());
        QVERIFY(bench.identify().stage == BootStage::Running);
    }

    void goesBackByARestartAlone()
    {
        Bench bench;
        bench.bootTrial();
        QVERIFY(bench.finish(bench.driver->giveUpTrial(core::RevertCause::Unhealthy)).has_value());
        QVERIFY(bench.finish(bench.driver->reload(core::ReloadInto::Application)).has_value());
        QCOMPARE(core::runningSlot(bench.identify())->hash, kOldHash);
    }

    void saysThatThereIsNothingToGoBackFrom()
    {
        Bench bench;
        const Result<Done> given = bench.finish(bench.driver->giveUpTrial(core::RevertCause::AskedFor));
        QCOMPARE(given.error().kind, ErrorKind::Unsupported);
        QVERIFY(given.error().reason == Reason::NothingOnTrial);
    }

    void saysThatThereAreNoHealthChecksAndNoEvidence()
    {
        Bench bench;
        QCOMPARE(bench.finish(bench.driver->checkHealth()).error().kind, ErrorKind::Unsupported);
        QCOMPARE(bench.finish(bench.driver->readEvidence()).error().kind, ErrorKind::Unsupported);
    }

    void countsARestartWhoseAnswerGotLost()
    {
        Bench bench;
        bench.unit.losesResetAnswer = true;
        QVERIFY(bench.finish(bench.driver->reload(core::ReloadInto::Application)).has_value());
        QCOMPARE(bench.unit.resets, 1);
    }

    void waitsForALineThatGoesAndComesBack()
    {
        Bench bench;
        bench.unit.dropsLineAtReset = true;
        bench.unit.bootTime = 30s;
        QVERIFY(bench.finish(bench.driver->reload(core::ReloadInto::Application)).has_value());
        QVERIFY(bench.clock.now() >= 30s);
        QVERIFY(bench.clock.now() < 33s);
        QVERIFY(bench.identify().stage == BootStage::Running);
    }

    void doesNotTakeTheOldApplicationForTheNewOne()
    {
        Bench bench;
        bench.unit.bootCount = 5;
        bench.unit.goesOnFor = 2s;
        QVERIFY(bench.finish(bench.driver->reload(core::ReloadInto::Application)).has_value());
        QCOMPARE(bench.unit.bootCount, 6u);
        QVERIFY(bench.clock.now() >= 2s + bench.unit.bootTime);
        QVERIFY(bench.clock.now() < 7s);
    }

    void saysThatAUnitDoesNotRestart()
    {
        Bench bench;
        bench.unit.bootCount = 5;
        bench.unit.ignoresReset = true;
        const Result<Done> reloaded = bench.finish(bench.driver->reload(core::ReloadInto::Application));
        QCOMPARE(reloaded.error().kind, ErrorKind::RefusedByDevice);
        QVERIFY(bench.clock.now() < 20s);
    }

    void givesUpOnAUnitThatNeverComesBack()
    {
        Bench bench;
        bench.unit.bootTime = 24h;
        const Result<Done> reloaded = bench.finish(bench.driver->reload(core::ReloadInto::Application));
        QCOMPARE(reloaded.error().kind, ErrorKind::TimedOut);
        QVERIFY(bench.clock.now() < 150s);
    }

    void asksMcubootToStayInItsRecovery()
    {
        Bench bench;
        QVERIFY(bench.finish(bench.driver->reload(core::ReloadInto::Recovery)).has_value());
        QCOMPARE(bench.unit.bootMode, 1);
    }

    void recognisesARecoveryModeByWhatIsNotActive()
    {
        Bench bench;
        bench.unit.primary.reset();
        QVERIFY(bench.identify().stage == BootStage::InRecovery);
    }

    void opensALostLineAgainByItself()
    {
        Bench bench;
        QVERIFY(bench.identify().stage == BootStage::Running);
        const auto another = bench.unit.connectLine(); // It takes the port away.
        QVERIFY(bench.finish(another->open()).has_value());
        QCOMPARE(bench.finish(bench.driver->identify()).error().kind, ErrorKind::Disconnected);
        QVERIFY(bench.identify().stage == BootStage::Running);
    }

    void writesNothingForAnEmptyFile()
    {
        Bench bench;
        const Result<Done> written = bench.finish(bench.driver->write({}, {}));
        QVERIFY(written.error().reason == Reason::PayloadMissing);
        QCOMPARE(bench.unit.uploads.requestCount, 0);
    }
};

QTEST_GUILESS_MAIN(TestSmpDriver)
#include "tst_smp_driver.moc"
