// SPDX-License-Identifier: Apache-2.0
#include "core/diagnosis/diagnosis.h"

#include "tests/support/model_unit.h"
#include "tests/support/release_samples.h"
#include "tests/support/run_task.h"

#include <QTemporaryDir>
#include <QTest>

using core::BootStage;
using core::Diagnosis;
using core::DiagnosisAnswer;
using core::EvidenceEvent;
using core::Examination;
using core::Finding;
using core::Mark;
using core::NextStep;
using core::Question;
using core::Reason;
using core::RollbackCause;
using core::Slot;
using Kind = core::EvidenceEvent::Kind;

namespace {

const QDateTime kNoon(QDate(2026, 11, 21), QTime(12, 0), Qt::UTC);
const QByteArray kHashA(32, 'a');
const QByteArray kHashB(32, 'b');

core::Result<core::VerifiedRelease> verified(const test_support::SampleRelease &sample,
                                             const core::TrustStore &store)
{
    const QTemporaryDir folder;
    const auto bundle = sample.create(QDir(folder.path()));
    if (!bundle)
        return core::passOn(bundle.error());
    return core::verifyBundle(*bundle, store, {kNoon});
}

core::Result<core::VerifiedRelease> verified(const test_support::SampleRelease &sample)
{
    return verified(sample, sample.store());
}

/// A unit that runs 1.0.0 from slot A, tells everything, and has nothing to complain of.
Examination healthy()
{
    Examination seen;
    seen.nowUtc = kNoon;
    seen.unit.identity = {
        QStringLiteral("bench-sensor"), QStringLiteral("revA"), QStringLiteral("BM-1"), "id", {}};
    seen.unit.stage = BootStage::Running;
    seen.unit.bootloader = QStringLiteral("Bootmend 1.2.0");
    seen.unit.bootloaderVersion = core::Version{1, 2, 0, 0};
    seen.unit.slots = {Slot{.index = 0,
                            .size = 64 * 1024,
                            .holdsImage = true,
                            .version = {1, 0, 0, 0},
                            .hash = kHashA,
                            .isRunning = true,
                            .isConfirmed = true},
                       Slot{.index = 1, .size = 64 * 1024, .objection = Reason::PayloadMissing}};
    seen.unit.bootState = core::BootState{
        .runningSlot = 0, .runningHash = kHashA, .activeSlot = 0, .isConfirmed = true, .bootCount = 12};
    seen.evidence = {{.sequence = 1, .bootCount = 1, .kind = Kind::Provisioned},
                     {.sequence = 2, .bootCount = 2, .kind = Kind::Confirmed, .slot = 0}};
    seen.health = QList<core::HealthCheck>{{QStringLiteral("sensor"), true, {}}};
    seen.tellsConfiguration = true;
    seen.configuration = core::StoredConfiguration{.schema = 2, .sequence = 1, .size = 100};
    return seen;
}

Examination inRecovery()
{
    Examination seen = healthy();
    seen.unit.stage = BootStage::InRecovery;
    seen.unit.slots = {Slot{.index = 0, .size = 64 * 1024, .objection = Reason::HashMismatch},
                       Slot{.index = 1, .size = 64 * 1024, .objection = Reason::PayloadMissing}};
    seen.unit.bootState = core::BootState{.bootCount = 13, .recoveryCause = core::RecoveryCause::NoImage};
    seen.health.reset();
    return seen;
}

/// Somebody else's bootloader: lists of images, and nothing more.
Examination foreign()
{
    Examination seen = healthy();
    seen.unit.identity = {{}, {}, QStringLiteral("USB-77"), {}, {}};
    seen.unit.bootloader = QStringLiteral("MCUboot");
    seen.unit.bootloaderVersion.reset();
    seen.unit.bootState.reset();
    seen.unit.slots[1].objection.reset();
    seen.evidence.reset();
    seen.health.reset();
    seen.tellsConfiguration = false;
    seen.configuration.reset();
    return seen;
}

DiagnosisAnswer answerTo(Question question, const Examination &seen)
{
    return core::diagnose(seen).answers.at(int(question));
}

QString factIn(const DiagnosisAnswer &answer, const char *name)
{
    for (const core::Fact &fact : answer.facts)
        if (fact.name == QLatin1String(name))
            return fact.value;
    return {};
}

EvidenceEvent rolledBack(RollbackCause cause)
{
    return {
        .sequence = 9, .bootCount = 11, .kind = Kind::RolledBack, .slot = 1, .code = 1, .rollback = cause};
}

} // namespace

