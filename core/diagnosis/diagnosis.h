// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/diagnosis/examination.h"

namespace core {

/// What a support engineer asks of a unit, in this order (docs/formats/json_events.md).
enum class Question {
    Package, // is the release trusted, made for this unit, and not blocked here?
    WriteTarget, // is there a slot that may be written?
    BootState, // what runs, and what boots next?
    FailedStage, // which stage of the boot failed last?
    Health, // do the unit's own checks hold?
    Configuration, // can the release read the unit's configuration?
    InterruptedStep, // was something begun and not ended?
};

/// The answer in one word. Unknown is an answer: the unit does not say.
enum class Mark { Good, Attention, Bad, Unknown };

/// What was found; each belongs to one question, and has its mark and its sentence (app/texts).
enum class Finding {
    NoPackage,
    PackageUntrusted,
    PackageTrustedOnly, // the unit does not say what it is
    PackageDoesNotFit,
    PackageBlocked, // by a rule of this computer's catalog; also when the unit runs it
    PackageFitsAsFarAsTold,
    PackageFits,
    PackageRuns,

    TargetNotTold,
    NoTarget,
    TargetTooSmall,
    TargetBusy,
    TargetFree,

    StateNotTold,
    StateContradictory,
    StateInRomLoader,
    StateNothingBoots,
    StateHeldInRecovery, // although there is an image that may run
    StateOnTrial,
    StateTrialWaits,
    StateBackFromTrial,
    StateConfirmedByList, // there is no record of the bootloader to compare with
    StateConfirmed,

    StageNotTold,
    StageNoneFailed,
    StageFailureIsOver, // an image was confirmed since
    StageVerification,
    StageTrial,
    StageConfirmedImage, // it crashed again and again, and the bootloader gave it up
    StageApplication, // it crashed or hung, outside of a trial
    StageSelection, // no image was left to start
    StageRecord, // the bootloader found no valid record

    HealthNobodyToAsk,
    HealthNotOffered,
    HealthFails,
    HealthHolds,

    ConfigurationNotTold,
    ConfigurationNone,
    ConfigurationNotCompared,
    ConfigurationTooNew,
    ConfigurationFits,

    InterruptionNotTold,
    InterruptedTransfer,
    InterruptedBeforeTrial,
    InterruptedInTrial,
    InterruptedNothing,
};

Mark markOf(Finding finding);

/// What an answer rests on: a stable name, and the value as the unit or the release gave it.
struct Fact {
    QString name;
    QString value;
};

struct DiagnosisAnswer {
    Question question;
    Finding finding;
    std::optional<Reason> reason = {}; // of a release or an image that is refused
    QList<Fact> facts = {};
    std::optional<EvidenceEvent> event = {}; // the entry of the evidence that tells of the failure
};

enum class NextStep {
    Nothing,
    CheckCableAndPower,
    KeepAsItIs, // contradicts itself: not to be shipped, nor repaired before somebody looked
    UseRomLoader,
    ChooseOtherRelease,
    Recover,
    EndTrial, // confirm or revert
    Restart, // into the trial that waits
    LookAtHealth,
    RepeatUpdate, // goes on where the transfer stopped
    Update,
    ReportRelease,
};

struct Diagnosis {
    QList<DiagnosisAnswer> answers; // one to each question, in their order
    NextStep next = NextStep::Nothing;
};

/// Answers the seven questions from what was asked of the unit. Asks nothing itself, and never says Good
/// without a fact from the unit.
Diagnosis diagnose(const Examination &seen);

namespace diagnosis {

// One part of the questions each.
DiagnosisAnswer aboutPackage(const Examination &seen);
DiagnosisAnswer aboutTarget(const Examination &seen);
DiagnosisAnswer aboutConfiguration(const Examination &seen);
DiagnosisAnswer aboutBootState(const Examination &seen);
DiagnosisAnswer aboutFailedStage(const Examination &seen);
DiagnosisAnswer aboutHealth(const Examination &seen);
DiagnosisAnswer aboutInterruption(const Examination &seen);

} // namespace diagnosis

} // namespace core
