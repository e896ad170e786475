// SPDX-License-Identifier: Apache-2.0
#include "app/gui/device_thread/unit_tasks.h"

#include "app/state/catalog_rules.h"
#include "app/state/restart_times.h"
#include "core/async/on_worker.h"
#include "core/device/survey.h"
#include "core/recovery/recovery_recipe.h"
#include "core/update/plan_catalog.h"
#include "core/update/plan_configuration.h"
#include "core/update/update_recipe.h"

#include <QFileInfo>

namespace gui {

using core::Task;

namespace {

// A unit that is in the middle of a boot with a watchdog bite answers within this.
constexpr core::Milliseconds kPatience{12'000};

Task<UnitSeen> askOpenUnit(core::Connector &connector, core::FoundUnit found)
{
    const std::unique_ptr<core::Driver> driver = co_await connector.open(found);
    UnitSeen seen;
    seen.unit = co_await driver->identify();
    core::Result<QList<core::EvidenceEvent>> evidence = co_await core::attempt(driver->readEvidence());
    if (evidence) // Many families keep no record; that is no fault of the unit.
        seen.evidence = *std::move(evidence);
    co_return seen;
}

Task<core::UpdatePlan> planWith(core::Connector &connector, core::FoundUnit found,
                                core::VerifiedRelease release, JobKind kind)
{
    const std::unique_ptr<core::Driver> driver = co_await connector.open(found);
    core::DeviceSnapshot unit = co_await driver->identify();
    unit.name = found.name;
    const QDateTime now = QDateTime::currentDateTimeUtc();
    const core::Result<core::UpdatePlan> plan = kind == JobKind::Recovery
        ? core::planRecovery(release, unit, now)
        : core::planUpdate(release, unit, now);
    if (!plan)
        co_return core::passOn(plan.error());
    co_return co_await core::compareConfiguration(*driver, *plan);
}

QByteArray runningHash(const core::DeviceSnapshot &unit)
{
    const core::Slot *running = core::runningSlot(unit);
    return running ? running->hash : QByteArray();
}

core::Result<core::Done> checkStillFits(const core::DeviceSnapshot &planned, const core::DeviceSnapshot &now)
{
    if (!core::isSameUnit(planned.identity, now.identity))
        return core::fail(core::ErrorKind::AmbiguousDevice, core::Reason::NotSameUnit,
                          QStringLiteral("another unit answers than the one that the plan is about"));
    const bool isUnchanged = planned.stage == now.stage && runningHash(planned) == runningHash(now)
        && (core::pendingSlot(planned) != nullptr) == (core::pendingSlot(now) != nullptr);
    if (!isUnchanged)
        return core::fail(core::ErrorKind::NotAllowedNow,
                          QStringLiteral("the unit is in another state than when the plan was made"));
    return core::Done{};
}

/// What one unit rolled back shall not be tried on the next by accident.
Task<Objections> blockHere(QString catalogFolder, core::ReleaseFacts release, core::Verdict verdict)
{
    const core::ReleaseBlock block = co_await state::blockRolledBack(catalogFolder, release, verdict);
    Objections made;
    made.rules.blocks.append(block);
    made.lifting = state::liftingCommands(catalogFolder, release, made.rules);
    co_return made;
}

} // namespace

Task<UnitSeen> askUnit(core::Connector &connector, core::FoundUnit found, core::Clock &clock)
{
    core::Result<UnitSeen> seen =
        co_await core::attempt(core::within(kPatience, clock, askOpenUnit(connector, found)));
    if (seen) {
        seen->unit.name = found.name;
        co_return *std::move(seen);
    }
    UnitSeen silent;
    silent.unit = core::silentUnit(found, seen.error());
    co_return silent;
}

Task<core::UpdatePlan> planFor(core::Connector &connector, core::FoundUnit found, core::Clock &clock,
                               ReleaseShelf shelf, PlanRequest request)
{
    const std::function<core::Result<core::VerifiedRelease>()> open = [shelf, request] {
        return openRelease(shelf, request.release);
    };
    const core::VerifiedRelease release = co_await core::onWorker<core::VerifiedRelease>(open);
    core::UpdatePlan plan =
        co_await core::within(kPatience, clock, planWith(connector, found, release, request.kind));
    const core::ReleaseRules rules = co_await state::rulesIn(shelf.catalogFolder);
    core::obeyCatalog(plan, rules);
    co_return plan;
}

Task<JobEnd> runPlan(core::Connector &connector, core::FoundUnit found, PlanToRun order, core::JobContext job)
{
    core::UpdatePlan &plan = order.plan;
    const core::ReleaseRules rules = co_await state::rulesIn(order.catalogFolder);
    core::obeyCatalog(plan, rules);
    const std::unique_ptr<core::Driver> driver = co_await connector.open(found);
    core::DeviceSnapshot now = co_await driver->identify();
    now.name = found.name;
    co_await checkStillFits(plan.order.before, now);
    plan.order.before = now; // Its boot counter is what the proof compares with.
    const QString kept = QFileInfo(order.catalogFolder).path();
    job.restartBefore = state::lastRestart(kept, state::unitName(now));
    JobEnd end;
    if (plan.order.purpose == core::InstallOrder::Purpose::Recovery)
        end.verdict = co_await core::runRecovery(*driver, plan, job);
    else
        end.verdict = co_await core::runUpdate(*driver, plan, job);
    if (end.verdict.restart)
        state::rememberRestart(kept, state::unitName(now), *end.verdict.restart);
    if (end.verdict.outcome == core::Outcome::Reverted)
        end.blocking = co_await core::attempt(blockHere(order.catalogFolder, plan.release, end.verdict));
    co_return end;
}

Task<JobEnd> runEnding(core::Connector &connector, core::FoundUnit found, JobKind kind, core::JobContext job)
{
    const std::unique_ptr<core::Driver> driver = co_await connector.open(found);
    JobEnd end;
    if (kind == JobKind::Confirm)
        end.verdict = co_await core::confirmByHand(*driver, job);
    else
        end.verdict = co_await core::revertByHand(*driver, job);
    co_return end;
}

} // namespace gui