class TestDiagnosis : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void answersEachQuestionOnceAndInOrder()
    {
        for (const Examination &seen : {healthy(), inRecovery(), foreign(), Examination{}}) {
            const Diagnosis found = core::diagnose(seen);
            QCOMPARE(found.answers.size(), int(Question::InterruptedStep) + 1);
            for (int index = 0; index < found.answers.size(); ++index)
                QCOMPARE(int(found.answers.at(index).question), index);
        }
    }

    void findsAHealthyUnitHealthy()
    {
        const Diagnosis found = core::diagnose(healthy());
        QVERIFY(found.answers.at(int(Question::Package)).finding == Finding::NoPackage);
        QVERIFY(found.answers.at(int(Question::WriteTarget)).finding == Finding::TargetFree);
        QVERIFY(found.answers.at(int(Question::BootState)).finding == Finding::StateConfirmed);
        QVERIFY(found.answers.at(int(Question::FailedStage)).finding == Finding::StageNoneFailed);
        QVERIFY(found.answers.at(int(Question::Health)).finding == Finding::HealthHolds);
        QVERIFY(found.answers.at(int(Question::Configuration)).finding == Finding::ConfigurationNotCompared);
        QVERIFY(found.answers.at(int(Question::InterruptedStep)).finding == Finding::InterruptedNothing);
        QVERIFY(found.next == NextStep::Nothing);
    }

    /// What a unit does not say is not made up: a wrong "good" is the worst answer.
    void saysGoodOfNothingThatASilentUnitDidNotSay()
    {
        const Diagnosis found = core::diagnose(Examination{});
        for (const DiagnosisAnswer &answer : found.answers)
            QVERIFY2(core::markOf(answer.finding) == Mark::Unknown,
                     qPrintable(QString::number(int(answer.question))));
        QVERIFY(found.next == NextStep::CheckCableAndPower);
    }

    void doesWithAForeignBootloaderWhatItCan()
    {
        Examination seen = foreign();
        seen.release = verified({});
        const Diagnosis found = core::diagnose(seen);
        QVERIFY(found.answers.at(int(Question::Package)).finding == Finding::PackageTrustedOnly);
        QVERIFY(found.answers.at(int(Question::WriteTarget)).finding == Finding::TargetFree);
        for (const Question question : {Question::BootState, Question::FailedStage, Question::Health,
                                        Question::Configuration, Question::InterruptedStep})
            QVERIFY(core::markOf(found.answers.at(int(question)).finding) == Mark::Unknown);
    }

    void judgesARelease()
    {
        Examination seen = healthy();
        seen.release = verified({});
        const DiagnosisAnswer fits = answerTo(Question::Package, seen);
        QVERIFY(fits.finding == Finding::PackageFits);
        QCOMPARE(factIn(fits, "version"), QStringLiteral("1.1.0"));
        QVERIFY(core::diagnose(seen).next == NextStep::Update);

        seen.unit.slots[0].hash = seen.release->value().payloads().constFirst().image->digest;
        seen.unit.slots[0].version = {1, 1, 0, 0};
        seen.unit.bootState->runningHash = seen.unit.slots[0].hash;
        QVERIFY(answerTo(Question::Package, seen).finding == Finding::PackageRuns);
        QVERIFY(core::diagnose(seen).next == NextStep::Nothing);
    }

    void saysWhatIsWrongWithARelease()
    {
        const test_support::SampleRelease sample;
        Examination seen = healthy();
        seen.release = verified(sample, test_support::SampleRelease().store());
        const DiagnosisAnswer untrusted = answerTo(Question::Package, seen);
        QVERIFY(untrusted.finding == Finding::PackageUntrusted);
        QVERIFY(untrusted.reason == Reason::KeyUnknown);

        seen.release = verified(sample);
        seen.unit.identity.hardwareRevision = QStringLiteral("revZ");
        QVERIFY(answerTo(Question::Package, seen).reason == Reason::IncompatibleHardware);
        seen.unit.identity.hardwareRevision = QStringLiteral("revA");
        seen.unit.bootState->rolledBackHash = seen.release->value().payloads().constFirst().image->digest;
        const DiagnosisAnswer blocked = answerTo(Question::Package, seen);
        QVERIFY(blocked.finding == Finding::PackageDoesNotFit);
        QVERIFY(blocked.reason == Reason::BuildBlocked);
        QVERIFY(core::diagnose(seen).next == NextStep::ChooseOtherRelease);
    }

    void aBlockIsAnAnswerWhateverTheUnitSays()
    {
        Examination seen = healthy();
        seen.release = verified({});
        const core::ReleaseBlock elsewhere{.product = QStringLiteral("lamp")};
        seen.rules.blocks = {elsewhere};
        QVERIFY(answerTo(Question::Package, seen).finding == Finding::PackageFits);

        seen.rules.blocks.append(
            {.product = QStringLiteral("bench-sensor"), .reason = QStringLiteral("battery drains")});
        const DiagnosisAnswer blocked = answerTo(Question::Package, seen);
        QVERIFY(blocked.finding == Finding::PackageBlocked);
        QVERIFY(core::markOf(blocked.finding) == Mark::Bad);
        QVERIFY(blocked.reason == Reason::BuildBlocked);
        QCOMPARE(factIn(blocked, "catalog"), QStringLiteral("battery drains (blocked by this computer)"));
        QVERIFY(core::diagnose(seen).next == NextStep::ChooseOtherRelease);

        Examination runsIt = seen;
        runsIt.unit.slots[0].hash = seen.release->value().payloads().constFirst().image->digest;
        runsIt.unit.slots[0].version = {1, 1, 0, 0};
        runsIt.unit.bootState->runningHash = runsIt.unit.slots[0].hash;
        QVERIFY(answerTo(Question::Package, runsIt).finding == Finding::PackageBlocked);
        QVERIFY(core::diagnose(runsIt).next == NextStep::ChooseOtherRelease);

        Examination unfit = seen;
        unfit.unit.identity.hardwareRevision = QStringLiteral("revZ");
        QVERIFY(answerTo(Question::Package, unfit).reason == Reason::IncompatibleHardware);

        Examination saysNothing = foreign();
        saysNothing.release = seen.release;
        saysNothing.rules = seen.rules;
        QVERIFY(answerTo(Question::Package, saysNothing).finding == Finding::PackageBlocked);
        saysNothing.rules.blocks.clear();
        saysNothing.rules.minimums = {{.product = QStringLiteral("bench-sensor"), .version = {1, 2, 0, 0}}};
        QVERIFY(answerTo(Question::Package, saysNothing).reason == Reason::BelowMinimumVersion);
    }

    void saysThatNotAllOfTheFitCouldBeJudged()
    {
        Examination seen = healthy();
        seen.release = verified({});
        seen.unit.bootloaderVersion.reset();
        const DiagnosisAnswer answer = answerTo(Question::Package, seen);
        QVERIFY(answer.finding == Finding::PackageFitsAsFarAsTold);
        QCOMPARE(factIn(answer, "bootloader"), QStringLiteral("not reported"));
    }

    void findsTheSlotToWriteTo()
    {
        Examination seen = healthy();
        QCOMPARE(factIn(answerTo(Question::WriteTarget, seen), "slot"), QStringLiteral("B"));
        seen.release = verified({});
        seen.unit.slots[1].size = 100;
        const DiagnosisAnswer small = answerTo(Question::WriteTarget, seen);
        QVERIFY(small.finding == Finding::TargetTooSmall);
        QVERIFY(small.reason == Reason::ImageTooLarge);
        seen.unit.slots.removeLast();
        QVERIFY(answerTo(Question::WriteTarget, seen).finding == Finding::NoTarget);
        seen.unit.slots.clear();
        QVERIFY(answerTo(Question::WriteTarget, seen).finding == Finding::TargetNotTold);
    }

    void knowsATrialThatWaitsFromOneThatRuns()
    {
        Examination waiting = healthy();
        waiting.unit.slots[1].holdsImage = true;
        waiting.unit.slots[1].isPending = true;
        QVERIFY(answerTo(Question::BootState, waiting).finding == Finding::StateTrialWaits);
        QVERIFY(answerTo(Question::WriteTarget, waiting).finding == Finding::TargetBusy);
        QVERIFY(answerTo(Question::InterruptedStep, waiting).finding == Finding::InterruptedBeforeTrial);
        QVERIFY(core::diagnose(waiting).next == NextStep::Restart);

        Examination running = healthy();
        running.unit.stage = BootStage::OnTrial;
        QVERIFY(answerTo(Question::BootState, running).finding == Finding::StateOnTrial);
        QVERIFY(answerTo(Question::InterruptedStep, running).finding == Finding::InterruptedInTrial);
        QVERIFY(core::diagnose(running).next == NextStep::EndTrial);
    }

    void doesNotChooseBetweenTwoWitnesses()
    {
        Examination seen = healthy();
        seen.unit.bootState->runningHash = kHashB;
        QVERIFY(answerTo(Question::BootState, seen).finding == Finding::StateContradictory);
        QVERIFY(core::diagnose(seen).next == NextStep::KeepAsItIs);
    }

    void tellsABrickedUnitFromOneThatIsHeld()
    {
        Examination seen = inRecovery();
        QVERIFY(answerTo(Question::BootState, seen).finding == Finding::StateNothingBoots);
        QVERIFY(answerTo(Question::Health, seen).finding == Finding::HealthNobodyToAsk);
        QVERIFY(core::diagnose(seen).next == NextStep::Recover);
        seen.unit.slots[0].holdsImage = true;
        QVERIFY(answerTo(Question::BootState, seen).finding == Finding::StateHeldInRecovery);
    }

    void findsTheStageThatFailed_data()
    {
        QTest::addColumn<EvidenceEvent>("event");
        QTest::addColumn<int>("finding");
        const auto row = [](const char *name, const EvidenceEvent &event, Finding finding) {
            QTest::newRow(name) << event << int(finding);
        };
        row("trial crashed", rolledBack(RollbackCause::Crashed), Finding::StageTrial);
        row("trial hung", rolledBack(RollbackCause::Watchdog), Finding::StageTrial);
        row("trial refused", rolledBack(RollbackCause::ImageInvalid), Finding::StageVerification);
        row("crash loop", rolledBack(RollbackCause::CrashLoop), Finding::StageConfirmedImage);
        row("refused", {.kind = Kind::ImageRefused, .refusal = Reason::KeyRevoked},
            Finding::StageVerification);
        row("slot was empty", {.kind = Kind::ImageRefused, .refusal = Reason::PayloadMissing},
            Finding::StageNoneFailed);
        row("crash", {.kind = Kind::Boot, .reset = core::ResetCause::Crash}, Finding::StageApplication);
        row("watchdog", {.kind = Kind::Boot, .reset = core::ResetCause::Watchdog}, Finding::StageApplication);
        row("power-on", {.kind = Kind::Boot, .reset = core::ResetCause::PowerOn}, Finding::StageNoneFailed);
        row("no image", {.kind = Kind::RecoveryEntered, .recovery = core::RecoveryCause::NoImage},
            Finding::StageSelection);
        row("called", {.kind = Kind::RecoveryEntered, .recovery = core::RecoveryCause::Line},
            Finding::StageNoneFailed);
        row("recovery, cause unknown", {.kind = Kind::RecoveryEntered}, Finding::StageSelection);
        row("state lost", {.kind = Kind::StateLost}, Finding::StageRecord);
        row("unlocked", {.kind = Kind::Unlocked}, Finding::StageNoneFailed);
    }

    void findsTheStageThatFailed()
    {
        QFETCH(EvidenceEvent, event);
        QFETCH(int, finding);
        Examination seen = healthy();
        seen.evidence->append(event);
        const DiagnosisAnswer answer = answerTo(Question::FailedStage, seen);
        QCOMPARE(int(answer.finding), finding);
        QCOMPARE(answer.event.has_value(), answer.finding != Finding::StageNoneFailed);
    }

    void takesTheNewestFailure()
    {
        Examination seen = healthy();
        seen.evidence->append({.kind = Kind::StateLost});
        seen.evidence->append(rolledBack(RollbackCause::Crashed));
        seen.evidence->append({.bootCount = 12, .kind = Kind::Boot, .reset = core::ResetCause::PowerOn});
        const DiagnosisAnswer answer = answerTo(Question::FailedStage, seen);
        QVERIFY(answer.finding == Finding::StageTrial);
        QCOMPARE(factIn(answer, "start"), QStringLiteral("11"));
        QCOMPARE(factIn(answer, "starts_by_now"), QStringLiteral("12"));
    }

    void countsAFailureAsOverOnceSomebodyConfirmed()
    {
        Examination seen = healthy();
        seen.evidence->append(rolledBack(RollbackCause::Crashed));
        seen.evidence->append(
            {.kind = Kind::Confirmed, .slot = 0, .code = 1}); // The bootloader repeats itself.
        QVERIFY(answerTo(Question::FailedStage, seen).finding == Finding::StageTrial);
        seen.evidence->append({.kind = Kind::Confirmed, .slot = 1});
        QVERIFY(answerTo(Question::FailedStage, seen).finding == Finding::StageFailureIsOver);
    }

    void takesAnEmptyLogForNoAnswer()
    {
        Examination seen = healthy();
        seen.evidence->clear();
        QVERIFY(answerTo(Question::FailedStage, seen).finding == Finding::StageNotTold);
    }

    void tellsOfARollbackThatItCameBackFrom()
    {
        Examination seen = healthy();
        seen.unit.bootState->lastRollback = RollbackCause::Crashed;
        QVERIFY(answerTo(Question::BootState, seen).finding == Finding::StateBackFromTrial);
        QVERIFY(core::diagnose(seen).next == NextStep::ReportRelease);
    }

    void namesTheHealthCheckThatFails()
    {
        Examination seen = healthy();
        seen.health->append({QStringLiteral("link"), false, QStringLiteral("no carrier")});
        const DiagnosisAnswer answer = answerTo(Question::Health, seen);
        QVERIFY(answer.finding == Finding::HealthFails);
        QCOMPARE(factIn(answer, "link"), QStringLiteral("fails: no carrier"));
        QVERIFY(core::diagnose(seen).next == NextStep::LookAtHealth);
        seen.health->clear();
        QVERIFY(answerTo(Question::Health, seen).finding == Finding::HealthNotOffered);
    }

    void comparesTheConfigurationsSchema()
    {
        test_support::SampleRelease sample;
        sample.manifest += "config_schema: 2\n";
        Examination seen = healthy();
        seen.release = verified(sample);
        QVERIFY(answerTo(Question::Configuration, seen).finding == Finding::ConfigurationFits);
        seen.configuration->schema = 3;
        const DiagnosisAnswer newer = answerTo(Question::Configuration, seen);
        QVERIFY(newer.finding == Finding::ConfigurationTooNew);
        QVERIFY(newer.reason == Reason::ConfigIncompatible);
        seen.configuration.reset();
        QVERIFY(answerTo(Question::Configuration, seen).finding == Finding::ConfigurationNone);
    }

    void findsATransferThatWasCutOff()
    {
        Examination seen = healthy();
        seen.unit.slots[1].objection = Reason::HashMismatch;
        const DiagnosisAnswer answer = answerTo(Question::InterruptedStep, seen);
        QVERIFY(answer.finding == Finding::InterruptedTransfer);
        QCOMPARE(factIn(answer, "slot"), QStringLiteral("B"));
        QVERIFY(core::diagnose(seen).next == NextStep::RepeatUpdate);
        // A whole image that another bootloader would take is no rest of a transfer.
        seen.unit.slots[1].objection = Reason::RollbackIndexTooLow;
        QVERIFY(answerTo(Question::InterruptedStep, seen).finding == Finding::InterruptedNothing);
    }

    void asksWithoutChangingAnything()
    {
        testing::ManualClock clock;
        testing::ModelUnit unit;
        const auto seen = testing::finish(core::examine(unit, clock), clock);
        QVERIFY(seen.has_value());
        QVERIFY(seen->unit.stage == BootStage::Running);
        QVERIFY(seen->health.has_value());
        QVERIFY(!seen->tellsConfiguration);
        QCOMPARE(unit.bytesWritten(), 0);
        QVERIFY(unit.boots());
    }

    void takesASilentUnitForSilent()
    {
        testing::ManualClock clock;
        testing::ModelUnit unit;
        unit.cutCableBeforeVerb(0);
        const auto seen = testing::finish(core::examine(unit, clock), clock);
        QVERIFY(seen.has_value());
        QVERIFY(seen->unit.stage == BootStage::Silent);
        QVERIFY(!seen->unit.silence.isEmpty());
    }
};

QTEST_GUILESS_MAIN(TestDiagnosis)
#include "tst_diagnosis.moc"
