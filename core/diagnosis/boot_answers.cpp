// SPDX-License-Identifier: Apache-2.0
#include "core/diagnosis/diagnosis.h"
#include "core/update/proof.h"

namespace core::diagnosis {

namespace {

using Kind = EvidenceEvent::Kind;

QString hex(const QByteArray &bytes)
{
    return QString::fromLatin1(bytes.toHex());
}

/// What lies in each slot, in the words of the lists: "1.1.0, confirmed".
void addSlotFacts(const DeviceSnapshot &unit, QList<Fact> &facts)
{
    for (const Slot &slot : unit.slots) {
        QStringList words{slot.holdsImage ? toText(slot.version) : QStringLiteral("nothing bootable")};
        if (slot.objection)
            words.append(reasonCode(*slot.objection));
        if (slot.isRunning)
            words.append(QStringLiteral("running"));
        if (slot.isConfirmed)
            words.append(QStringLiteral("confirmed"));
        if (slot.isPending)
            words.append(QStringLiteral("pending"));
        facts.append({QStringLiteral("slot_%1").arg(slotName(slot.index).toLower()),
                      words.join(QStringLiteral(", "))});
    }
}

void addRecordFacts(const BootState &state, QList<Fact> &facts)
{
    facts.append({QStringLiteral("starts"), QString::number(state.bootCount)});
    facts.append({QStringLiteral("minimum_rollback_index"), QString::number(state.minimumRollbackIndex)});
    if (!state.runningHash.isEmpty())
        facts.append({QStringLiteral("measured_hash"), hex(state.runningHash)});
    if (!state.rolledBackHash.isEmpty())
        facts.append({QStringLiteral("rolled_back_hash"), hex(state.rolledBackHash)});
}

bool holdsAnImage(const DeviceSnapshot &unit)
{
    return std::any_of(unit.slots.cbegin(), unit.slots.cend(),
                       [](const Slot &slot) { return slot.holdsImage; });
}

Finding stateOf(const DeviceSnapshot &unit)
{
    if (unit.stage == BootStage::Silent)
        return Finding::StateNotTold;
    if (!witnessesAgree(unit))
        return Finding::StateContradictory;
    if (unit.stage == BootStage::RomLoader)
        return Finding::StateInRomLoader;
    if (unit.stage == BootStage::OnTrial)
        return Finding::StateOnTrial;
    if (pendingSlot(unit))
        return Finding::StateTrialWaits;
    if (unit.stage == BootStage::InRecovery)
        return holdsAnImage(unit) ? Finding::StateHeldInRecovery : Finding::StateNothingBoots;
    if (!unit.bootState)
        return Finding::StateConfirmedByList;
    return unit.bootState->lastRollback == RollbackCause::None ? Finding::StateConfirmed
                                                               : Finding::StateBackFromTrial;
}

/// The stage that an entry says has failed; nothing for what is no failure.
std::optional<Finding> failedStageIn(const EvidenceEvent &event)
{
    switch (event.kind) {
    case Kind::ImageRefused: // An empty slot is no failure.
        return event.refusal == Reason::PayloadMissing ? std::nullopt
                                                       : std::optional(Finding::StageVerification);
    case Kind::RolledBack:
        return event.rollback == RollbackCause::CrashLoop   ? Finding::StageConfirmedImage
            : event.rollback == RollbackCause::ImageInvalid ? Finding::StageVerification
                                                            : Finding::StageTrial;
    case Kind::RecoveryEntered: {
        const bool wasAsked =
            event.recovery == RecoveryCause::Requested || event.recovery == RecoveryCause::Line;
        return wasAsked ? std::nullopt : std::optional(Finding::StageSelection);
    }
    case Kind::StateLost:
        return Finding::StageRecord;
    case Kind::Boot:
        return event.reset == ResetCause::Crash || event.reset == ResetCause::Watchdog
            ? std::optional(Finding::StageApplication)
            : std::nullopt;
    case Kind::Confirmed:
    case Kind::Unlocked:
    case Kind::Erased:
    case Kind::Provisioned:
    case Kind::Other:
        return std::nullopt;
    }
    Q_UNREACHABLE();
}

/// Somebody confirmed an image; the bootloader's own repetition of an older confirmation has the code 1.
bool isConfirmation(const EvidenceEvent &event)
{
    return event.kind == Kind::Confirmed && event.code == 0;
}

QList<Fact> factsOf(const EvidenceEvent &event, const DeviceSnapshot &unit)
{
    QList<Fact> facts{{QStringLiteral("start"), QString::number(event.bootCount)},
                      {QStringLiteral("code"), QString::number(event.code)}};
    if (unit.bootState)
        facts.append({QStringLiteral("starts_by_now"), QString::number(unit.bootState->bootCount)});
    if (event.slot)
        facts.append({QStringLiteral("slot"), slotName(*event.slot)});
    if (!event.image.isEmpty())
        facts.append({QStringLiteral("image"), hex(event.image)});
    return facts;
}

/// A slot that is neither run nor waited for, and holds something that is no whole image.
const Slot *slotWithRest(const DeviceSnapshot &unit)
{
    for (const Slot &slot : unit.slots) {
        const bool isBroken =
            slot.objection == Reason::HashMismatch || slot.objection == Reason::ImageMalformed;
        if (isBroken && !slot.isRunning && !slot.isPending)
            return &slot;
    }
    return nullptr;
}

} // namespace

DiagnosisAnswer aboutBootState(const Examination &seen)
{
    QList<Fact> facts;
    addSlotFacts(seen.unit, facts);
    if (!seen.unit.bootloader.isEmpty())
        facts.append({QStringLiteral("bootloader"), seen.unit.bootloader});
    if (seen.unit.bootState)
        addRecordFacts(*seen.unit.bootState, facts);
    if (!seen.unit.silence.isEmpty())
        facts.append({QStringLiteral("silence"), seen.unit.silence});
    return {Question::BootState, stateOf(seen.unit), {}, facts};
}

DiagnosisAnswer aboutFailedStage(const Examination &seen)
{
    if (!seen.evidence || seen.evidence->isEmpty())
        return {Question::FailedStage, Finding::StageNotTold};
    bool wasConfirmedSince = false;
    for (auto event = seen.evidence->crbegin(); event != seen.evidence->crend(); ++event) {
        const std::optional<Finding> failed = failedStageIn(*event);
        if (failed)
            return {Question::FailedStage, wasConfirmedSince ? Finding::StageFailureIsOver : *failed,
                    event->refusal, factsOf(*event, seen.unit), *event};
        wasConfirmedSince = wasConfirmedSince || isConfirmation(*event);
    }
    return {Question::FailedStage,
            Finding::StageNoneFailed,
            {},
            {{QStringLiteral("entries"), QString::number(seen.evidence->size())}}};
}

DiagnosisAnswer aboutHealth(const Examination &seen)
{
    const bool isApplication = seen.unit.stage == BootStage::Running || seen.unit.stage == BootStage::OnTrial;
    if (!isApplication)
        return {Question::Health, Finding::HealthNobodyToAsk};
    if (!seen.health || seen.health->isEmpty())
        return {Question::Health, Finding::HealthNotOffered};
    DiagnosisAnswer answer{Question::Health, Finding::HealthHolds};
    for (const HealthCheck &check : *seen.health) {
        const QString outcome = check.isPassed ? QStringLiteral("holds") : QStringLiteral("fails");
        answer.facts.append(
            {check.name,
             check.detail.isEmpty() ? outcome : QStringLiteral("%1: %2").arg(outcome, check.detail)});
        if (!check.isPassed) {
            answer.finding = Finding::HealthFails;
            answer.reason = Reason::HealthFailed;
        }
    }
    return answer;
}

DiagnosisAnswer aboutInterruption(const Examination &seen)
{
    const DeviceSnapshot &unit = seen.unit;
    constexpr auto kQuestion = Question::InterruptedStep;
    const auto inSlot = [](const Slot &slot) { return Fact{QStringLiteral("slot"), slotName(slot.index)}; };
    if (unit.stage == BootStage::Silent)
        return {kQuestion, Finding::InterruptionNotTold};
    if (unit.stage == BootStage::OnTrial && runningSlot(unit))
        return {kQuestion, Finding::InterruptedInTrial, {}, {inSlot(*runningSlot(unit))}};
    if (const Slot *pending = pendingSlot(unit))
        return {kQuestion, Finding::InterruptedBeforeTrial, {}, {inSlot(*pending)}};
    if (const Slot *rest = slotWithRest(unit))
        return {kQuestion, Finding::InterruptedTransfer, rest->objection, {inSlot(*rest)}};
    if (!unit.bootState)
        return {kQuestion, Finding::InterruptionNotTold};
    QList<Fact> facts;
    addSlotFacts(unit, facts);
    return {kQuestion, Finding::InterruptedNothing, {}, facts};
}

} // namespace core::diagnosis
