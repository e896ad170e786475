// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/device/device_snapshot.h"
#include "core/release/foreign/image_judgement.h"
#include "core/update/plan.h"

namespace texts {

/// What a person is told: what happened, why, and what to do now. Plain language, no codes.
struct UserText {
    QString title;
    QString explanation;
    QString remedy;
};

UserText forReason(core::Reason reason);
UserText forError(const core::Error &error); // by its reason where it has one, else by its kind

/// One word for what a unit is doing: Running, On trial, In recovery, ROM loader, Silent.
QString stageWord(core::BootStage stage);

/// What the unit runs and what boots next, in one or two sentences:
/// "Runs A 1.0.0, confirmed. B holds 1.1.0 and will be tried once at the next start; …"
QString bootSentence(const core::DeviceSnapshot &unit);

/// What a person can do about a unit that is silent; empty when nothing is known beyond its cable.
QString silenceRemedy(const core::DeviceSnapshot &unit);

/// The words in a slot's chips: "runs now", "confirmed", "boots next", "on trial", "rolled back: crashed at
/// boot".
QStringList slotChips(const core::DeviceSnapshot &unit, const core::Slot &slot);

QString verdictWord(core::Outcome outcome); // "Updated", "Rolled back", "Unknown: do not ship"
QString verdictSentence(const core::Verdict &verdict);

/// Whether the unit is safe, and what it runs: the second of an error's four parts.
QString safetySentence(const core::Verdict &verdict);

/// What a person has to know of the release's trust before it is installed; empty when all is well.
QStringList trustWarnings(const core::UpdatePlan &plan);

/// "UNSAFE: …", for an image that is signed with a key that everyone has.
QString demoKeyWarning(const QString &key);

/// What is known of who made an image, in a sentence.
QString judgementSentence(const core::ImageJudgement &judgement);

QString checkTitle(core::PreflightCheck::Subject subject);
QString checkAnswer(const core::PreflightCheck &check);
QString stepTitle(core::JobStep step);

/// "limited by the line": why a write is not faster.
QString rateLimitPhrase(core::RateLimit limit);

/// One entry of the unit's evidence log, in a sentence: "Slot B was rolled back: crashed."
QString evidenceSentence(const core::EvidenceEvent &event);

/// "Crashed at boot", for the cause of a rollback; empty for None.
QString rollbackWord(core::RollbackCause cause);

/// "every image crashes": why a unit went into recovery mode, as the end of a sentence.
QString recoveryWord(core::RecoveryCause cause);

} // namespace texts
