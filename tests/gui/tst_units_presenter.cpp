// SPDX-License-Identifier: Apache-2.0
#include "app/gui/pages/units/unit_actions.h"
#include "app/gui/pages/units/units_presenter.h"
#include "tests/gui/fake_service.h"
#include "tests/gui/samples.h"

#include <QSignalSpy>
#include <QTest>

using core::Outcome;
using core::Reason;
using gui::ActionOffer;
using gui::JobKind;
using gui::StateRole;
using Kind = gui::ActionOffer::Kind;

namespace {

const QString kHealthy = QStringLiteral("healthy");

/// A presenter that sees one unit and two releases.
struct Desk {
    explicit Desk(const core::DeviceSnapshot &unit = samples::runningUnit())
    {
        Q_EMIT service.unitsListed({samples::seen(unit)}, {});
        Q_EMIT service.releasesListed(
            {samples::release({1, 2, 0, 0}, QStringLiteral("beta")), samples::release({1, 1, 0, 0})});
    }

    ActionOffer primary() const { return *presenter.detail()->primary; }

    void preparePlan(const core::UpdatePlan &plan)
    {
        presenter.act(primary());
        Q_EMIT service.planPrepared({service.requests.constLast(), plan, {}});
    }

    testing::FakeService service;
    gui::UnitsPresenter presenter{service, nullptr};
};

} // namespace

