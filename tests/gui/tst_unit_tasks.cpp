// SPDX-License-Identifier: Apache-2.0
#include "app/gui/device_thread/unit_tasks.h"
#include "app/state/catalog_rules.h"
#include "app/state/state_folders.h"
#include "core/catalog/catalog.h"
#include "core/trust/trust_draft.h"
#include "tests/support/model_unit.h"
#include "tests/support/release_samples.h"
#include "tests/support/run_task.h"

#include <QTemporaryDir>
#include <QTest>

using gui::UnitSeen;
using testing::ModelUnit;

namespace {

const QByteArray kFile(1000, 'x');
const QByteArray kHash(32, 'b');
const core::ReleaseFacts kRelease{
    QStringLiteral("bench-sensor"), QStringLiteral("stable"), {1, 1, 0, 0}, QByteArray(32, 'm')};
const core::FoundUnit kFound{QStringLiteral("port-1"), {}, {}, true};

/// Hands the verbs on to a model that outlives the link.
class Link final : public core::Driver
{
public:
    explicit Link(ModelUnit &unit) : m_unit(unit) { }

    core::Task<core::DeviceSnapshot> identify() override { return m_unit.identify(); }
    core::Task<core::Done> write(QByteArray image, core::WriteControl control) override
    {
        return m_unit.write(std::move(image), std::move(control));
    }
    core::Task<core::Done> tryOnNextBoot(QByteArray hash, core::RolledBackBefore before) override
    {
        return m_unit.tryOnNextBoot(hash, before);
    }
    core::Task<core::Done> confirm(QByteArray hash) override { return m_unit.confirm(hash); }
    core::Task<core::Done> giveUpTrial(core::RevertCause cause) override { return m_unit.giveUpTrial(cause); }
    core::Task<core::Done> reload(core::ReloadInto what) override { return m_unit.reload(what); }
    core::Task<QList<core::HealthCheck>> checkHealth() override { return m_unit.checkHealth(); }
    core::Task<QList<core::EvidenceEvent>> readEvidence() override { return m_unit.readEvidence(); }

private:
    ModelUnit &m_unit;
};

class OnePort final : public core::Connector
{
public:
    core::Result<QList<core::FoundUnit>> find() override { return QList{kFound}; }
    core::Result<core::FoundUnit> resolve(QString) override { return kFound; }
    core::Task<std::unique_ptr<core::Driver>> open(core::FoundUnit) override
    {
        co_return std::unique_ptr<core::Driver>(std::make_unique<Link>(unit));
    }

    ModelUnit unit;
};

/// A unit on a port, a plan that was made for what it is now, and a catalog.
struct Desk {
    explicit Desk(ModelUnit::Behaviour behaviour = ModelUnit::Behaviour::Good)
    {
        port.unit.knowImage(kFile, {kHash, {1, 1, 0, 0}, behaviour});
        shelf.catalogFolder = state::catalogFolder(folder.path(), {});
    }

    core::UpdatePlan plan()
    {
        core::UpdatePlan plan;
        plan.order.before = *testing::finish(port.unit.identify(), clock);
        plan.order.image = {kFile, kHash, {1, 1, 0, 0}, {}};
        plan.release = kRelease;
        return plan;
    }

    core::Result<gui::JobEnd> run(const core::UpdatePlan &plan)
    {
        const core::JobContext job{clock};
        return testing::finish(gui::runPlan(port, kFound, {plan, shelf.catalogFolder}, job), clock);
    }

    /// Makes a release and the trust file that it is judged by, and asks for its plan.
    core::Result<core::UpdatePlan> planForSample()
    {
        const test_support::SampleRelease sample;
        const QString trustFile = folder.filePath(QStringLiteral("trust.json"));
        shelf.trust = state::TrustInUse{trustFile};
        const auto made = sample.create(QDir(folder.path()));
        const auto trust = core::toBytes(core::TrustDraft{sample.store(), {}}, {});
        if (!made || !trust || !core::replaceFile(trustFile, *trust))
            return core::fail(core::ErrorKind::Internal, QStringLiteral("the sample could not be made"));
        const gui::PlanRequest request{kFound.name, folder.filePath(QStringLiteral("release.bmb"))};
        return testing::finish(gui::planFor(port, kFound, clock, shelf, request), clock);
    }

    core::ReleaseRules rules() { return *core::Catalog::rulesIn(shelf.catalogFolder); }
    bool block(const core::ReleaseBlock &block) const
    {
        auto catalog = core::Catalog::open(shelf.catalogFolder);
        return catalog && catalog->block(block);
    }

    QTemporaryDir folder;
    gui::ReleaseShelf shelf;
    OnePort port;
    testing::ManualClock clock;
};

} // namespace

