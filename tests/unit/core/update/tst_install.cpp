// SPDX-License-Identifier: Apache-2.0
#include "core/update/install.h"
#include "tests/support/manual_clock.h"
#include "tests/support/model_unit.h"

#include <QTest>

using namespace std::chrono_literals;
using core::InstallOrder;
using core::Outcome;
using core::Reason;
using core::Verdict;
using testing::ModelUnit;
using Behaviour = ModelUnit::Behaviour;
using Lie = ModelUnit::Lie;

namespace {

const QByteArray kFile(1000, 'x');
const QByteArray kHash(32, 'b');

/// One unit, one release, and time that passes only while somebody waits for it.
struct Bench {
    explicit Bench(Behaviour behaviour = Behaviour::Good)
    {
        unit.knowImage(kFile, {kHash, {1, 1, 0, 0}, behaviour});
    }

    core::DeviceSnapshot look()
    {
        std::optional<core::DeviceSnapshot> seen;
        core::Running running(unit.identify(), [&](auto result) { seen = std::move(*result); });
        return *seen;
    }

    Verdict install(InstallOrder::Ending ending = InstallOrder::Ending::Confirmed)
    {
        const core::HealthDemand demand{{{QStringLiteral("sensor"), 2s}},
                                        core::HealthDemand::Others::Ignored};
        InstallOrder order{.before = look(),
                           .image = {kFile, kHash, {1, 1, 0, 0}, demand},
                           .purpose = purpose,
                           .ending = ending};
        const core::JobContext job{clock, [this](const core::JobEvent &event) { events.append(event); },
                                   &stop};
        std::optional<Verdict> verdict;
        core::Running running(core::install(unit, std::move(order), job),
                              [&](auto result) { verdict = std::move(*result); });
        for (int seconds = 0; !verdict && seconds < 600; ++seconds)
            clock.advance(1s);
        return *verdict;
    }

    ModelUnit unit;
    testing::ManualClock clock;
    core::StopRequest stop;
    InstallOrder::Purpose purpose = InstallOrder::Purpose::Update;
    QList<core::JobEvent> events;
};

} // namespace

