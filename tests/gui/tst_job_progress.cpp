// SPDX-License-Identifier: Apache-2.0
#include "app/gui/models/job_progress.h"
#include "tests/gui/samples.h"

#include <QTest>

using namespace std::chrono_literals;
using core::JobStep;
using gui::JobKind;
using gui::JobProgress;

namespace {

JobProgress started(JobKind kind = JobKind::Update)
{
    return JobProgress({.unit = QStringLiteral("healthy"), .kind = kind}, 0ms);
}

} // namespace

class TestJobProgress : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aWholeUpdateOnlyGoesForwardAndStaysBelowItsEnd()
    {
        JobProgress progress = started();
        double before = 0;
        for (const JobStep step : gui::stepsOf(JobKind::Update)) {
            progress.take(core::StepStarted{step}, 0ms, {});
            QVERIFY(progress.snapshot().fraction >= before);
            before = progress.snapshot().fraction;
        }
        QVERIFY(before > 0.9);
        QVERIFY(before < 1.0);
    }

    void keepsTheLastLinesThatTheUnitPrinted()
    {
        JobProgress progress = started();
        for (int number = 0; number < 1'000; ++number)
            progress.take(core::LinePrinted{QStringLiteral("\x1b[32mline %1\x1b[0m\x07").arg(number)}, 0ms,
                          {});
        const QStringList log = progress.snapshot().log;
        QCOMPARE(log.size(), 200);
        QCOMPARE(log.last(), QStringLiteral("line 999<U+0007>"));
        QVERIFY(progress.snapshot().milestones.isEmpty());
    }

    void aRepeatedStepDoesNotGoBack()
    {
        JobProgress progress = started();
        progress.take(core::StepStarted{JobStep::CheckingHealth}, 0ms, {});
        const double reached = progress.snapshot().fraction;
        progress.take(core::StepStarted{JobStep::Writing}, 0ms, {});
        QCOMPARE(progress.snapshot().fraction, reached);
        QCOMPARE(*progress.snapshot().step, JobStep::CheckingHealth);
    }

    void aResumedWriteThatNamesFewerBytesDoesNotGoBack()
    {
        JobProgress progress = started();
        progress.take(core::StepStarted{JobStep::Writing}, 0ms, {});
        progress.take(core::WriteProgressed{600, 1000}, 1s, {});
        const double reached = progress.snapshot().fraction;
        progress.take(core::WriteProgressed{200, 1000}, 2s, {});
        QCOMPARE(progress.snapshot().fraction, reached);
        QCOMPARE(progress.snapshot().bytesDone, 600);
    }

    void theRateIsThatOfTheLastSeconds()
    {
        JobProgress progress = started();
        progress.take(core::StepStarted{JobStep::Writing}, 0ms, {});
        for (int second = 0; second <= 10; ++second)
            progress.take(core::WriteProgressed{second * 1000, 100'000}, std::chrono::seconds(second), {});
        QVERIFY(qAbs(*progress.snapshot().bytesPerSecond - 1000) < 1);
        for (int second = 11; second <= 20; ++second)
            progress.take(core::WriteProgressed{10'000 + (second - 10) * 100, 100'000},
                          std::chrono::seconds(second), {});
        QVERIFY(qAbs(*progress.snapshot().bytesPerSecond - 100) < 1);
    }

    void whatLimitsTheRateIsThatOfTheLastReport()
    {
        JobProgress progress = started();
        progress.take(core::StepStarted{JobStep::Writing}, 0ms, {});
        progress.take(core::WriteProgressed{1'000, 100'000, 900, core::RateLimit::Line}, 1s, {});
        QCOMPARE(*progress.snapshot().limitedBy, core::RateLimit::Line);
        progress.take(core::WriteProgressed{2'000, 100'000, 900, core::RateLimit::DeviceFlash}, 2s, {});
        QCOMPARE(*progress.snapshot().limitedBy, core::RateLimit::DeviceFlash);
        progress.take(core::StepStarted{JobStep::Restarting}, 3s, {});
        QVERIFY(!progress.snapshot().limitedBy.has_value());
    }

    void theTimeLeftIsTheWriteAndWhatComesAfterIt()
    {
        JobProgress progress = started();
        progress.take(core::StepStarted{JobStep::Writing}, 0ms, {});
        progress.take(core::WriteProgressed{0, 20'000}, 0ms, {});
        progress.take(core::WriteProgressed{10'000, 20'000}, 10s, {});
        const core::Milliseconds left = *progress.snapshot().timeLeft;
        QVERIFY(left > 10s);
        QVERIFY(left < 25s);
    }

    void thereIsNoRateBeforeItCanBeKnown()
    {
        JobProgress progress = started();
        progress.take(core::StepStarted{JobStep::Writing}, 0ms, {});
        progress.take(core::WriteProgressed{0, 20'000}, 0ms, {});
        progress.take(core::WriteProgressed{4'000, 20'000}, 20ms, {});
        QVERIFY(!progress.snapshot().bytesPerSecond.has_value());
        QVERIFY(!progress.snapshot().timeLeft.has_value());
    }

    void aWriteOfNothingIsNoDivisionByZero()
    {
        JobProgress progress = started();
        progress.take(core::StepStarted{JobStep::Writing}, 0ms, {});
        progress.take(core::WriteProgressed{0, 0}, 1s, {});
        QVERIFY(progress.snapshot().fraction < 0.2);
    }

    void aStepThatMustNotBeStoppedSaysSo()
    {
        JobProgress progress = started();
        progress.take(core::StepStarted{JobStep::Restarting, false}, 0ms, {});
        QVERIFY(!progress.snapshot().isStoppable);
    }

    void milestonesKeepTheirOrderAndTime()
    {
        JobProgress progress = started();
        const QDateTime noon(QDate(2026, 11, 21), QTime(12, 0), Qt::UTC);
        progress.take(core::StateReached{core::JobState::Verified, {}}, 0ms, noon);
        progress.take(core::StateReached{core::JobState::Written, {}}, 0ms, noon.addSecs(9));
        QCOMPARE(progress.snapshot().milestones.size(), 2);
        QCOMPARE(progress.snapshot().milestones.constLast().timeUtc, noon.addSecs(9));
    }

    void theEstimateFollowsTheLine()
    {
        core::UpdatePlan plan = samples::plan(samples::runningUnit());
        const core::Milliseconds usual = gui::estimatedDuration(plan);
        plan.order.before.address.baud = 9600;
        QVERIFY(gui::estimatedDuration(plan) > 5 * usual);
        plan.order.before.slots[1].holdsImage = true;
        plan.order.before.slots[1].hash = plan.order.image.hash;
        QVERIFY(gui::estimatedDuration(plan) < 20s); // It is there already: only the trial is left.
    }
};

QTEST_GUILESS_MAIN(TestJobProgress)
#include "tst_job_progress.moc"