class TestUnitTasks : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aUnitThatAnswersIsSeenWithItsRecord()
    {
        Desk desk;
        const UnitSeen seen = *testing::finish(gui::askUnit(desk.port, kFound, desk.clock), desk.clock);
        QCOMPARE(seen.unit.name, kFound.name);
        QCOMPARE(seen.unit.stage, core::BootStage::Running);
        QCOMPARE(seen.evidence.size(), 1);
    }

    void aUnitThatDoesNotAnswerIsSilentWithItsReason()
    {
        Desk desk;
        desk.port.unit.cutCableBeforeVerb(0);
        const UnitSeen seen = *testing::finish(gui::askUnit(desk.port, kFound, desk.clock), desk.clock);
        QCOMPARE(seen.unit.name, kFound.name);
        QCOMPARE(seen.unit.stage, core::BootStage::Silent);
        QVERIFY(!seen.unit.silence.isEmpty());
    }

    void aUnitWithoutARecordIsSeenAllTheSame()
    {
        Desk desk;
        desk.port.unit.cutCableBeforeVerb(1); // identify() works, readEvidence() does not
        const UnitSeen seen = *testing::finish(gui::askUnit(desk.port, kFound, desk.clock), desk.clock);
        QCOMPARE(seen.unit.stage, core::BootStage::Running);
        QVERIFY(seen.evidence.isEmpty());
    }

    void thePlanRunsOnTheUnitThatItIsAbout()
    {
        Desk desk;
        const core::UpdatePlan plan = desk.plan();
        const core::Result<gui::JobEnd> end = desk.run(plan);
        QVERIFY2(end, end ? "" : qPrintable(end.error().detail));
        QCOMPARE(end->verdict.outcome, core::Outcome::Updated);
        QVERIFY(!end->blocking);
        QVERIFY(desk.rules().blocks.isEmpty());
        QCOMPARE(desk.port.unit.runningHash(), kHash);
    }

    void nothingIsWrittenToAnotherUnitOnThePort()
    {
        Desk desk;
        core::UpdatePlan plan = desk.plan();
        plan.order.before.identity.serialNumber = QStringLiteral("BM-0");
        const core::Result<gui::JobEnd> end = desk.run(plan);
        QVERIFY(!end);
        QCOMPARE(*end.error().reason, core::Reason::NotSameUnit);
        QCOMPARE(desk.port.unit.bytesWritten(), 0);
    }

    void nothingIsWrittenWhenTheUnitChangedSinceThePlanWasMade()
    {
        Desk desk;
        const core::UpdatePlan plan = desk.plan();
        desk.port.unit.corruptBothSlots();
        const core::Result<gui::JobEnd> end = desk.run(plan);
        QVERIFY(!end);
        QCOMPARE(end.error().kind, core::ErrorKind::NotAllowedNow);
        QCOMPARE(desk.port.unit.bytesWritten(), 0);
    }

    void whatIsRolledBackIsBlockedOnThisComputer()
    {
        Desk desk(ModelUnit::Behaviour::Crashes);
        const gui::JobEnd end = *desk.run(desk.plan());
        QCOMPARE(end.verdict.outcome, core::Outcome::Reverted);
        QVERIFY(end.blocking && *end.blocking);
        QVERIFY((*end.blocking)->lifting.constFirst().contains(QStringLiteral("catalog unblock")));
        const core::ReleaseRules rules = desk.rules();
        QVERIFY(rules.objectionTo(kRelease)->origin == core::RuleOrigin::RolledBackHere);
        QCOMPARE(rules.blocks.constFirst().unit, state::unitName(end.verdict.unit));
    }

    void aVerdictIsTheSameWhereItCannotBeBlocked()
    {
        Desk desk(ModelUnit::Behaviour::Crashes);
        const core::UpdatePlan plan = desk.plan();
        QVERIFY(core::replaceFile(desk.folder.filePath(QStringLiteral("state")), "no folder"));
        desk.shelf.catalogFolder = desk.folder.filePath(QStringLiteral("state/catalog"));
        const core::Result<gui::JobEnd> end = desk.run(plan);
        QVERIFY2(end, end ? "" : qPrintable(end.error().detail));
        QCOMPARE(end->verdict.outcome, core::Outcome::Reverted);
        QVERIFY(end->blocking && !*end->blocking);
    }

    void aReleaseThatWasBlockedSinceThePlanIsRefused()
    {
        Desk desk;
        const core::UpdatePlan plan = desk.plan();
        QVERIFY(desk.block({.product = kRelease.product, .reason = QStringLiteral("battery drains")}));
        const gui::JobEnd end = *desk.run(plan);
        QCOMPARE(end.verdict.outcome, core::Outcome::Refused);
        QCOMPARE(*end.verdict.reason, core::Reason::BuildBlocked);
        QCOMPARE(desk.port.unit.bytesWritten(), 0);
    }

    void thePlanObeysTheCatalog()
    {
        Desk desk;
        core::Result<core::UpdatePlan> plan = desk.planForSample();
        QVERIFY2(plan, plan ? "" : qPrintable(plan.error().detail));
        QCOMPARE(plan->checks.constLast().subject, core::PreflightCheck::Subject::Catalog);
        QCOMPARE(plan->checks.constLast().answer, core::PreflightCheck::Answer::Passed);

        QVERIFY(desk.block({.product = QStringLiteral("bench-sensor"), .reason = QStringLiteral("drains")}));
        plan = desk.planForSample();
        QCOMPARE(plan->checks.constLast().reason, std::optional(core::Reason::BuildBlocked));
        QCOMPARE(plan->against.blocks.constFirst().reason, QStringLiteral("drains"));
        const QList<gui::ReleaseOffer> offers =
            gui::offersOn({desk.shelf.trust, desk.shelf.catalogFolder, desk.folder.path(), {}});
        QCOMPARE(offers.constFirst().objections.rules.blocks.size(), 1);

        QVERIFY(core::replaceFile(desk.shelf.catalogFolder + QStringLiteral("/catalog.db"),
                                  QByteArray(8192, 'x')));
        QVERIFY(!desk.planForSample());
    }
};

QTEST_GUILESS_MAIN(TestUnitTasks)
#include "tst_unit_tasks.moc"
