// SPDX-License-Identifier: Apache-2.0
#include "core/update/update_recipe.h"

#include "core/update/preflight.h"
#include "core/update/proof.h"
#include "core/update/trial.h"

namespace core {

namespace {

Verdict aboutUnit(const DeviceSnapshot &unit, Outcome outcome, std::optional<Reason> reason,
                  const QString &detail)
{
    const Slot *running = runningSlot(unit);
    const auto version = running ? std::optional(running->version) : std::nullopt;
    return {.outcome = outcome,
            .reason = reason,
            .detail = detail,
            .unit = unit,
            .from = version,
            .to = version,
            .hash = running ? running->hash : QByteArray()};
}

Verdict refusal(const UpdatePlan &plan)
{
    const PreflightCheck *first = hindrance(plan);
    Verdict verdict = aboutUnit(plan.order.before, Outcome::Refused, first->reason, first->detail);
    verdict.to = plan.order.image.version;
    verdict.hash = plan.order.image.hash;
    for (const PreflightCheck &check : plan.checks)
        if (check.reason)
            verdict.failedChecks.append(*check.reason);
    return verdict;
}

void reportEnd(const Verdict &verdict, const JobContext &job)
{
    switch (verdict.outcome) {
    case Outcome::Updated:
    case Outcome::Recovered:
        return job.report(StateReached{JobState::Confirmed});
    case Outcome::Reverted:
        return job.report(StateReached{JobState::RolledBack, verdict.reason});
    case Outcome::Failed:
    case Outcome::Unknown:
    case Outcome::Cancelled:
    case Outcome::Refused:
        return job.report(StateReached{JobState::Failed, verdict.reason});
    case Outcome::Ok:
    case Outcome::AlreadyCurrent:
    case Outcome::Staged:
        return;
    }
}

/// A trial as an install order whose image is the one that runs.
InstallOrder orderForTrial(const DeviceSnapshot &unit)
{
    const Slot *running = runningSlot(unit);
    return {.before = unit, .image = {{}, running->hash, running->version, {}}};
}

Verdict nothingOnTrial(const DeviceSnapshot &unit)
{
    return aboutUnit(unit, Outcome::Refused, Reason::NothingOnTrial, QStringLiteral("no trial is running"));
}

/// The plan may be old by now: the unit is asked once more before it is called current.
Task<Verdict> provenCurrent(Driver &driver, UpdatePlan plan)
{
    const DeviceSnapshot unit = co_await driver.identify();
    if (!isSameUnit(unit.identity, plan.order.before.identity))
        co_return aboutUnit(unit, Outcome::Unknown, Reason::NotSameUnit,
                            QStringLiteral("another unit answers"));
    const auto doubt = doubtAbout(unit, {plan.order.image.hash, plan.order.image.version});
    co_return doubt ? aboutUnit(unit, Outcome::Unknown, doubt->reason, doubt->detail)
                    : aboutUnit(unit, Outcome::AlreadyCurrent, {}, {});
}

Task<DeviceSnapshot> rollBackByHand(Driver &driver)
{
    co_await driver.giveUpTrial(RevertCause::AskedFor);
    co_await driver.reload(ReloadInto::Application);
    co_return co_await driver.identify();
}

/// The bootloader went back because it was asked to: that is what "revert" means, so it is no failure.
Verdict revertedByHand(const DeviceSnapshot &before, const DeviceSnapshot &unit)
{
    InstallOrder order = orderForTrial(before);
    const bool isProven = isSameUnit(before.identity, unit.identity) && unit.stage == BootStage::Running
        && witnessesAgree(unit) && runningSlot(unit) && !runsImage(unit, order.image.hash);
    const Outcome outcome = isProven ? Outcome::Ok : Outcome::Unknown;
    Verdict verdict =
        aboutUnit(unit, outcome, isProven ? std::nullopt : std::optional(Reason::RunningImageDiffers),
                  isProven ? QString() : QStringLiteral("the previous version was not seen running"));
    verdict.from = order.image.version;
    return verdict;
}

} // namespace

Task<Verdict> runUpdate(Driver &driver, UpdatePlan plan, JobContext job)
{
    const ReportedLog log(driver, job);
    const Milliseconds start = job.clock.now();
    job.report(StateReached{JobState::Downloaded}); // A VerifiedRelease is at hand, or there were no plan.
    job.report(StateReached{JobState::Verified});
    Verdict verdict;
    if (hindrance(plan)) {
        verdict = refusal(plan);
    } else if (plan.isAlreadyCurrent) {
        verdict = co_await provenCurrent(driver, plan);
    } else {
        verdict = co_await install(driver, plan.order, job);
    }
    reportEnd(verdict, job);
    verdict.duration = job.clock.now() - start;
    co_return verdict;
}

Task<Verdict> confirmByHand(Driver &driver, JobContext job)
{
    const ReportedLog log(driver, job);
    const Milliseconds start = job.clock.now();
    const DeviceSnapshot unit = co_await driver.identify();
    if (unit.stage != BootStage::OnTrial || !runningSlot(unit))
        co_return nothingOnTrial(unit);

    const InstallOrder order = orderForTrial(unit);
    Verdict verdict = co_await confirmTrial(driver, order, job);
    reportEnd(verdict, job);
    verdict.duration = job.clock.now() - start;
    co_return verdict;
}

Task<Verdict> revertByHand(Driver &driver, JobContext job)
{
    const ReportedLog log(driver, job);
    const Milliseconds start = job.clock.now();
    const DeviceSnapshot before = co_await driver.identify();
    if (before.stage != BootStage::OnTrial || !runningSlot(before))
        co_return nothingOnTrial(before);

    job.report(StepStarted{JobStep::Restarting, false});
    const Result<DeviceSnapshot> unit = co_await attempt(rollBackByHand(driver));
    Verdict verdict = unit ? revertedByHand(before, *unit)
                           : aboutUnit(before, Outcome::Unknown, Reason::LinkLost, unit.error().detail);
    job.report(verdict.outcome == Outcome::Ok ? StateReached{JobState::RolledBack}
                                              : StateReached{JobState::Failed, verdict.reason});
    verdict.duration = job.clock.now() - start;
    co_return verdict;
}

} // namespace core
