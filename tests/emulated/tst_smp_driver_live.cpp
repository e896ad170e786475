// SPDX-License-Identifier: Apache-2.0
#include "core/async/system_clock.h"
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
        core::WriteControl control{.onProgress = [&](qint64 done, qint64) { reached = done; }};
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
            .onProgress = [&](qint64 done, qint64) { first = first < 0 ? done : first; }};
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
        core::WriteControl control{.onProgress = [&](qint64 done, qint64) {
            if (done > kBallast / 2)
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
