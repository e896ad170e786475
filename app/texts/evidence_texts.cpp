// SPDX-License-Identifier: Apache-2.0
#include "app/texts/user_texts.h"

#include <QCoreApplication>

namespace texts {

namespace {

QString say(const char *text)
{
    return QCoreApplication::translate("texts", text);
}

QString started(const core::EvidenceEvent &event)
{
    const QString who = event.slot ? say("Slot %1").arg(core::slotName(*event.slot)) : say("The unit");
    switch (event.reset.value_or(core::ResetCause::Requested)) {
    case core::ResetCause::PowerOn:
        return say("%1 was started after power-on").arg(who);
    case core::ResetCause::Watchdog:
        return say("%1 was started after the watchdog bit").arg(who);
    case core::ResetCause::Crash:
        return say("%1 was started after a crash").arg(who);
    case core::ResetCause::Requested:
        return say("%1 was started").arg(who);
    }
    Q_UNREACHABLE();
}

QString rolledBack(const core::EvidenceEvent &event, const QString &slot)
{
    const QString why =
        event.rollback ? rollbackWord(*event.rollback).toLower() : say("code %1").arg(event.code);
    return say("%1 was rolled back: %2").arg(slot, why);
}

QString refused(const core::EvidenceEvent &event, const QString &slot)
{
    const QString why = event.refusal ? forReason(*event.refusal).title : say("code %1").arg(event.code);
    return say("%1 was refused by the bootloader: %2").arg(slot, why);
}

QString erased(const core::EvidenceEvent &event)
{
    using Region = core::EvidenceEvent::Region;
    if (!event.erased)
        return say("Region %1 was erased").arg(event.code);
    switch (*event.erased) {
    case Region::State:
        return say("The boot record was erased");
    case Region::Evidence:
        return say("The evidence before this was erased");
    case Region::Identity:
        return say("The identity was erased");
    case Region::ConfigurationA:
    case Region::ConfigurationB:
        return say("A configuration was erased");
    case Region::SlotA:
        return say("Slot A was erased");
    case Region::SlotB:
        return say("Slot B was erased");
    }
    Q_UNREACHABLE();
}

QString enteredRecovery(const core::EvidenceEvent &event)
{
    const QString what = say("It went into recovery mode");
    return event.recovery ? say("%1, because %2").arg(what, recoveryWord(*event.recovery)) : what;
}

} // namespace

QString evidenceSentence(const core::EvidenceEvent &event)
{
    using Kind = core::EvidenceEvent::Kind;
    const QString slot = event.slot ? say("Slot %1").arg(core::slotName(*event.slot)) : say("A slot");
    switch (event.kind) {
    case Kind::Boot:
        return started(event);
    case Kind::ImageRefused:
        return refused(event, slot);
    case Kind::RolledBack:
        return rolledBack(event, slot);
    case Kind::Confirmed:
        return say("%1 was confirmed").arg(slot);
    case Kind::RecoveryEntered:
        return enteredRecovery(event);
    case Kind::StateLost:
        return say("The boot record was lost and made anew");
    case Kind::Unlocked:
        return say("A recovery key unlocked it");
    case Kind::Erased:
        return erased(event);
    case Kind::Provisioned:
        return say("Its identity was written");
    case Kind::Other:
        return say("Entry with code %1").arg(event.code);
    }
    Q_UNREACHABLE();
}

} // namespace texts
