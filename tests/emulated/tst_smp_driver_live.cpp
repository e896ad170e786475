// SPDX-License-Identifier: Apache-2.0
#include "core/async/system_clock.h"
#include "core/device/service_access.h"
#include "core/trust/key_file.h"
#include "device_protocols/smp/console_channel.h"
#include "device_protocols/smp/smp_driver.h"
#include "device_protocols/transport/serial_stream.h"
#include "device_protocols/transport/unix_stream.h"
#include "tests/support/run_live.h"
#include "tests/support/virtual_unit.h"

#include <QTest>

using core::BootStage;
using core::DeviceSnapshot;
using core::Done;
using core::ErrorKind;
using core::Reason;
using core::Result;
using core::RollbackCause;
using core::Task;
using testing::finishLive;
using testing::VirtualUnit;

namespace {

constexpr qsizetype kBallast = 150'000; // Of the 512 KiB of a slot.

/// Short enough for a test, and long enough for a busy machine to start an application.
const QStringList kQuickWatchdog{QStringLiteral("--watchdog-ms"), QStringLiteral("500")};

VirtualUnit::Image oldImage()
{
    return VirtualUnit::image(QStringLiteral("good"), QStringLiteral("1.0.0"));
}

VirtualUnit::Image newImage(const char *variant = "good", qsizetype ballast = 0)
{
    return VirtualUnit::image(QString::fromLatin1(variant), QStringLiteral("1.1.0"), ballast);
}

Task<Done> bootTrial(smp::SmpDriver &driver, VirtualUnit::Image image)
{
    core::WriteControl control;
    co_await driver.write(image.file, std::move(control));
    co_await driver.tryOnNextBoot(image.hash, core::RolledBackBefore::Refuse);
    co_return co_await driver.reload(core::ReloadInto::Application);
}

/// A virtual unit, and a driver that is connected to it.
struct Bench {
    explicit Bench(const std::optional<VirtualUnit::Image> &running = oldImage(),
                   const QStringList &options = {})
    {
        const QString complaint = unit.provision(running);
        if (!complaint.isEmpty())
            qFatal("%s", qPrintable(complaint));
        start(options);
        connectAnew();
    }

    void start(const QStringList &options = {})
    {
        if (!unit.start(options))
            qFatal("the unit does not start");
    }

    void connectAnew()
    {
        driver.reset(); // The line has one user.
        auto stream = std::make_unique<transport::UnixStream>(unit.linePath());
        auto channel = std::make_unique<smp::ConsoleChannel>(std::move(stream));
        smp::SmpDriver::Unit who{
            QStringLiteral("bench"), {core::DeviceAddress::Link::Unix, unit.linePath()}, {}};
        driver = std::make_unique<smp::SmpDriver>(std::move(who), std::move(channel), clock);
        if (!QTest::qWaitFor([this] { return finishLive(driver->open()).has_value(); }))
            qFatal("the unit does not take the line");
    }

    DeviceSnapshot identify()
    {
        Result<DeviceSnapshot> found = finishLive(driver->identify());
        if (!found)
            qFatal("%s", qPrintable(found.error().detail));
        return std::move(*found);
    }

    /// Writes `image` until the unit has `enough` bytes, then lets go in the middle of it.
    qint64 writeHalf(const VirtualUnit::Image &image, qint64 enough)
    {
        qint64 reached = 0;
        core::WriteControl control{
            .onProgress = [&](const core::WriteProgressed &now) { reached = now.done; }};
        std::optional<Result<Done>> outcome;
        core::Running running(driver->write(image.file, std::move(control)),
                              [&](Result<Done> result) { outcome = std::move(result); });
        while (!outcome && reached < enough)
            QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
        return outcome ? -1 : reached;
    }

    core::SystemClock clock;
    VirtualUnit unit;
    std::unique_ptr<smp::SmpDriver> driver;
};

QString complaintOf(const Result<Done> &result)
{
    return result ? QString() : result.error().detail;
}

} // namespace

