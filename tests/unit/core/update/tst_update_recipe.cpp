// SPDX-License-Identifier: Apache-2.0
#include "core/update/plan_catalog.h"
#include "core/update/plan_configuration.h"
#include "core/update/preflight.h"
#include "core/update/update_recipe.h"

#include "core/recovery/recovery_recipe.h"
#include "tests/support/manual_clock.h"
#include "tests/support/model_unit.h"
#include "tests/support/release_samples.h"

#include <QTemporaryDir>
#include <QTest>

using namespace std::chrono_literals;
using core::Outcome;
using core::Reason;
using core::UpdatePlan;
using core::Verdict;
using testing::ModelUnit;

namespace {

const QDateTime kNoon(QDate(2026, 11, 21), QTime(12, 0), Qt::UTC);

core::Result<core::VerifiedRelease> verified(const test_support::SampleRelease &sample)
{
    const QTemporaryDir folder;
    const auto bundle = sample.create(QDir(folder.path()));
    if (!bundle)
        return core::passOn(bundle.error());
    return core::verifyBundle(*bundle, sample.store(), {kNoon});
}

/// A sample release and the unit that it fits.
struct Bench {
    explicit Bench(const test_support::SampleRelease &sample = {}) : release(verified(sample))
    {
        if (!release)
            qFatal("%s", qPrintable(release.error().detail));
        const core::VerifiedPayload &payload = release->payloads().constFirst();
        unit.knowImage(payload.file,
                       {payload.image->digest, payload.image->version, ModelUnit::Behaviour::Good});
    }

    template<class T>
    core::Result<T> run(core::Task<T> task)
    {
        std::optional<core::Result<T>> outcome;
        core::Running running(std::move(task), [&](core::Result<T> result) { outcome = std::move(result); });
        for (int seconds = 0; !outcome && seconds < 600; ++seconds)
            clock.advance(1s);
        return *std::move(outcome);
    }

    core::DeviceSnapshot look() { return *run(unit.identify()); }
    core::JobContext job()
    {
        return {clock, [this](const core::JobEvent &event) { events.append(event); }};
    }
    Verdict update(const UpdatePlan &plan) { return *run(core::runUpdate(unit, plan, job())); }
    UpdatePlan plan() { return *core::planUpdate(*release, look(), kNoon); }

    core::Result<core::VerifiedRelease> release;
    ModelUnit unit;
    testing::ManualClock clock;
    QList<core::JobEvent> events;
};

std::optional<Reason> firstReason(const UpdatePlan &plan)
{
    const core::PreflightCheck *failure = core::firstFailure(plan);
    return failure ? failure->reason : std::nullopt;
}

} // namespace