class TestUnitsPresenter : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void theFirstUnitIsSelectedByItself()
    {
        const Desk desk;
        QCOMPARE(desk.presenter.selected(), kHealthy);
        QCOMPARE(desk.presenter.detail()->name, kHealthy);
    }

    void theSelectionStaysWithItsUnit()
    {
        Desk desk;
        const QList<gui::UnitSeen> units = samples::manyUnits(6);
        Q_EMIT desk.service.unitsListed(units, {});
        desk.presenter.select(QStringLiteral("bricked"));
        Q_EMIT desk.service.unitsListed({units.rbegin(), units.rend()}, {});
        QCOMPARE(desk.presenter.selected(), QStringLiteral("bricked"));
    }

    void aUnitThatLeavesGivesTheSelectionToAnother()
    {
        Desk desk;
        Q_EMIT desk.service.unitsListed({samples::seen(samples::unitInRecovery())}, {});
        QCOMPARE(desk.presenter.selected(), QStringLiteral("bricked"));
        Q_EMIT desk.service.unitsListed({}, {});
        QVERIFY(!desk.presenter.detail().has_value());
        QVERIFY(!desk.presenter.empty().title.isEmpty());
        QVERIFY(!desk.presenter.empty().nextStep.isEmpty());
    }

    void eachStageHasTheActionThatFits_data()
    {
        QTest::addColumn<core::DeviceSnapshot>("unit");
        QTest::addColumn<Kind>("kind");
        QTest::addColumn<QString>("text");
        QTest::newRow("running") << samples::runningUnit() << Kind::Install
                                 << QStringLiteral("Install 1.1.0 on trial");
        QTest::newRow("on trial") << samples::unitOnTrial() << Kind::Confirm
                                  << QStringLiteral("Confirm 1.1.0");
        QTest::newRow("in recovery") << samples::unitInRecovery() << Kind::Recover
                                     << QStringLiteral("Recover with 1.1.0");
        QTest::newRow("silent") << samples::silentUnit() << Kind::LookAgain << QStringLiteral("Look again");
    }

    void eachStageHasTheActionThatFits()
    {
        QFETCH(core::DeviceSnapshot, unit);
        const Desk desk(unit);
        QTEST(desk.primary().kind, "kind");
        QTEST(desk.primary().text, "text");
    }

    void aReleaseThatFailedItsTrialHereIsNotProposedAgain()
    {
        const Desk desk(samples::rolledBackUnit());
        const gui::UnitView unit = *desk.presenter.detail();
        QVERIFY(!unit.primary.has_value());
        bool isInMenu = false;
        for (const ActionOffer &offer : unit.others)
            isInMenu |= offer.text == QStringLiteral("Install 1.1.0 on trial");
        QVERIFY(isInMenu);
    }

    void onlyVerifiedReleasesForTheProductAreOffered()
    {
        gui::ReleaseOffer refused = samples::release({3, 0, 0, 0});
        refused.refusal = core::Error{core::ErrorKind::Untrusted, {}, Reason::SignatureInvalid, {}, {}};
        gui::ReleaseOffer foreign = samples::release({2, 0, 0, 0});
        foreign.product = QStringLiteral("other-sensor");
        const gui::UnitActions actions =
            gui::actionsFor(samples::seen(samples::runningUnit()), {refused, foreign});
        QVERIFY(actions.primary->release.isEmpty()); // only "Install other release…" is left
        for (const ActionOffer &offer : actions.others)
            QVERIFY(offer.release.isEmpty());
    }

    void aPortThatNobodyKnowsIsOnlyOpenedOnRequest()
    {
        Desk desk;
        gui::UnitSeen port = samples::seen(samples::silentUnit());
        port.isToBeAsked = false;
        Q_EMIT desk.service.unitsListed({port}, {});
        QVERIFY(desk.service.looks.isEmpty());
        desk.presenter.act(desk.primary());
        QCOMPARE(desk.service.looks, QStringList{QStringLiteral("silent")});
    }

    void nothingStartsBeforeThePlanWasSeen()
    {
        Desk desk;
        desk.presenter.act(desk.primary());
        QCOMPARE(desk.service.requests.size(), 1);
        QVERIFY(desk.presenter.isPreparing());
        QVERIFY(desk.service.startedPlans.isEmpty());
        desk.presenter.startPlan();
        QVERIFY(desk.service.startedPlans.isEmpty());
    }

    void aSecondClickWhileThePlanIsPreparedAsksNothingNew()
    {
        Desk desk;
        desk.presenter.act(desk.primary());
        desk.presenter.act(desk.primary());
        QCOMPARE(desk.service.requests.size(), 1);
    }

    void thePlanThatWasSeenIsTheOneThatStarts()
    {
        Desk desk;
        const core::UpdatePlan plan = samples::plan(samples::runningUnit());
        desk.preparePlan(plan);
        QVERIFY(desk.presenter.plan()->canStart);
        desk.presenter.startPlan();
        QCOMPARE(desk.service.startedUnits, QStringList{kHealthy});
        QCOMPARE(desk.service.startedPlans.constFirst().order.image.hash, plan.order.image.hash);
        QVERIFY(!desk.presenter.plan().has_value());
    }

    void aRefusedPlanSaysWhyAndCannotStart()
    {
        Desk desk;
        desk.preparePlan(samples::refusedPlan(samples::runningUnit()));
        QVERIFY(!desk.presenter.plan()->canStart);
        QCOMPARE(desk.presenter.plan()->refusal->code, QStringLiteral("INCOMPATIBLE_HARDWARE"));
        desk.presenter.startPlan();
        QVERIFY(desk.service.startedPlans.isEmpty());
    }

    void whatTheOperatorPromisesIsSaidInThePlanThatStarts()
    {
        Desk desk;
        desk.preparePlan(samples::planOnMains(samples::runningUnit()));
        QVERIFY(desk.presenter.plan()->canStart);
        QVERIFY(!desk.presenter.plan()->promise.isEmpty());
        QVERIFY(!desk.presenter.plan()->refusal);
        desk.presenter.startPlan();
        QVERIFY(!core::firstFailure(desk.service.startedPlans.constFirst()));
    }

    void noPromiseMakesUpForAnotherFailure()
    {
        Desk desk;
        core::UpdatePlan plan = samples::planOnMains(samples::runningUnit());
        plan.checks[1] = samples::refusedPlan(samples::runningUnit()).checks[1];
        desk.preparePlan(plan);
        QVERIFY(!desk.presenter.plan()->canStart);
        QVERIFY(desk.presenter.plan()->promise.isEmpty());
    }

    void aPlanThatChangesNothingCannotStart()
    {
        Desk desk;
        core::UpdatePlan plan = samples::plan(samples::runningUnit());
        plan.isAlreadyCurrent = true;
        desk.preparePlan(plan);
        QVERIFY(!desk.presenter.plan()->canStart);
        QVERIFY(!desk.presenter.plan()->notice.isEmpty());
    }

    void anAnswerToAnOlderQuestionIsNotShown()
    {
        Desk desk;
        desk.presenter.act(desk.primary());
        desk.presenter.leavePlan();
        const gui::PlanRequest asked = desk.service.requests.constFirst();
        Q_EMIT desk.service.planPrepared({asked, samples::plan(samples::runningUnit()), {}});
        QVERIFY(!desk.presenter.plan().has_value());
    }

    void aPlanIsLeftWhenAnotherUnitIsSelected()
    {
        Desk desk;
        Q_EMIT desk.service.unitsListed(samples::manyUnits(4), {});
        desk.preparePlan(samples::plan(samples::runningUnit()));
        desk.presenter.select(QStringLiteral("bricked"));
        QVERIFY(!desk.presenter.plan().has_value());
    }

    void aPlanThatCannotBeMadeIsAnErrorInFourParts()
    {
        Desk desk;
        desk.presenter.act(desk.primary());
        const core::Error error{
            core::ErrorKind::Untrusted, QStringLiteral("bad"), Reason::SignatureInvalid, {}, {}};
        Q_EMIT desk.service.planPrepared({desk.service.requests.constFirst(), {}, error});
        const gui::ErrorView view = *desk.presenter.detail()->error;
        QVERIFY(!view.what.isEmpty());
        QVERIFY(!view.safety.isEmpty());
        QVERIFY(!view.remedy.isEmpty());
        QCOMPARE(view.code, QStringLiteral("SIGNATURE_INVALID"));
        QVERIFY(view.details.contains(QStringLiteral("SIGNATURE_INVALID")));
    }

    void whileAJobRunsThereIsNoOtherAction()
    {
        Desk desk;
        Q_EMIT desk.service.jobMoved({.unit = kHealthy});
        QVERIFY(desk.presenter.detail()->job.has_value());
        QVERIFY(!desk.presenter.detail()->primary.has_value());
        QCOMPARE(desk.presenter.unitsAtWork(), QStringList{kHealthy});
        desk.presenter.stopJob();
        QCOMPARE(desk.service.stops, QStringList{kHealthy});
    }

    void aStretchThatMustNotBeStoppedGreysTheButtonWithAReason()
    {
        Desk desk;
        Q_EMIT desk.service.jobMoved({.unit = kHealthy, .isStoppable = false});
        QVERIFY(!desk.presenter.detail()->job->canStop);
        QVERIFY(!desk.presenter.detail()->job->stopNote.isEmpty());
    }

    void onlyWhatIsProvenIsGreen_data()
    {
        QTest::addColumn<Outcome>("outcome");
        QTest::addColumn<bool>("isGreen");
        for (int outcome = 0; outcome <= int(Outcome::Cancelled); ++outcome) {
            const auto value = Outcome(outcome);
            QTest::newRow(qPrintable(core::outcomeName(value)))
                << value << (value == Outcome::Updated || value == Outcome::Recovered);
        }
    }

    void onlyWhatIsProvenIsGreen()
    {
        QFETCH(Outcome, outcome);
        Desk desk;
        Q_EMIT desk.service.jobEnded(kHealthy, {samples::verdict(outcome)});
        const gui::VerdictView verdict = *desk.presenter.detail()->verdict;
        QTEST(verdict.role == StateRole::Good, "isGreen");
        QVERIFY(!verdict.word.isEmpty());
        QVERIFY(QFile::exists(QStringLiteral(":/icons/%1.svg").arg(verdict.icon)));
        QVERIFY(verdict.report.contains(core::outcomeName(outcome)));
    }

    void unknownSaysDoNotShip()
    {
        Desk desk;
        Q_EMIT desk.service.jobEnded(kHealthy, {samples::verdict(Outcome::Unknown, Reason::NotSameUnit)});
        const gui::VerdictView verdict = *desk.presenter.detail()->verdict;
        QVERIFY(verdict.word.contains(QStringLiteral("do not ship"), Qt::CaseInsensitive));
        QCOMPARE(verdict.role, StateRole::Unknown);
        QCOMPARE(verdict.code, QStringLiteral("NOT_SAME_UNIT"));
    }

    void eachOutcomeHasItsOwnShape()
    {
        QSet<QString> icons;
        for (int outcome = 0; outcome <= int(Outcome::Cancelled); ++outcome) {
            Desk desk;
            Q_EMIT desk.service.jobEnded(kHealthy, {samples::verdict(Outcome(outcome))});
            icons.insert(desk.presenter.detail()->verdict->icon);
        }
        QCOMPARE(icons.size(), int(Outcome::Cancelled) + 1);
    }

    void theVerdictOfOneUnitIsNotShownOnAnother()
    {
        Desk desk;
        Q_EMIT desk.service.unitsListed(samples::manyUnits(4), {});
        Q_EMIT desk.service.jobEnded(QStringLiteral("bricked"), {samples::verdict(Outcome::Recovered)});
        QVERIFY(!desk.presenter.detail()->verdict.has_value());
        desk.presenter.select(QStringLiteral("bricked"));
        QVERIFY(desk.presenter.detail()->verdict.has_value());
    }

    void aVerdictIsNeverShownOnAnotherUnitAtTheSamePort()
    {
        Desk desk;
        Q_EMIT desk.service.jobEnded(kHealthy, {samples::verdict(Outcome::Updated)});
        core::DeviceSnapshot other = samples::runningUnit();
        other.identity.serialNumber = QStringLiteral("BM-2026-00018");
        Q_EMIT desk.service.unitsListed({samples::seen(other)}, {});
        QVERIFY(!desk.presenter.detail()->verdict.has_value());
    }

    void aVerdictStaysWhileItsUnitIsSilent()
    {
        Desk desk;
        Q_EMIT desk.service.jobEnded(kHealthy, {samples::verdict(Outcome::Updated)});
        core::DeviceSnapshot silent = samples::silentUnit();
        silent.name = kHealthy;
        Q_EMIT desk.service.unitsListed({samples::seen(silent)}, {});
        QVERIFY(desk.presenter.detail()->verdict.has_value());
    }

    void aUnitThatIsPulledAfterABadEndStaysUntilThatIsPutAway()
    {
        Desk desk;
        Q_EMIT desk.service.jobEnded(kHealthy, {samples::verdict(Outcome::Unknown, Reason::LinkLost)});
        Q_EMIT desk.service.unitsListed({}, {});
        QCOMPARE(desk.presenter.rows().size(), 1);
        QVERIFY(desk.presenter.detail()->verdict.has_value());
        Q_EMIT desk.service.unitsListed({}, {});
        QCOMPARE(desk.presenter.rows().size(), 1);
        desk.presenter.dismissOutcome();
        QVERIFY(desk.presenter.rows().isEmpty());
    }

    void aUnitThatIsPulledAfterAGoodEndLeavesTheList()
    {
        Desk desk;
        Q_EMIT desk.service.jobEnded(kHealthy, {samples::verdict(Outcome::Updated)});
        Q_EMIT desk.service.unitsListed({}, {});
        QVERIFY(desk.presenter.rows().isEmpty());
        Q_EMIT desk.service.unitsListed({samples::seen(samples::runningUnit())}, {});
        QVERIFY(!desk.presenter.detail()->verdict.has_value());
    }

    void aNewJobPutsTheOldVerdictAway()
    {
        Desk desk;
        Q_EMIT desk.service.jobEnded(kHealthy, {samples::verdict(Outcome::Updated)});
        Q_EMIT desk.service.jobMoved({.unit = kHealthy});
        QVERIFY(!desk.presenter.detail()->verdict.has_value());
    }

    void theMilestonesStandAboveTheUnitsOwnRecord()
    {
        Desk desk;
        const QDateTime now = QDateTime::currentDateTimeUtc();
        gui::JobSnapshot job{.unit = kHealthy};
        job.milestones = {{now, core::StateReached{core::JobState::Written, {}}},
                          {now, core::StateReached{core::JobState::Confirmed, {}}}};
        Q_EMIT desk.service.jobMoved(job);
        const QList<gui::HistoryLine> history = desk.presenter.detail()->history;
        QCOMPARE(history.size(), 5);
        QCOMPARE(history.constFirst().role, StateRole::Good);
        QVERIFY(history.constLast().time.contains(QStringLiteral("1")));
    }

    void aRollbackNumberThatNobodyKnowsIsSaidAsANumber()
    {
        Desk desk;
        gui::UnitSeen seen = samples::seen(samples::runningUnit());
        seen.evidence = {{.kind = core::EvidenceEvent::Kind::RolledBack, .code = 4711}};
        Q_EMIT desk.service.unitsListed({seen}, {});
        QVERIFY(desk.presenter.detail()->history.constFirst().text.contains(QStringLiteral("4711")));
    }

    void aTrialIsEndedByHand()
    {
        Desk desk(samples::unitOnTrial());
        desk.presenter.act(desk.primary());
        QCOMPARE(desk.service.endings.constFirst().second, JobKind::Confirm);
    }

    void aDroppedReleaseIsPlannedForTheSelectedUnit()
    {
        Desk desk(samples::unitInRecovery());
        desk.presenter.takeDroppedRelease(QStringLiteral("/tmp/x.bmb"));
        QCOMPARE(desk.service.addedReleases, QStringList{QStringLiteral("/tmp/x.bmb")});
        QCOMPARE(desk.service.requests.constFirst().kind, JobKind::Recovery);
    }

    void choosingAFileIsAskedForWhenNoneIsOffered()
    {
        Desk desk;
        QSignalSpy wanted(&desk.presenter, &gui::UnitsPresenter::fileWanted);
        desk.presenter.act({Kind::Install, {}});
        QCOMPARE(wanted.size(), 1);
        QVERIFY(desk.service.requests.isEmpty());
    }
};

QTEST_GUILESS_MAIN(TestUnitsPresenter)
#include "tst_units_presenter.moc"
