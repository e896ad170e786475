// SPDX-License-Identifier: Apache-2.0
#include "core/update/install.h"

#include "core/device/survey.h"
#include "core/update/proof.h"
#include "core/update/trial.h"

#include <algorithm>

namespace core {

namespace {

constexpr int kArmAttempts = 3; // A line or two may be lost to noise.
constexpr int kRestartAttempts = 3;

Verdict verdictOf(const InstallOrder &order, Outcome outcome, std::optional<Reason> reason, QString detail)
{
    const Slot *running = runningSlot(order.before);
    return {.outcome = outcome,
            .reason = reason,
            .detail = std::move(detail),
            .unit = order.before,
            .from = running ? std::optional(running->version) : std::nullopt,
            .to = order.image.version,
            .hash = order.image.hash};
}

/// Nothing but the spare slot was touched: the unit runs what it ran.
Verdict endedEarly(const InstallOrder &order, const Error &error)
{
    const bool isCancelled = error.kind == ErrorKind::Cancelled;
    return verdictOf(order, isCancelled ? Outcome::Cancelled : Outcome::Failed,
                     reasonOf(error).value_or(Reason::WriteFailed), error.detail);
}

Verdict unproven(const InstallOrder &order, const Error &error)
{
    return verdictOf(order, Outcome::Unknown, reasonOf(error).value_or(Reason::TrialNotBooted), error.detail);
}

/// Whether a slot holds it, bootable or not: what the bootloader has against it, it says when it is to try
/// it.
bool lists(const DeviceSnapshot &unit, const QByteArray &hash)
{
    return std::any_of(unit.slots.cbegin(), unit.slots.cend(),
                       [&hash](const Slot &slot) { return slot.hash == hash; });
}

Task<Done> stopIfAsked(JobContext job)
{
    if (job.isStopped())
        co_return fail(ErrorKind::Cancelled, Reason::Cancelled,
                       QStringLiteral("stopped before the next step"));
    co_return Done{};
}

Task<Done> writeImage(Driver &driver, InstallOrder order, JobContext job)
{
    if (slotWithImage(order.before, order.image.hash))
        co_return Done{};

    co_await stopIfAsked(job);
    job.report(StepStarted{JobStep::Writing});
    WriteControl control{[job](const WriteProgressed &progress) { job.report(progress); }, job.stop};
    co_return co_await driver.write(order.image.file, std::move(control));
}

/// The unit's own word that the slot holds what was signed, not what we believe to have sent.
Task<Done> checkWritten(Driver &driver, InstallOrder order, JobContext job)
{
    job.report(StepStarted{JobStep::CheckingWritten});
    const DeviceSnapshot unit = co_await driver.identify();
    if (!isSameUnit(unit.identity, order.before.identity))
        co_return fail(ErrorKind::AmbiguousDevice, Reason::NotSameUnit,
                       QStringLiteral("another unit answers after the write"));
    if (!lists(unit, order.image.hash))
        co_return fail(ErrorKind::RefusedByDevice, Reason::ReadbackMismatch,
                       QStringLiteral("the unit does not list the image that was written"));
    job.report(StateReached{JobState::Written});
    co_return Done{};
}

Task<Done> bringIntoSlot(Driver &driver, InstallOrder order, JobContext job)
{
    co_await writeImage(driver, order, job);
    co_await checkWritten(driver, order, job);
    co_return co_await stopIfAsked(job);
}

/// Marks the image for its trial, and has the unit say so: an answer that was lost is no reason to guess, and
/// one that came is no proof.
Task<DeviceSnapshot> armTrial(Driver &driver, InstallOrder order, JobContext job)
{
    for (int attemptsLeft = kArmAttempts; attemptsLeft > 0; --attemptsLeft) {
        const Result<Done> asked =
            co_await attempt(driver.tryOnNextBoot(order.image.hash, order.rolledBackBefore));
        if (!asked && !isAnswerLost(asked.error()))
            co_return passOn(asked.error());
        DeviceSnapshot unit = co_await lookUntilItAnswers(driver, job.clock);
        if (isArmed(unit, order.image.hash))
            co_return unit;
    }
    co_return fail(ErrorKind::MalformedReply, Reason::TrialNotBooted,
                   QStringLiteral("the unit accepts the trial, and does not list it"));
}

/// Only a refusal leaves no doubt. A unit that went silent, or that contradicts itself, may have heard: it is
/// not known what its next start does.
Verdict notArmed(const InstallOrder &order, const Error &error)
{
    const bool isRefused = error.kind == ErrorKind::RefusedByDevice || error.kind == ErrorKind::Unsupported;
    return isRefused ? endedEarly(order, error) : unproven(order, error);
}

Task<DeviceSnapshot> restart(Driver &driver, InstallOrder order, JobContext job)
{
    const Milliseconds estimate = estimateRestart(order.before, order.image.file.size(), job.restartBefore);
    job.report(StateReached{JobState::Trial});
    job.report(StepStarted{JobStep::Restarting, false, estimate});
    for (int attemptsLeft = kRestartAttempts;; --attemptsLeft) {
        co_await driver.reload(ReloadInto::Application);
        DeviceSnapshot unit = co_await lookUntilItAnswers(driver, job.clock);
        // A unit that went and came back with its trial still before it was pulled out before it heard.
        if (attemptsLeft == 1 || !isArmed(unit, order.image.hash))
            co_return unit;
    }
}

} // namespace

Task<Verdict> install(Driver &driver, InstallOrder order, JobContext job)
{
    if (runsImage(order.before, order.image.hash))
        co_return co_await judgeTrial(driver, order, order.before, job);

    const Result<Done> written = co_await attempt(bringIntoSlot(driver, order, job));
    if (!written)
        co_return endedEarly(order, written.error());
    const Result<DeviceSnapshot> armed = co_await attempt(armTrial(driver, order, job));
    if (!armed)
        co_return notArmed(order, armed.error());
    if (order.ending == InstallOrder::Ending::Staged) {
        Verdict staged = verdictOf(order, Outcome::Staged, {}, {});
        staged.unit = *armed;
        co_return staged;
    }

    const Milliseconds begun = job.clock.now();
    const Result<DeviceSnapshot> after = co_await attempt(restart(driver, order, job));
    if (!after)
        co_return unproven(order, after.error());
    const RestartTime took{order.image.file.size(), job.clock.now() - begun};
    Verdict verdict = co_await judgeTrial(driver, order, *after, job);
    if (runsImage(*after, order.image.hash))
        verdict.restart = took;
    co_return verdict;
}

} // namespace core
