// SPDX-License-Identifier: Apache-2.0
#include "app/gui/pages/releases/release_words.h"
#include "app/gui/pages/units/plan_words.h"
#include "app/gui/pages/units/rule_words.h"
#include "app/gui/pages/units/unit_actions.h"
#include "app/gui/pages/units/units_presenter.h"
#include "tests/gui/fake_service.h"
#include "tests/gui/samples.h"

#include <QTest>

using core::Outcome;
using core::Reason;

/// What the window says of releases that this computer has something against.
class TestBlockedReleases : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aBlockedPlanSaysWhoDecidedAndHowToLiftIt_data()
    {
        using Objections = gui::Objections;
        QTest::addColumn<Objections>("objections");
        QTest::addColumn<QString>("explanation");
        QTest::addColumn<QString>("remedy");
        QTest::newRow("this computer")
            << samples::blockedHere()
            << QStringLiteral("on this computer on %1: “battery drains within a day”")
            << QStringLiteral("ask whoever blocked this one");
        QTest::newRow("rolled back") << samples::rolledBackHere()
                                     << QStringLiteral("by unit BM-2026-00042 on %1: The new version crashed")
                                     << QStringLiteral("report this one");
        QTest::newRow("signed list") << samples::blockedByList()
                                     << QStringLiteral("signed list of %1: “loses its calibration”")
                                     << QStringLiteral("nobody at this computer can lift");
        QTest::newRow("too old") << samples::tooOld()
                                 << QStringLiteral("This computer installs version 1.2.0 or newer only")
                                 << QStringLiteral("newer release");
    }

    void aBlockedPlanSaysWhoDecidedAndHowToLiftIt()
    {
        QFETCH(gui::Objections, objections);
        QFETCH(QString, explanation);
        QFETCH(QString, remedy);
        const core::DeviceSnapshot unit = samples::runningUnit();
        const gui::PlanView view =
            gui::planViewOf(samples::blockedPlan(unit, objections), objections.lifting);
        QVERIFY(!view.canStart);
        QVERIFY(view.powerLoss.isEmpty()); // There is no writing that could be interrupted.
        QCOMPARE(view.checks.constFirst().result, core::PreflightCheck::Answer::Failed);
        QCOMPARE(
            view.refusal->code,
            core::reasonCode(core::firstFailure(samples::blockedPlan(unit, objections))->reason.value()));
        const QString day = QLocale().toString(QDate(2026, 11, 27), QLocale::ShortFormat);
        if (explanation.contains(QStringLiteral("%1")))
            explanation = explanation.arg(day);
        QVERIFY2(view.refusal->explanation.contains(explanation), qPrintable(view.refusal->explanation));
        QVERIFY2(view.refusal->remedy.contains(remedy), qPrintable(view.refusal->remedy));
        QCOMPARE(view.refusal->lifting.commands, objections.lifting);
    }

    void ofManyRulesTheFirstAreTold()
    {
        gui::Objections many = samples::rolledBackHere();
        for (int unit = 0; unit < 5; ++unit) {
            many.rules.blocks.append(many.rules.blocks.constFirst());
            many.rules.blocks.last().unit = QStringLiteral("BM-%1").arg(unit);
        }
        const QStringList lines = gui::objectionSentences(many).split(u'\n');
        QCOMPARE(lines.size(), 4);
        QVERIFY(lines.constLast().contains(QStringLiteral("3")));
    }

    void whatTheUnitItselfRolledBackIsSaidFirst()
    {
        const gui::Objections objections = samples::rolledBackHere();
        core::UpdatePlan plan = samples::blockedPlan(samples::rolledBackUnit(), objections);
        plan.checks.prepend({core::PreflightCheck::Subject::TriedBefore, core::PreflightCheck::Answer::Failed,
                             Reason::BuildBlocked, QStringLiteral("the unit rolled this image back")});
        const gui::ErrorView refusal = *gui::planViewOf(plan, objections.lifting).refusal;
        QVERIFY(refusal.explanation.startsWith(QStringLiteral("This unit has tried it before")));
        QVERIFY(refusal.explanation.contains(QStringLiteral("BM-2026-00042")));
        QVERIFY(refusal.remedy.contains(QStringLiteral("update --force")));
        QVERIFY(refusal.lifting.note.contains(QStringLiteral("on other units")));

        plan.against = samples::blockedByList().rules; // which no force passes over
        const gui::ErrorView ofList = *gui::planViewOf(plan).refusal;
        QVERIFY(!ofList.remedy.contains(QStringLiteral("--force")));
    }

    void aBlockedReleaseIsNotProposed()
    {
        gui::ReleaseOffer blocked = samples::release({1, 2, 0, 0});
        blocked.objections = samples::blockedHere();
        const gui::UnitSeen running = samples::seen(samples::runningUnit());
        gui::UnitActions actions = gui::actionsFor(running, {blocked, samples::release({1, 1, 0, 0})});
        QCOMPARE(actions.primary->text, QStringLiteral("Install 1.1.0 on trial"));
        QVERIFY(actions.others.constFirst().hint.contains(QStringLiteral("blocked")));

        actions = gui::actionsFor(running, {blocked, samples::release({1, 0, 0, 0})});
        QVERIFY(!actions.primary.has_value());
        QVERIFY(actions.idleNote.contains(QStringLiteral("blocked")));

        const gui::UnitSeen bricked = samples::seen(samples::unitInRecovery());
        actions = gui::actionsFor(bricked, {blocked, samples::release({1, 1, 0, 0})});
        QCOMPARE(actions.primary->text, QStringLiteral("Recover with 1.1.0"));
        actions = gui::actionsFor(bricked, {blocked});
        QVERIFY(actions.primary->release.isEmpty()); // "Recover with other release…"
        QVERIFY(actions.idleNote.contains(QStringLiteral("blocked")));
    }

    void aRollbackSaysThatTheReleaseIsBlockedNow()
    {
        testing::FakeService service;
        gui::UnitsPresenter presenter{service, nullptr};
        Q_EMIT service.unitsListed({samples::seen(samples::rolledBackUnit())}, {});
        gui::JobEnd end{samples::verdict(Outcome::Reverted, Reason::TrialCrashed)};
        Q_EMIT service.jobEnded(presenter.selected(), end);
        QCOMPARE(presenter.detail()->verdict->notice, QString());

        end.blocking = samples::rolledBackHere();
        Q_EMIT service.jobEnded(presenter.selected(), end);
        gui::VerdictView verdict = *presenter.detail()->verdict;
        QVERIFY(verdict.notice.contains(QStringLiteral("refuses to install it")));
        QCOMPARE(verdict.lifting.commands, samples::rolledBackHere().lifting);
        QVERIFY(verdict.report.contains(samples::rolledBackHere().lifting.constFirst()));

        end.blocking = core::fail(core::ErrorKind::FileFailed, QStringLiteral("no space left on device"));
        Q_EMIT service.jobEnded(presenter.selected(), end);
        verdict = *presenter.detail()->verdict;
        QVERIFY(verdict.notice.contains(QStringLiteral("could not block")));
        QCOMPARE(verdict.lifting.commands, QStringList());
        QVERIFY(verdict.report.contains(QStringLiteral("no space left on device")));
    }

    void theReleasesPageSaysWhatIsAgainstOne()
    {
        gui::ReleaseOffer refused = samples::release({3, 0, 0, 0});
        refused.refusal = core::Error{core::ErrorKind::Untrusted, {}, Reason::SignatureInvalid, {}, {}};
        gui::ReleaseOffer blocked = samples::release({2, 0, 0, 0});
        blocked.objections = samples::rolledBackHere();
        gui::ReleaseOffer old = samples::release({1, 1, 0, 0});
        old.objections = samples::tooOld();
        const QList<gui::ReleaseView> views =
            gui::releaseViews({refused, old, blocked, samples::release({1, 2, 0, 0})});
        QCOMPARE(views[0].judgement, QStringLiteral("Verified"));
        QCOMPARE(views[1].judgement, QStringLiteral("This build is blocked"));
        QVERIFY(views[1].remedy.contains(QStringLiteral("BM-2026-00042")));
        QCOMPARE(views[1].lifting.commands, blocked.objections.lifting);
        QCOMPARE(views[2].judgement, QStringLiteral("Below the minimum version"));
        QCOMPARE(views[3].role, gui::StateRole::Bad);
    }
};

QTEST_GUILESS_MAIN(TestBlockedReleases)
#include "tst_blocked_releases.moc"