class TestUpdateRecipe : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aFittingReleaseMayBeInstalled()
    {
        Bench bench;
        const UpdatePlan plan = bench.plan();
        QVERIFY(!core::firstFailure(plan));
        QCOMPARE(plan.targetSlot, 1);
        QCOMPARE(plan.signedBy.size(), 1);
        const Verdict verdict = bench.update(plan);
        QCOMPARE(verdict.outcome, Outcome::Updated);
        QVERIFY(verdict.duration >= 0ms);
    }

    void aUnitThatDoesNotFitIsRefused_data()
    {
        QTest::addColumn<QString>("field");
        QTest::addColumn<Reason>("reason");
        QTest::newRow("product") << QStringLiteral("product") << Reason::IncompatibleProduct;
        QTest::newRow("no product") << QStringLiteral("no product") << Reason::IncompatibleProduct;
        QTest::newRow("hardware") << QStringLiteral("hardware") << Reason::IncompatibleHardware;
        QTest::newRow("bootloader") << QStringLiteral("bootloader") << Reason::BootloaderTooOld;
        QTest::newRow("rollback index") << QStringLiteral("rollback index") << Reason::RollbackIndexTooLow;
        QTest::newRow("slot size") << QStringLiteral("slot size") << Reason::ImageTooLarge;
        QTest::newRow("rolled back before") << QStringLiteral("rolled back before") << Reason::BuildBlocked;
        QTest::newRow("recovery mode") << QStringLiteral("recovery mode") << Reason::NeedsRecovery;
        QTest::newRow("another is pending") << QStringLiteral("another is pending") << Reason::SlotBusy;
        QTest::newRow("another on trial") << QStringLiteral("another on trial") << Reason::SlotBusy;
    }

    void aUnitThatDoesNotFitIsRefused()
    {
        QFETCH(QString, field);
        QFETCH(Reason, reason);
        Bench bench;
        core::DeviceSnapshot unit = bench.look();
        if (field == QStringLiteral("product"))
            unit.identity.product = QStringLiteral("other-sensor");
        if (field == QStringLiteral("no product"))
            unit.identity.product.clear();
        if (field == QStringLiteral("hardware"))
            unit.identity.hardwareRevision = QStringLiteral("revC");
        if (field == QStringLiteral("bootloader"))
            unit.bootloaderVersion = core::Version{0, 9, 0, 0};
        if (field == QStringLiteral("rollback index"))
            unit.bootState->minimumRollbackIndex = 10101;
        if (field == QStringLiteral("slot size"))
            unit.slots[1].size = 100;
        if (field == QStringLiteral("rolled back before"))
            unit.bootState->rolledBackHash = bench.release->payloads().constFirst().image->digest;
        if (field == QStringLiteral("recovery mode"))
            unit.stage = core::BootStage::InRecovery;
        if (field == QStringLiteral("another is pending"))
            unit.slots[1].isPending = unit.slots[1].holdsImage = true;
        if (field == QStringLiteral("another on trial"))
            unit.stage = core::BootStage::OnTrial;

        const UpdatePlan plan = *core::planUpdate(*bench.release, unit, kNoon);
        QCOMPARE(firstReason(plan), std::optional(reason));

        const int verbsBefore = bench.unit.verbsUsed();
        const Verdict verdict = bench.update(plan);
        QCOMPARE(verdict.outcome, Outcome::Refused);
        QCOMPARE(verdict.reason, std::optional(reason));
        QVERIFY(verdict.failedChecks.contains(reason));
        QCOMPARE(core::exitCode(verdict), core::isPolicyReason(reason) ? 5 : 4);
        QCOMPARE(bench.unit.verbsUsed(), verbsBefore); // Not one question, let alone a byte.
    }

    void whatWasRolledBackIsTriedAgainOnlyWhenForced()
    {
        Bench bench;
        const core::VerifiedPayload &payload = bench.release->payloads().constFirst();
        bench.unit.knowImage(payload.file,
                             {payload.image->digest, payload.image->version, ModelUnit::Behaviour::Crashes});
        QCOMPARE(bench.update(bench.plan()).outcome, Outcome::Reverted);

        UpdatePlan plan = bench.plan();
        const Verdict refused = bench.update(plan);
        QCOMPARE(refused.outcome, Outcome::Refused);
        QCOMPARE(refused.reason, std::optional(Reason::BuildBlocked));
        QCOMPARE(core::exitCode(refused), 4);

        core::allowRolledBack(plan);
        QVERIFY(!core::firstFailure(plan));
        QCOMPARE(bench.update(plan).outcome, Outcome::Reverted); // It was tried, and crashed again.
    }

    void forceLiftsThatBlockAndNoOther()
    {
        Bench bench;
        core::DeviceSnapshot unit = bench.look();
        unit.bootState->rolledBackHash = bench.release->payloads().constFirst().image->digest;
        unit.bootState->minimumRollbackIndex = 10101;
        UpdatePlan plan = *core::planUpdate(*bench.release, unit, kNoon);
        core::allowRolledBack(plan);
        QCOMPARE(firstReason(plan), std::optional(Reason::RollbackIndexTooLow));
    }

    void theCatalogsRulesAreObeyed()
    {
        Bench bench;
        UpdatePlan plan = bench.plan();
        const core::ReleaseBlock rolledBack{.product = plan.release.product,
                                            .manifestDigest = plan.release.manifestDigest,
                                            .reason = QStringLiteral("rolled back"),
                                            .origin = core::RuleOrigin::RolledBackHere,
                                            .unit = QStringLiteral("BM-1")};
        const core::ReleaseBlock ofList{.product = plan.release.product,
                                        .reason = QStringLiteral("battery drains"),
                                        .origin = core::RuleOrigin::SignedList};
        const core::ReleaseBlock ofOther{.product = QStringLiteral("lamp")};
        const core::MinimumVersion minimum{.product = plan.release.product, .version = {9, 0, 0, 0}};

        core::obeyCatalog(plan, {{ofOther, rolledBack, ofList}, {minimum}});
        QCOMPARE(plan.against.blocks.size(), 2);
        QCOMPARE(plan.against.minimums.size(), 1);
        const Verdict refused = bench.update(plan);
        QCOMPARE(refused.outcome, Outcome::Refused);
        QCOMPARE(refused.reason, std::optional(Reason::BuildBlocked));
        QVERIFY(refused.detail.contains(QStringLiteral("battery drains")));
        QCOMPARE(bench.unit.bytesWritten(), 0);

        core::obeyCatalog(plan, {{rolledBack}, {}}); // in the place of the older answer
        QCOMPARE(core::firstFailure(plan)->detail,
                 QStringLiteral("rolled back (blocked by this computer, because of unit BM-1)"));
        core::obeyCatalog(plan, {{rolledBack}, {}}, QStringLiteral("BM-1"));
        QVERIFY(plan.against.blocks.isEmpty());
        QCOMPARE(bench.update(plan).outcome, Outcome::Updated);
    }

    void theUnitsOwnBlockIsARefusalToo()
    {
        Bench bench;
        const UpdatePlan planned = bench.plan(); // Before the unit rolled it back.
        const core::VerifiedPayload &payload = bench.release->payloads().constFirst();
        bench.unit.knowImage(payload.file,
                             {payload.image->digest, payload.image->version, ModelUnit::Behaviour::Crashes});
        bench.update(planned);
        const Verdict verdict = bench.update(planned);
        QCOMPARE(verdict.outcome, Outcome::Failed); // For the image was sent again.
        QCOMPARE(verdict.reason, std::optional(Reason::BuildBlocked));
        QCOMPARE(core::exitCode(verdict), 4);
    }

    void theImageMayAskForANewerBootloaderThanTheManifest()
    {
        test_support::SampleRelease sample;
        sample.manifest.replace("min_bootloader: 1\n", "");
        sample.image.minBootloader = core::Version{1, 5, 0, 0};
        Bench bench(sample);
        QCOMPARE(firstReason(bench.plan()), std::optional(Reason::BootloaderTooOld));
    }

    void imageAndManifestNameTheSameBootloader()
    {
        test_support::SampleRelease sample; // Its manifest says 1.
        sample.image.minBootloader = core::Version{1, 0, 0, 0};
        QVERIFY(verified(sample).has_value());
        sample.image.minBootloader = core::Version{1, 0, 1, 0};
        const auto other = verified(sample);
        QVERIFY(!other.has_value());
        QVERIFY(other.error().reason == Reason::ManifestMalformed);
    }

    void theInstallWindowCountsInUtc()
    {
        test_support::SampleRelease sample;
        sample.manifest += "policy: {install_window_utc: [\"22:00\", \"04:00\"]}\n";
        Bench bench(sample);
        QCOMPARE(firstReason(bench.plan()), std::optional(Reason::OutsideWindow));
        const auto atNight = core::planUpdate(*bench.release, bench.look(), kNoon.addSecs(11 * 3600));
        QVERIFY(!core::firstFailure(*atNight));
    }

    void whatTheUnitDoesNotReportDoesNotHinder()
    {
        test_support::SampleRelease sample;
        sample.manifest += "policy: {battery_min_percent: 30}\n";
        Bench bench(sample);
        bench.unit.dropBootRecord();
        const UpdatePlan plan = bench.plan();
        QVERIFY(!core::firstFailure(plan));
        QCOMPARE(std::count_if(plan.checks.cbegin(), plan.checks.cend(),
                               [](const core::PreflightCheck &check) {
                                   return check.answer == core::PreflightCheck::Answer::NotReported;
                               }),
                 3); // rollback index, an earlier rollback, battery
    }

    void somebodyHasToSayThatItHasMainsPower()
    {
        test_support::SampleRelease sample;
        sample.manifest += "policy: {require_mains_power: true}\n";
        Bench bench(sample);
        UpdatePlan plan = bench.plan();
        QCOMPARE(firstReason(plan), std::optional(Reason::MainsRequired));
        const Verdict refused = bench.update(plan);
        QCOMPARE(core::exitCode(refused), 5);
        QCOMPARE(bench.unit.bytesWritten(), 0);
        core::vouchForMainsPower(plan);
        QCOMPARE(bench.update(plan).outcome, Outcome::Updated);
    }

    /// MCUmgr has no words for it.
    void aUnitThatDoesNotSayWhatItIsNeedsSomebodyWhoDoes()
    {
        Bench bench;
        core::DeviceSnapshot silent = bench.look();
        silent.identity.product.clear();
        silent.identity.hardwareRevision.clear();
        UpdatePlan plan = *core::planUpdate(*bench.release, silent, kNoon);
        QCOMPARE(firstReason(plan), std::optional(Reason::IncompatibleProduct));
        core::vouchForIdentity(plan, {QStringLiteral("another"), QStringLiteral("revA"), {}});
        QCOMPARE(firstReason(plan), std::optional(Reason::IncompatibleProduct));
        core::vouchForIdentity(plan, {plan.release.product, QStringLiteral("revZ"), {}});
        QCOMPARE(firstReason(plan), std::optional(Reason::IncompatibleHardware));
        core::vouchForIdentity(plan, {plan.release.product, plan.hardware.constFirst(), {}});
        QVERIFY(!core::firstFailure(plan));

        core::DeviceProfile profile;
        profile.product = plan.release.product;
        profile.hardwareRevision = plan.hardware.constFirst();
        silent.attachment = core::Attachment{.profile = profile};
        QVERIFY(!core::firstFailure(*core::planUpdate(*bench.release, silent, kNoon)));
    }

    void aClaimDoesNotCountAgainstTheUnitsOwnWord()
    {
        Bench bench;
        core::DeviceSnapshot other = bench.look();
        other.identity.product = QStringLiteral("another");
        UpdatePlan plan = *core::planUpdate(*bench.release, other, kNoon);
        core::vouchForIdentity(plan, {plan.release.product, plan.hardware.constFirst(), {}});
        QCOMPARE(firstReason(plan), std::optional(Reason::IncompatibleProduct));
    }

    void theReleaseHasToReadTheUnitsConfiguration_data()
    {
        QTest::addColumn<std::optional<quint32>>("schema");
        QTest::addColumn<std::optional<Reason>>("reason");
        QTest::newRow("not told") << std::optional<quint32>() << std::optional<Reason>();
        QTest::newRow("older") << std::optional<quint32>(2) << std::optional<Reason>();
        QTest::newRow("the same") << std::optional<quint32>(3) << std::optional<Reason>();
        QTest::newRow("newer") << std::optional<quint32>(4) << std::optional(Reason::ConfigIncompatible);
    }

    void theReleaseHasToReadTheUnitsConfiguration()
    {
        QFETCH(std::optional<quint32>, schema);
        QFETCH(std::optional<Reason>, reason);
        test_support::SampleRelease sample;
        sample.manifest += "config_schema: 3\n";
        Bench bench(sample);
        if (schema)
            bench.unit.setConfiguration(core::StoredConfiguration{*schema, 1, 10});
        const auto plan = bench.run(core::compareConfiguration(bench.unit, bench.plan()));
        QCOMPARE(firstReason(*plan), reason);
        QCOMPARE(bench.update(*plan).outcome, reason ? Outcome::Refused : Outcome::Updated);
    }

    void aBlockedReleaseIsNoGoodEndWhereItRuns()
    {
        Bench bench;
        bench.update(bench.plan());
        UpdatePlan again = bench.plan();
        QVERIFY(again.isAlreadyCurrent);
        core::obeyCatalog(again,
                          {{{.product = again.release.product, .reason = QStringLiteral("drains")}}, {}});
        const Verdict verdict = bench.update(again);
        QCOMPARE(verdict.outcome, Outcome::Refused);
        QCOMPARE(verdict.reason, std::optional(Reason::BuildBlocked));
    }

    void whatRunsAlreadyIsAlreadyCurrent()
    {
        Bench bench;
        bench.update(bench.plan());
        const qint64 sent = bench.unit.bytesWritten();
        const Verdict again = bench.update(bench.plan());
        QCOMPARE(again.outcome, Outcome::AlreadyCurrent);
        QCOMPARE(core::exitCode(again), 0);
        QCOMPARE(bench.unit.bytesWritten(), sent);
    }

    void aUnitWhoseWitnessesDisagreeIsNeverCurrent_data()
    {
        QTest::addColumn<QString>("contradiction");
        for (const char *contradiction : {"record runs another image", "record runs another slot",
                                          "record has a trial pending", "record is not confirmed"})
            QTest::newRow(contradiction) << QString::fromLatin1(contradiction);
    }

    void aUnitWhoseWitnessesDisagreeIsNeverCurrent()
    {
        QFETCH(QString, contradiction);
        Bench bench;
        bench.update(bench.plan());
        core::DeviceSnapshot unit = bench.look();
        QVERIFY(core::planUpdate(*bench.release, unit, kNoon)->isAlreadyCurrent);
        if (contradiction == QStringLiteral("record runs another image"))
            unit.bootState->runningHash = QByteArray(32, 'z');
        if (contradiction == QStringLiteral("record runs another slot"))
            unit.bootState->runningSlot = 0;
        if (contradiction == QStringLiteral("record has a trial pending"))
            unit.bootState->pendingSlot = 0;
        if (contradiction == QStringLiteral("record is not confirmed"))
            unit.bootState->isConfirmed = false;
        QVERIFY(!core::planUpdate(*bench.release, unit, kNoon)->isAlreadyCurrent);
    }

    void anOldPlanIsNotBelieved()
    {
        Bench bench;
        bench.update(bench.plan());
        const UpdatePlan plan = bench.plan();
        QVERIFY(plan.isAlreadyCurrent);
        bench.unit.corruptBothSlots();
        QCOMPARE(bench.update(plan).outcome, Outcome::Unknown);
    }

    void aStagedReleaseIsListedByTheUnit()
    {
        Bench bench;
        bench.unit.lie(ModelUnit::Lie::ForgetsTheTrial);
        const auto plan =
            core::planUpdate(*bench.release, bench.look(), kNoon, core::InstallOrder::Ending::Staged);
        QCOMPARE(bench.update(*plan).outcome, Outcome::Unknown);
    }

    void theStatesComeInTheOrderOfTheContract()
    {
        Bench bench;
        bench.update(bench.plan());
        QStringList states;
        for (const core::JobEvent &event : bench.events)
            if (const auto *reached = std::get_if<core::StateReached>(&event))
                states.append(core::jobStateName(reached->state));
        QCOMPARE(states.join(u' '), QStringLiteral("downloaded verified written trial confirmed"));
    }

    void recoveryKeepsTheEvidenceBeforeItWrites()
    {
        Bench bench;
        bench.unit.corruptBothSlots();
        const UpdatePlan plan = *core::planRecovery(*bench.release, bench.look(), kNoon);
        const auto verdict = bench.run(core::runRecovery(bench.unit, plan, bench.job()));
        QCOMPARE(verdict->outcome, Outcome::Recovered);
        const auto isOf = [&](auto kind) {
            return std::find_if(bench.events.cbegin(), bench.events.cend(), [](const core::JobEvent &event) {
                return std::holds_alternative<decltype(kind)>(event);
            });
        };
        QVERIFY(isOf(core::EvidenceRead{}) < isOf(core::WriteProgressed{}));
    }

    void aUnitThatBootsIsNotRecovered()
    {
        Bench bench;
        const UpdatePlan plan = *core::planRecovery(*bench.release, bench.look(), kNoon);
        const auto verdict = bench.run(core::runRecovery(bench.unit, plan, bench.job()));
        QCOMPARE(verdict->outcome, Outcome::Refused);
        QCOMPARE(verdict->reason, std::optional(Reason::NothingToRecover));
        QCOMPARE(bench.unit.bytesWritten(), 0);
    }

    void aTrialIsEndedByHand()
    {
        for (const bool isToConfirm : {true, false}) {
            Bench bench;
            bench.update(
                *core::planUpdate(*bench.release, bench.look(), kNoon, core::InstallOrder::Ending::Staged));
            bench.unit.powerCycle();
            QCOMPARE(bench.look().stage, core::BootStage::OnTrial);
            const auto verdict = bench.run(isToConfirm ? core::confirmByHand(bench.unit, bench.job())
                                                       : core::revertByHand(bench.unit, bench.job()));
            QCOMPARE(verdict->outcome, isToConfirm ? Outcome::Updated : Outcome::Ok);
            QCOMPARE(bench.look().stage, core::BootStage::Running);
            QCOMPARE(core::runningSlot(bench.look())->index, isToConfirm ? 1 : 0);
        }
    }

    void withoutATrialThereIsNothingToEnd()
    {
        Bench bench;
        for (auto *end : {core::confirmByHand, core::revertByHand}) {
            const auto verdict = bench.run(end(bench.unit, bench.job()));
            QCOMPARE(verdict->outcome, Outcome::Refused);
            QCOMPARE(verdict->reason, std::optional(Reason::NothingOnTrial));
        }
    }
};

QTEST_GUILESS_MAIN(TestUpdateRecipe)
#include "tst_update_recipe.moc"