class TestInstall : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aGoodReleaseIsUpdatedAndProven()
    {
        Bench bench;
        const Verdict verdict = bench.install();
        QCOMPARE(verdict.outcome, Outcome::Updated);
        QVERIFY(!verdict.reason.has_value());
        QCOMPARE(core::toText(*verdict.from), QStringLiteral("1.0.0"));
        QCOMPARE(bench.unit.runningHash(), kHash);
        bench.unit.powerCycle();
        QCOMPARE(bench.unit.runningHash(), kHash);
    }

    void aBadReleaseIsRolledBackWithItsReason_data()
    {
        QTest::addColumn<Behaviour>("behaviour");
        QTest::addColumn<Reason>("reason");
        QTest::newRow("crashes at boot") << Behaviour::Crashes << Reason::TrialCrashed;
        QTest::newRow("hangs") << Behaviour::Hangs << Reason::TrialHung;
        QTest::newRow("unhealthy") << Behaviour::Unhealthy << Reason::HealthFailed;
        QTest::newRow("crashes while asked") << Behaviour::CrashesDuringHealthCheck << Reason::TrialCrashed;
    }

    void aBadReleaseIsRolledBackWithItsReason()
    {
        QFETCH(Behaviour, behaviour);
        QFETCH(Reason, reason);
        Bench bench(behaviour);
        const Verdict verdict = bench.install();
        QCOMPARE(verdict.outcome, Outcome::Reverted);
        QCOMPARE(*verdict.reason, reason);
        QCOMPARE(core::exitCode(verdict), 7);
        QCOMPARE(bench.unit.runningHash(), QByteArray(32, 'a'));
    }

    void aLyingUnitIsNeverGreen_data()
    {
        QTest::addColumn<Lie>("lie");
        QTest::addColumn<Reason>("reason");
        QTest::newRow("runs the old image") << Lie::RunsTheOldImage << Reason::TrialNotBooted;
        QTest::newRow("claims the new image") << Lie::ClaimsTheNewImage << Reason::RunningImageDiffers;
        QTest::newRow("never restarts") << Lie::NeverRestarts << Reason::TrialNotBooted;
        QTest::newRow("forgets the confirmation") << Lie::ForgetsTheConfirmation << Reason::NotConfirmed;
        QTest::newRow("another unit") << Lie::IsAnotherUnit << Reason::NotSameUnit;
        QTest::newRow("another version") << Lie::ReportsAnotherVersion << Reason::RunningImageDiffers;
    }

    void aLyingUnitIsNeverGreen()
    {
        QFETCH(Lie, lie);
        QFETCH(Reason, reason);
        Bench bench;
        bench.unit.lie(lie);
        const Verdict verdict = bench.install();
        QCOMPARE(verdict.outcome, Outcome::Unknown);
        QCOMPARE(*verdict.reason, reason);
        QCOMPARE(core::exitCode(verdict), 8);
    }

    void aCutAtAnyVerbLeavesAUnitThatBootsAndAVerdictThatIsNotGreen()
    {
        Bench whole;
        whole.install();
        const int verbs = whole.unit.verbsUsed();
        QVERIFY(verbs > 6);
        for (int cut = 1; cut < verbs; ++cut) {
            Bench bench;
            bench.unit.cutCableBeforeVerb(cut);
            const Verdict verdict = bench.install();
            QVERIFY2(verdict.outcome == Outcome::Failed || verdict.outcome == Outcome::Unknown,
                     qPrintable(QString::number(cut)));
            QVERIFY(bench.unit.boots());

            bench.unit.mendCable();
            const Verdict again = bench.install();
            QVERIFY2(again.outcome == Outcome::Updated, qPrintable(QString::number(cut)));
        }
    }

    void aLostAnswerIsAskedForAndNeverGuessed()
    {
        Bench whole;
        whole.install();
        for (int verb = 1; verb < whole.unit.verbsUsed(); ++verb) {
            Bench bench;
            bench.unit.loseAnswerOfVerb(verb);
            const Verdict verdict = bench.install();
            QVERIFY2(verdict.outcome == Outcome::Updated || verdict.outcome == Outcome::Unknown,
                     qPrintable(QString::number(verb) + core::outcomeName(verdict.outcome)));
            if (verdict.outcome == Outcome::Updated)
                QCOMPARE(bench.unit.runningHash(), kHash);
        }
    }

    void aFailureNeverLeavesATrialArmed()
    {
        Bench whole;
        whole.install();
        for (int cut = 1; cut < whole.unit.verbsUsed(); ++cut) {
            Bench bench;
            bench.unit.cutCableBeforeVerb(cut);
            const Verdict verdict = bench.install();
            bench.unit.powerCycle();
            if (verdict.outcome == Outcome::Failed)
                QVERIFY2(bench.unit.runningHash() != kHash, qPrintable(QString::number(cut)));
        }
    }

    void aPowerLossDuringTheTrialIsARollback()
    {
        Bench bench(Behaviour::Good);
        QCOMPARE(bench.install(InstallOrder::Ending::Staged).outcome, Outcome::Staged);
        bench.unit.powerCycle();
        QCOMPARE(bench.unit.runningHash(), kHash);
        bench.unit.powerCycle();
        QCOMPARE(bench.unit.runningHash(), QByteArray(32, 'a'));
    }

    void aRunningTrialIsOnlyJudged()
    {
        Bench bench;
        bench.install(InstallOrder::Ending::Staged);
        bench.unit.powerCycle();
        const qint64 sent = bench.unit.bytesWritten();
        QCOMPARE(bench.install().outcome, Outcome::Updated);
        QCOMPARE(bench.unit.bytesWritten(), sent);
    }

    void anImageThatIsThereIsNotSentAgain()
    {
        Bench bench;
        bench.install(InstallOrder::Ending::Staged);
        const qint64 sent = bench.unit.bytesWritten();
        QCOMPARE(bench.install().outcome, Outcome::Updated);
        QCOMPARE(bench.unit.bytesWritten(), sent);
    }

    void stoppingDuringTheWriteLeavesTheUnitAsItWas()
    {
        Bench bench;
        bench.unit.requireStopAt(&bench.stop);
        const Verdict verdict = bench.install();
        QCOMPARE(verdict.outcome, Outcome::Cancelled);
        QCOMPARE(core::exitCode(verdict), 9);
        bench.unit.powerCycle();
        QCOMPARE(bench.unit.runningHash(), QByteArray(32, 'a'));
    }

    void withoutABootRecordTheHostStillNamesTheRollback()
    {
        Bench bench(Behaviour::Crashes);
        bench.unit.dropBootRecord();
        const Verdict verdict = bench.install();
        QCOMPARE(verdict.outcome, Outcome::Reverted);
        QCOMPARE(*verdict.reason, Reason::RolledBack);
    }

    void aBrickedUnitIsRecovered()
    {
        Bench bench;
        bench.purpose = InstallOrder::Purpose::Recovery;
        bench.unit.corruptBothSlots();
        QCOMPARE(bench.install().outcome, Outcome::Recovered);
        QCOMPARE(bench.unit.runningHash(), kHash);
    }

    void aBrickedUnitWithABadReleaseIsNotGreen()
    {
        Bench bench(Behaviour::Crashes);
        bench.purpose = InstallOrder::Purpose::Recovery;
        bench.unit.corruptBothSlots();
        const Verdict verdict = bench.install();
        QCOMPARE(verdict.outcome, Outcome::Failed);
        QCOMPARE(*verdict.reason, Reason::TrialCrashed);
    }
};

QTEST_GUILESS_MAIN(TestInstall)
#include "tst_install.moc"
