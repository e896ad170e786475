// SPDX-License-Identifier: Apache-2.0
#include "core/update/trial.h"

#include "core/device/survey.h"
#include "core/update/health.h"
#include "core/update/proof.h"

namespace core {

namespace {

// A line or two may be lost to noise; a unit that forgets its confirmation every time will not learn it.
constexpr int kConfirmAttempts = 3;

Verdict base(const InstallOrder &order, const DeviceSnapshot &unit)
{
    const Slot *before = runningSlot(order.before);
    return {.unit = unit,
            .from = before ? std::optional(before->version) : std::nullopt,
            .to = order.image.version,
            .hash = order.image.hash};
}

Verdict ended(Verdict verdict, Outcome outcome, std::optional<Reason> reason, const QString &detail)
{
    verdict.outcome = outcome;
    verdict.reason = reason;
    verdict.detail = detail;
    return verdict;
}

Reason reasonOf(RollbackCause cause)
{
    switch (cause) {
    case RollbackCause::Crashed:
    case RollbackCause::CrashLoop:
        return Reason::TrialCrashed;
    case RollbackCause::Watchdog:
        return Reason::TrialHung;
    case RollbackCause::Expired:
        return Reason::TrialExpired;
    case RollbackCause::Unhealthy:
        return Reason::HealthFailed;
    case RollbackCause::ImageInvalid:
        return Reason::SignatureInvalid;
    case RollbackCause::NotConfirmed:
    case RollbackCause::Requested:
    case RollbackCause::NoWatchdog:
    case RollbackCause::None:
        return Reason::RolledBack;
    }
    Q_UNREACHABLE();
}

/// A record of a rollback of this very image, written since the job began.
bool recordsTheRollback(const InstallOrder &order, const BootState &state)
{
    const bool isNew = !order.before.bootState || state.bootCount > order.before.bootState->bootCount;
    return isNew && state.lastRollback != RollbackCause::None && state.rolledBackHash == order.image.hash;
}

bool wasRestarted(const InstallOrder &order, const DeviceSnapshot &unit)
{
    if (!order.before.bootState || !unit.bootState)
        return true; // The unit keeps no count.
    const bool ranBefore = runsImage(order.before, order.image.hash);
    return ranBefore || unit.bootState->bootCount > order.before.bootState->bootCount;
}

Task<DeviceSnapshot> rollBack(Driver &driver)
{
    const Result<Done> asked = co_await attempt(driver.giveUpTrial(RevertCause::Unhealthy));
    if (!asked && isAnswerLost(asked.error()))
        co_await driver.giveUpTrial(RevertCause::Unhealthy); // The same request twice ends the same trial.
    else if (!asked)
        co_return passOn(asked.error());
    co_await driver.reload(ReloadInto::Application);
    co_return co_await driver.identify();
}

Task<Verdict> judgeUnhealthy(Driver &driver, InstallOrder order, QString complaint, JobContext job)
{
    const Result<DeviceSnapshot> found = co_await attempt(lookUntilItAnswers(driver, job.clock));
    if (found && !runsImage(*found, order.image.hash))
        co_return rollbackOf(order, *found); // It fell over, and the bootloader was quicker.

    const Result<DeviceSnapshot> unit = co_await attempt(rollBack(driver));
    if (!unit)
        co_return ended(base(order, order.before), Outcome::Unknown, Reason::HealthFailed,
                        complaint + QStringLiteral("; the rollback could not be seen: ")
                            + unit.error().detail);
    Verdict verdict = rollbackOf(order, *unit);
    verdict.detail = complaint;
    co_return verdict;
}

} // namespace

Task<Verdict> confirmTrial(Driver &driver, InstallOrder order, JobContext job)
{
    Verdict verdict;
    for (int attemptsLeft = kConfirmAttempts; attemptsLeft > 0; --attemptsLeft) {
        job.report(StepStarted{JobStep::Confirming, false});
        const Result<Done> confirmed = co_await attempt(driver.confirm(order.image.hash));

        // Whether the answer came or got lost: what counts is what the unit says afterwards.
        job.report(StepStarted{JobStep::Proving, false});
        const Result<DeviceSnapshot> unit = co_await attempt(lookUntilItAnswers(driver, job.clock));
        if (!unit)
            co_return ended(base(order, order.before), Outcome::Unknown, Reason::LinkLost,
                            unit.error().detail);
        if (!runsImage(*unit, order.image.hash))
            co_return rollbackOf(order, *unit);
        verdict = proofOf(order, *unit);
        if (!confirmed && verdict.outcome == Outcome::Unknown)
            verdict.detail += QStringLiteral("; confirming: ") + confirmed.error().detail;
        if (unit->stage != BootStage::OnTrial)
            break;
    }
    co_return verdict;
}

Verdict proofOf(const InstallOrder &order, const DeviceSnapshot &unit)
{
    const Verdict verdict = base(order, unit);
    if (!isSameUnit(unit.identity, order.before.identity))
        return ended(verdict, Outcome::Unknown, Reason::NotSameUnit, QStringLiteral("another unit answers"));
    if (const auto doubt = doubtAbout(unit, {order.image.hash, order.image.version}))
        return ended(verdict, Outcome::Unknown, doubt->reason, doubt->detail);
    if (!wasRestarted(order, unit))
        return ended(verdict, Outcome::Unknown, Reason::TrialNotBooted,
                     QStringLiteral("the unit's boot counter did not move"));

    const bool isRecovery = order.purpose == InstallOrder::Purpose::Recovery;
    return ended(verdict, isRecovery ? Outcome::Recovered : Outcome::Updated, {}, {});
}

Verdict rollbackOf(const InstallOrder &order, const DeviceSnapshot &unit)
{
    const Verdict verdict = base(order, unit);
    if (!isSameUnit(unit.identity, order.before.identity))
        return ended(verdict, Outcome::Unknown, Reason::NotSameUnit, QStringLiteral("another unit answers"));

    const bool isRecorded = unit.bootState && recordsTheRollback(order, *unit.bootState);
    const Reason cause = isRecorded ? reasonOf(unit.bootState->lastRollback) : Reason::TrialNotBooted;
    const bool isRecovery = order.purpose == InstallOrder::Purpose::Recovery;
    if (unit.stage == BootStage::InRecovery) {
        const QString detail = QStringLiteral("the unit is in recovery mode after the trial");
        return ended(verdict, isRecovery ? Outcome::Failed : Outcome::Unknown,
                     isRecorded || isRecovery ? cause : Reason::NeedsRecovery, detail);
    }

    const Slot *before = runningSlot(order.before);
    if (!before || !runsImage(unit, before->hash))
        return ended(verdict, Outcome::Unknown, Reason::RunningImageDiffers,
                     QStringLiteral("the unit runs neither the release nor what it ran before"));
    if (isArmed(unit, order.image.hash))
        return ended(verdict, Outcome::Unknown, Reason::TrialNotBooted,
                     QStringLiteral("the unit holds the release for its next start, and has not restarted"));
    if (!unit.bootState)
        return ended(verdict, Outcome::Reverted, Reason::RolledBack,
                     QStringLiteral("the previous image runs again"));
    if (!isRecorded || !witnessesAgree(unit))
        return ended(
            verdict, Outcome::Unknown, Reason::TrialNotBooted,
            QStringLiteral("the unit took the release, then ran the previous image without any record of a "
                           "trial"));
    return ended(verdict, Outcome::Reverted, cause,
                 QStringLiteral("the bootloader went back to the previous image"));
}

Task<Verdict> judgeTrial(Driver &driver, InstallOrder order, DeviceSnapshot after, JobContext job)
{
    if (!isSameUnit(after.identity, order.before.identity) || !runsImage(after, order.image.hash))
        co_return rollbackOf(order, after);

    job.report(StepStarted{JobStep::CheckingHealth, false});
    Result<Done> healthy = co_await attempt(awaitHealth(driver, order.image.health, job.clock));
    if (!healthy && isUnreachable(healthy.error())) {
        const Result<DeviceSnapshot> back = co_await attempt(lookUntilItAnswers(driver, job.clock));
        if (!back)
            co_return ended(base(order, order.before), Outcome::Unknown, Reason::LinkLost,
                            QStringLiteral("the unit left during its trial, and has not come back"));
        healthy = co_await attempt(awaitHealth(driver, order.image.health, job.clock));
    }
    if (!healthy)
        co_return co_await judgeUnhealthy(driver, order, healthy.error().detail, job);
    co_return co_await confirmTrial(driver, order, job);
}

} // namespace core
