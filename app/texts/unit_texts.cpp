// SPDX-License-Identifier: Apache-2.0
#include "app/texts/user_texts.h"
#include "core/device/boot_forecast.h"

#include <QCoreApplication>

namespace texts {

namespace {

QString say(const char *text)
{
    return QCoreApplication::translate("texts", text);
}

QString versionIn(const core::DeviceSnapshot &unit, int slot)
{
    for (const core::Slot &candidate : unit.slots)
        if (candidate.index == slot && candidate.holdsImage)
            return core::toText(candidate.version);
    return say("nothing bootable");
}

/// "A 1.0.0"
QString imageIn(const core::DeviceSnapshot &unit, int slot)
{
    return QStringLiteral("%1 %2").arg(core::slotName(slot), versionIn(unit, slot));
}

QString whyInRecovery(const core::DeviceSnapshot &unit)
{
    const bool isTold = unit.bootState && unit.bootState->recoveryCause
        && unit.bootState->recoveryCause != core::RecoveryCause::NoImage; // What boots next says the same.
    return isTold ? say(", because %1").arg(recoveryWord(*unit.bootState->recoveryCause)) : QString();
}

QString runsNow(const core::DeviceSnapshot &unit)
{
    const core::Slot *running = core::runningSlot(unit);
    switch (unit.stage) {
    case core::BootStage::Silent:
        return say("The unit does not answer.");
    case core::BootStage::RomLoader:
        return say("The unit is in its chip's ROM loader.");
    case core::BootStage::InRecovery:
        return say("The unit is in recovery mode and runs no application") + whyInRecovery(unit) + u'.';
    case core::BootStage::OnTrial:
        return running ? say("Runs %1 on trial.").arg(imageIn(unit, running->index)) : QString();
    case core::BootStage::Running:
        return running ? say("Runs %1, confirmed.").arg(imageIn(unit, running->index)) : QString();
    }
    Q_UNREACHABLE();
}

QString fallbackSentence(const core::DeviceSnapshot &unit, std::optional<int> fallback)
{
    return fallback ? say("if it does not confirm, %1 runs again.").arg(imageIn(unit, *fallback))
                    : say("if it does not confirm, the unit goes into recovery mode.");
}

QString bootsNext(const core::DeviceSnapshot &unit)
{
    using Kind = core::BootForecast::Kind;
    const core::BootForecast forecast = core::forecastBoot(unit);
    switch (forecast.kind) {
    case Kind::Unknown:
        return say("What boots next is not known.");
    case Kind::SameAgain:
        return say("The same boots at the next start.");
    case Kind::TrialFirst:
        return say("%1 holds %2 and will be tried once at the next start; ")
                   .arg(core::slotName(*forecast.slot), versionIn(unit, *forecast.slot))
            + fallbackSentence(unit, forecast.fallback);
    case Kind::RollsBack:
        return forecast.fallback
            ? say("Unless it is confirmed, %1 runs again at the next start.")
                  .arg(imageIn(unit, *forecast.fallback))
            : say("Unless it is confirmed, the unit goes into recovery mode at the next start.");
    case Kind::StaysInRecovery:
        return say("No slot holds an image that may run, so it stays there until it is recovered.");
    case Kind::LeavesRecovery:
        return say("%1 boots at the next start.").arg(imageIn(unit, *forecast.slot));
    }
    Q_UNREACHABLE();
}

/// The cause is that of the last trial, which may have been another one.
QString rolledBackChip(core::RollbackCause cause)
{
    return cause == core::RollbackCause::None ? say("rolled back before")
                                              : say("rolled back: %1").arg(rollbackWord(cause).toLower());
}

QString lastRollback(const core::DeviceSnapshot &unit)
{
    if (!unit.bootState || unit.bootState->lastRollback == core::RollbackCause::None)
        return {};
    return say(" The last trial was rolled back: %1.")
        .arg(rollbackWord(unit.bootState->lastRollback).toLower());
}

} // namespace

QString stageWord(core::BootStage stage)
{
    switch (stage) {
    case core::BootStage::Silent:
        return say("Silent");
    case core::BootStage::Running:
        return say("Running");
    case core::BootStage::OnTrial:
        return say("On trial");
    case core::BootStage::InRecovery:
        return say("In recovery");
    case core::BootStage::RomLoader:
        return say("ROM loader");
    }
    Q_UNREACHABLE();
}

QString rollbackWord(core::RollbackCause cause)
{
    switch (cause) {
    case core::RollbackCause::None:
        return {};
    case core::RollbackCause::Crashed:
        return say("Crashed");
    case core::RollbackCause::Watchdog:
        return say("Hung");
    case core::RollbackCause::NotConfirmed:
        return say("Restarted before it was confirmed");
    case core::RollbackCause::Unhealthy:
        return say("A health check failed");
    case core::RollbackCause::Requested:
        return say("Reverted by hand");
    case core::RollbackCause::ImageInvalid:
        return say("The image did not verify");
    case core::RollbackCause::Expired:
        return say("Nobody confirmed it in time");
    case core::RollbackCause::CrashLoop:
        return say("Crashed again and again");
    case core::RollbackCause::NoWatchdog:
        return say("The unit has no watchdog to try it under");
    }
    Q_UNREACHABLE();
}

QString recoveryWord(core::RecoveryCause cause)
{
    switch (cause) {
    case core::RecoveryCause::NoImage:
        return say("no slot holds an image that may run");
    case core::RecoveryCause::Requested:
        return say("the application or a button asked for it");
    case core::RecoveryCause::Line:
        return say("it was called on the line while it started");
    case core::RecoveryCause::CrashLoop:
        return say("every image crashes");
    }
    Q_UNREACHABLE();
}

QString bootSentence(const core::DeviceSnapshot &unit)
{
    if (!unit.wasAsked)
        return say("Nothing is known of what is connected to this port.");
    if (unit.stage == core::BootStage::Silent)
        return runsNow(unit);
    return runsNow(unit) + u' ' + bootsNext(unit) + lastRollback(unit);
}

QString silenceRemedy(const core::DeviceSnapshot &unit)
{
    if (unit.stage != core::BootStage::Silent || !unit.attachment)
        return {};
    const QString &user = unit.attachment->usedBy;
    if (!user.isEmpty())
        return say("%1 uses its port. Close it, then look again.").arg(user);
    if (unit.silenceReason == core::Reason::DeviceInUse || unit.silenceReason == core::Reason::NotPermitted)
        return forReason(*unit.silenceReason).remedy;
    const QString entry = unit.attachment->profile ? unit.attachment->profile->recoveryEntry : QString();
    return entry;
}

QStringList slotChips(const core::DeviceSnapshot &unit, const core::Slot &slot)
{
    if (!slot.holdsImage)
        return {say("nothing bootable")};
    QStringList chips;
    if (slot.isRunning)
        chips.append(unit.stage == core::BootStage::OnTrial ? say("runs now, on trial") : say("runs now"));
    if (slot.isConfirmed)
        chips.append(say("confirmed"));
    if (slot.isPending)
        chips.append(say("tried at the next start"));
    if (unit.bootState && unit.bootState->rolledBackHash == slot.hash)
        chips.append(rolledBackChip(unit.bootState->lastRollback));
    return chips;
}

} // namespace texts