/// The driver against the real bootloader, as a process, with its real applications.
class TestSmpDriverLive : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void saysWhoTheUnitIsAndWhatItRuns()
    {
        Bench bench;
        const DeviceSnapshot unit = bench.identify();
        QCOMPARE(unit.identity.product, QStringLiteral("test-unit"));
        QCOMPARE(unit.identity.hardwareRevision, QStringLiteral("A"));
        QCOMPARE(unit.identity.serialNumber, QStringLiteral("0042"));
        QVERIFY(core::isSameUnit(unit.identity, unit.identity));
        QVERIFY(unit.stage == BootStage::Running);
        QCOMPARE(unit.slots.size(), 2);
        QVERIFY(core::runningSlot(unit) != nullptr);
        QCOMPARE(core::runningSlot(unit)->hash, oldImage().hash);
        QCOMPARE(core::toText(core::runningSlot(unit)->version), QStringLiteral("1.0.0"));
        QVERIFY(core::runningSlot(unit)->isConfirmed);
        QVERIFY(core::writableSlot(unit) != nullptr);
        QCOMPARE(core::writableSlot(unit)->index, 1);
        QVERIFY(unit.slots.at(1).size > 100'000);
        QVERIFY(unit.bootState.has_value());
        QCOMPARE(unit.bootState->runningHash, oldImage().hash);
        QVERIFY(unit.bootloader.startsWith(QStringLiteral("Bootmend")));
        QVERIFY(unit.bufferSize > 0 && unit.bufferCount > 1);
    }

    void installsOnTrialAndConfirms()
    {
        Bench bench;
        const VirtualUnit::Image image = newImage("good", kBallast);
        QCOMPARE(complaintOf(finishLive(bootTrial(*bench.driver, image))), QString());
        const DeviceSnapshot trial = bench.identify();
        QVERIFY(trial.stage == BootStage::OnTrial);
        QCOMPARE(core::runningSlot(trial)->hash, image.hash);
        QCOMPARE(trial.bootState->runningHash, image.hash);

        const auto checks = finishLive(bench.driver->checkHealth());
        QVERIFY(checks.has_value() && !checks->isEmpty());
        for (const core::HealthCheck &check : *checks)
            QVERIFY2(check.isPassed, qPrintable(check.name));

        QCOMPARE(complaintOf(finishLive(bench.driver->confirm(image.hash))), QString());
        const DeviceSnapshot confirmed = bench.identify();
        QVERIFY(confirmed.stage == BootStage::Running);
        QVERIFY(core::runningSlot(confirmed)->isConfirmed);
        QVERIFY(core::pendingSlot(confirmed) == nullptr);
        QCOMPARE(confirmed.bootState->activeSlot, core::runningSlot(confirmed)->index);
    }

    void seesWhyATrialWasRolledBack_data()
    {
        QTest::addColumn<QByteArray>("variant");
        QTest::addColumn<int>("cause");
        QTest::newRow("crashes at boot") << QByteArray("crashes") << int(RollbackCause::Crashed);
        QTest::newRow("hangs") << QByteArray("hangs") << int(RollbackCause::Watchdog);
    }

    void seesWhyATrialWasRolledBack()
    {
        QFETCH(QByteArray, variant);
        QFETCH(int, cause);
        Bench bench(oldImage(), kQuickWatchdog);
        const VirtualUnit::Image image = newImage(variant.constData());
        QCOMPARE(complaintOf(finishLive(bootTrial(*bench.driver, image))), QString());
        QTRY_VERIFY(core::runningSlot(bench.identify()) != nullptr);
        const DeviceSnapshot after = bench.identify();
        QCOMPARE(core::runningSlot(after)->hash, oldImage().hash);
        QCOMPARE(int(after.bootState->lastRollback), cause);
        QCOMPARE(after.bootState->rolledBackHash, image.hash);

        const auto events = finishLive(bench.driver->readEvidence());
        QVERIFY(events.has_value());
        const bool isRecorded =
            std::any_of(events->cbegin(), events->cend(), [&](const core::EvidenceEvent &event) {
                return event.kind == core::EvidenceEvent::Kind::RolledBack && event.code == cause;
            });
        QVERIFY(isRecorded);
    }

    void givesAnUnhealthyTrialUp()
    {
        Bench bench;
        const VirtualUnit::Image image = newImage("unhealthy");
        QCOMPARE(complaintOf(finishLive(bootTrial(*bench.driver, image))), QString());
        const auto checks = finishLive(bench.driver->checkHealth());
        QVERIFY(checks.has_value());
        QVERIFY(
            std::any_of(checks->cbegin(), checks->cend(), [](const auto &check) { return !check.isPassed; }));

        QCOMPARE(complaintOf(finishLive(bench.driver->giveUpTrial(core::RevertCause::Unhealthy))), QString());
        QCOMPARE(complaintOf(finishLive(bench.driver->reload(core::ReloadInto::Application))), QString());
        const DeviceSnapshot after = bench.identify();
        QCOMPARE(core::runningSlot(after)->hash, oldImage().hash);
        QVERIFY(after.bootState->lastRollback == RollbackCause::Unhealthy);
    }

    void goesOnWithAnUploadAfterThePulledCable()
    {
        Bench bench;
        const VirtualUnit::Image image = newImage("good", kBallast);
        const qint64 reached = bench.writeHalf(image, kBallast / 2);
        QVERIFY(reached > 0);
        bench.connectAnew();
        QVERIFY(bench.identify().stage == BootStage::Running);

        qint64 first = -1;
        core::WriteControl control{
            .onProgress = [&](const core::WriteProgressed &now) { first = first < 0 ? now.done : first; }};
        QCOMPARE(complaintOf(finishLive(bench.driver->write(image.file, std::move(control)))), QString());
        QVERIFY2(first >= reached, qPrintable(QString::number(first)));
        QVERIFY(core::slotWithImage(bench.identify(), image.hash) != nullptr);
    }

    void leavesAUnitThatBootsWhenItDiesDuringAnUpload()
    {
        Bench bench;
        const VirtualUnit::Image image = newImage("good", kBallast);
        QVERIFY(bench.writeHalf(image, kBallast / 2) > 0);
        bench.unit.kill();
        bench.start();
        // The driver finds the link gone, and opens it again by itself.
        QTRY_VERIFY(finishLive(bench.driver->identify()).has_value());
        const DeviceSnapshot after = bench.identify();
        QVERIFY(after.stage == BootStage::Running);
        QCOMPARE(core::runningSlot(after)->hash, oldImage().hash);
        QCOMPARE(complaintOf(finishLive(bootTrial(*bench.driver, image))), QString());
        QCOMPARE(core::runningSlot(bench.identify())->hash, image.hash);
    }

    void failsAtOnceWhenTheUnitDies()
    {
        Bench bench;
        std::optional<Result<Done>> outcome;
        const VirtualUnit::Image image = newImage("good", kBallast);
        core::WriteControl control{.onProgress = [&](const core::WriteProgressed &now) {
            if (now.done > kBallast / 2)
                bench.unit.kill();
        }};
        const Result<Done> written = finishLive(bench.driver->write(image.file, std::move(control)), 2'000);
        QVERIFY(!written.has_value());
        QCOMPARE(written.error().kind, ErrorKind::Disconnected);
    }

    void bringsAnEmptyUnitBack()
    {
        Bench bench{std::nullopt};
        QVERIFY(bench.identify().stage == BootStage::InRecovery);
        const VirtualUnit::Image image = newImage();
        QCOMPARE(complaintOf(finishLive(bootTrial(*bench.driver, image))), QString());
        QCOMPARE(complaintOf(finishLive(bench.driver->confirm(image.hash))), QString());
        const DeviceSnapshot after = bench.identify();
        QVERIFY(after.stage == BootStage::Running);
        QCOMPARE(core::runningSlot(after)->hash, image.hash);
    }

    void goesIntoRecoveryWhenAsked()
    {
        Bench bench;
        QCOMPARE(complaintOf(finishLive(bench.driver->reload(core::ReloadInto::Recovery))), QString());
        QVERIFY(bench.identify().stage == BootStage::InRecovery);
        QCOMPARE(complaintOf(finishLive(bench.driver->reload(core::ReloadInto::Application))), QString());
        QVERIFY(bench.identify().stage == BootStage::Running);
    }

    void saysWhyTheBootloaderRefusesAnImage()
    {
        Bench bench;
        const VirtualUnit::Image image = VirtualUnit::image(QStringLiteral("good"), QStringLiteral("1.1.0"),
                                                            0, QStringLiteral("another-product"));
        QCOMPARE(complaintOf(finishLive(bench.driver->write(image.file, {}))), QString());
        const Result<Done> marked =
            finishLive(bench.driver->tryOnNextBoot(image.hash, core::RolledBackBefore::Refuse));
        QVERIFY(!marked.has_value());
        QCOMPARE(marked.error().kind, ErrorKind::RefusedByDevice);
        QVERIFY(marked.error().reason == Reason::IncompatibleProduct);
        QVERIFY(core::slotWithImage(bench.identify(), image.hash) == nullptr);
    }

    void refusesToGiveUpWhatIsNotOnTrial()
    {
        Bench bench;
        const Result<Done> given = finishLive(bench.driver->giveUpTrial(core::RevertCause::AskedFor));
        QVERIFY(!given.has_value());
        QCOMPARE(given.error().kind, ErrorKind::RefusedByDevice);
    }

    void triesWhatWasRolledBackOnlyWhenForced()
    {
        Bench bench(oldImage(), kQuickWatchdog);
        const VirtualUnit::Image image = newImage("crashes");
        QCOMPARE(complaintOf(finishLive(bootTrial(*bench.driver, image))), QString());
        QTRY_VERIFY(core::runningSlot(bench.identify()) != nullptr);
        const Result<Done> refused =
            finishLive(bench.driver->tryOnNextBoot(image.hash, core::RolledBackBefore::Refuse));
        QVERIFY(!refused.has_value());
        QVERIFY(refused.error().reason == Reason::BuildBlocked);
        QVERIFY(core::pendingSlot(bench.identify()) == nullptr);

        QCOMPARE(complaintOf(
                     finishLive(bench.driver->tryOnNextBoot(image.hash, core::RolledBackBefore::TryAgain))),
                 QString());
        QVERIFY(core::pendingSlot(bench.identify()) != nullptr);
    }

    void comesIntoRecoveryWhenItIsCalledWhileItStarts()
    {
        Bench bench;
        QVERIFY(bench.identify().stage == BootStage::Running);
        std::optional<Result<Done>> called;
        core::Running running(
            bench.driver->serviceAccess()->callIntoRecovery(std::chrono::seconds(20), nullptr),
            [&called](Result<Done> result) { called = std::move(result); });
        bench.unit.powerCycle();
        QTRY_VERIFY_WITH_TIMEOUT(called.has_value(), 25'000);
        QCOMPARE(complaintOf(*called), QString());
        const DeviceSnapshot unit = bench.identify();
        QVERIFY(unit.stage == BootStage::InRecovery);
        QVERIFY(unit.bootState->recoveryCause == core::RecoveryCause::Line);
        QCOMPARE(complaintOf(finishLive(bench.driver->reload(core::ReloadInto::Application))), QString());
        QVERIFY(bench.identify().stage == BootStage::Running);
    }

    void stopsCalling()
    {
        Bench bench;
        core::ServiceAccess *service = bench.driver->serviceAccess();
        const Result<Done> late = finishLive(service->callIntoRecovery(std::chrono::seconds(1), nullptr));
        QCOMPARE(late.error().kind, ErrorKind::TimedOut);
        core::StopRequest stop;
        stop.raise();
        const Result<Done> stopped = finishLive(service->callIntoRecovery(std::chrono::seconds(20), &stop));
        QCOMPARE(stopped.error().kind, ErrorKind::Cancelled);
        QVERIFY(bench.identify().stage == BootStage::Running); // The application took no harm.
    }

    void givesItsRegionsToARecoveryKeyOnly()
    {
        Bench bench;
        core::ServiceAccess *service = bench.driver->serviceAccess();
        const auto regions = finishLive(service->listRegions());
        QVERIFY(regions.has_value() && regions->size() == 7);
        const core::FlashRegion evidence = regions->at(1);
        QCOMPARE(evidence.name, QStringLiteral("evidence"));
        QVERIFY(finishLive(service->readRegion(evidence, {})).error().reason == Reason::UnitLocked);

        // Another key than a recovery key does not open it, and uses the challenge up.
        const auto stranger = core::readPrivateKeyFile(QStringLiteral(BOOTMEND_BOOT_KEY_FILE));
        const auto first = finishLive(service->askForChallenge());
        QCOMPARE(first->size(), 64);
        QVERIFY(finishLive(service->unlock(*stranger->sign(*first))).error().reason == Reason::UnlockRefused);
        const auto key = core::readPrivateKeyFile(QStringLiteral(BOOTMEND_RECOVERY_KEY_FILE));
        QVERIFY(finishLive(service->unlock(*key->sign(*first))).error().reason == Reason::UnlockRefused);

        const auto second = finishLive(service->askForChallenge());
        QVERIFY(*second != *first);
        QCOMPARE(complaintOf(finishLive(service->unlock(*key->sign(*second)))), QString());
        QVERIFY(bench.identify().bootState->isUnlocked);
        bench.connectAnew(); // Whoever holds the line.
        service = bench.driver->serviceAccess();
        const auto content = finishLive(service->readRegion(evidence, {}));
        QCOMPARE(content.value().size(), qsizetype(evidence.size));
        QVERIFY(content->contains("EVT"));
        // An application runs: nothing is erased under it.
        QCOMPARE(finishLive(service->eraseRegion(regions->at(6))).error().kind, ErrorKind::RefusedByDevice);
    }

    void erasesASlotInRecoveryModeOnce()
    {
        Bench bench;
        QCOMPARE(complaintOf(finishLive(bench.driver->reload(core::ReloadInto::Recovery))), QString());
        core::ServiceAccess *service = bench.driver->serviceAccess();
        const auto regions = finishLive(service->listRegions());
        const core::FlashRegion slot = regions->at(5);
        QCOMPARE(slot.name, QStringLiteral("slot_a"));
        QVERIFY(finishLive(service->eraseRegion(slot)).error().reason == Reason::UnitLocked);
        const auto key = core::readPrivateKeyFile(QStringLiteral(BOOTMEND_RECOVERY_KEY_FILE));
        const auto message = finishLive(service->askForChallenge());
        QCOMPARE(complaintOf(finishLive(service->unlock(*key->sign(*message)))), QString());
        QCOMPARE(complaintOf(finishLive(service->eraseRegion(slot))), QString());
        QVERIFY(!bench.identify().slots.at(0).holdsImage);
        const auto events = finishLive(bench.driver->readEvidence());
        QVERIFY(std::any_of(events->cbegin(), events->cend(), [](const core::EvidenceEvent &event) {
            return event.erased == core::EvidenceEvent::Region::SlotA;
        }));
    }

    void tellsWhetherItHasAConfiguration()
    {
        Bench bench;
        const auto found = finishLive(bench.driver->readConfiguration());
        QVERIFY2(found.has_value(), found ? "" : qPrintable(found.error().detail));
    }

    void worksOverAPtyAsOverASerialPort()
    {
        VirtualUnit unit;
        QCOMPARE(unit.provision(oldImage()), QString());
        QVERIFY(unit.start({}, VirtualUnit::Line::Pty));
        core::SystemClock clock;
        auto stream =
            std::make_unique<transport::SerialStream>(transport::SerialSettings{.port = unit.linePath()});
        auto channel = std::make_unique<smp::ConsoleChannel>(std::move(stream));
        smp::SmpDriver::Unit who{
            QStringLiteral("bench"), {core::DeviceAddress::Link::Serial, unit.linePath()}, {}};
        smp::SmpDriver driver(std::move(who), std::move(channel), clock);
        QTRY_VERIFY(finishLive(driver.open()).has_value());

        const VirtualUnit::Image image = newImage("good", kBallast);
        QCOMPARE(complaintOf(finishLive(bootTrial(driver, image))), QString());
        const Result<DeviceSnapshot> trial = finishLive(driver.identify());
        QVERIFY(trial.has_value());
        QCOMPARE(core::runningSlot(*trial)->hash, image.hash);
    }

    void countsEveryBoot()
    {
        Bench bench;
        const quint32 before = bench.identify().bootState->bootCount;
        QCOMPARE(complaintOf(finishLive(bench.driver->reload(core::ReloadInto::Application))), QString());
        QCOMPARE(bench.identify().bootState->bootCount, before + 1);
    }
};

QTEST_GUILESS_MAIN(TestSmpDriverLive)
#include "tst_smp_driver_live.moc"
