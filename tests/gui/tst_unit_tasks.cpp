// SPDX-License-Identifier: Apache-2.0
#include "app/gui/device_thread/unit_tasks.h"
#include "tests/support/model_unit.h"
#include "tests/support/run_task.h"

#include <QTest>

using gui::UnitSeen;
using testing::ModelUnit;

namespace {

const QByteArray kFile(1000, 'x');
const QByteArray kHash(32, 'b');
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

/// A unit on a port, and a plan that was made for what it is now.
struct Desk {
    Desk() { port.unit.knowImage(kFile, {kHash, {1, 1, 0, 0}, ModelUnit::Behaviour::Good}); }

    core::UpdatePlan plan()
    {
        core::UpdatePlan plan;
        plan.order.before = *testing::finish(port.unit.identify(), clock);
        plan.order.image = {kFile, kHash, {1, 1, 0, 0}, {}};
        return plan;
    }

    core::Result<core::Verdict> run(const core::UpdatePlan &plan)
    {
        const core::JobContext job{clock};
        return testing::finish(gui::runPlan(port, kFound, plan, job), clock);
    }

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
        QCOMPARE(desk.run(plan)->outcome, core::Outcome::Updated);
        QCOMPARE(desk.port.unit.runningHash(), kHash);
    }

    void nothingIsWrittenToAnotherUnitOnThePort()
    {
        Desk desk;
        core::UpdatePlan plan = desk.plan();
        plan.order.before.identity.serialNumber = QStringLiteral("BM-0");
        const core::Result<core::Verdict> verdict = desk.run(plan);
        QVERIFY(!verdict);
        QCOMPARE(*verdict.error().reason, core::Reason::NotSameUnit);
        QCOMPARE(desk.port.unit.bytesWritten(), 0);
    }

    void nothingIsWrittenWhenTheUnitChangedSinceThePlanWasMade()
    {
        Desk desk;
        const core::UpdatePlan plan = desk.plan();
        desk.port.unit.corruptBothSlots();
        const core::Result<core::Verdict> verdict = desk.run(plan);
        QVERIFY(!verdict);
        QCOMPARE(verdict.error().kind, core::ErrorKind::NotAllowedNow);
        QCOMPARE(desk.port.unit.bytesWritten(), 0);
    }
};

QTEST_GUILESS_MAIN(TestUnitTasks)
#include "tst_unit_tasks.moc"
