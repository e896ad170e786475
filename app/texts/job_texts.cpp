// SPDX-License-Identifier: Apache-2.0
#include "app/texts/user_texts.h"

#include <QCoreApplication>

namespace texts {

namespace {

QString say(const char *text)
{
    return QCoreApplication::translate("texts", text);
}

QString versionOr(const std::optional<core::Version> &version, const char *otherwise)
{
    return version ? core::toText(*version) : say(otherwise);
}

QString because(const core::Verdict &verdict)
{
    return verdict.reason ? u' ' + forReason(*verdict.reason).explanation : QString();
}

} // namespace

QString verdictWord(core::Outcome outcome)
{
    switch (outcome) {
    case core::Outcome::Ok:
        return say("Done");
    case core::Outcome::Updated:
        return say("Updated");
    case core::Outcome::AlreadyCurrent:
        return say("Already current");
    case core::Outcome::Staged:
        return say("Waiting for its trial");
    case core::Outcome::Reverted:
        return say("Rolled back");
    case core::Outcome::Recovered:
        return say("Recovered");
    case core::Outcome::Refused:
        return say("Refused");
    case core::Outcome::Failed:
        return say("Failed");
    case core::Outcome::Unknown:
        return say("Unknown: do not ship");
    case core::Outcome::Cancelled:
        return say("Stopped");
    }
    Q_UNREACHABLE();
}

QString verdictSentence(const core::Verdict &verdict)
{
    const QString to = versionOr(verdict.to, "the release");
    const QString from = versionOr(verdict.from, "what it ran");
    switch (verdict.outcome) {
    case core::Outcome::Ok:
        return say("It was done.");
    case core::Outcome::Updated:
        return say("The same unit runs %1, confirmed, and it is the image that was signed.").arg(to);
    case core::Outcome::AlreadyCurrent:
        return say("The unit runs %1, confirmed. There was nothing to do.").arg(to);
    case core::Outcome::Staged:
        return say("%1 is written and will be tried once at the next start.").arg(to);
    case core::Outcome::Reverted:
        return say("%1 did not pass its trial; %2 runs again.").arg(to, from) + because(verdict);
    case core::Outcome::Recovered:
        return say("The unit boots again: it runs %1, confirmed, and it is the image that was signed.")
            .arg(to);
    case core::Outcome::Refused:
        return say("Nothing was sent to the unit.") + because(verdict);
    case core::Outcome::Failed:
        return say("It did not work.") + because(verdict);
    case core::Outcome::Unknown:
        return say("What the unit runs could not be proven.") + because(verdict);
    case core::Outcome::Cancelled:
        return say("You stopped it before the new version was started.");
    }
    Q_UNREACHABLE();
}

QString safetySentence(const core::Verdict &verdict)
{
    switch (verdict.outcome) {
    case core::Outcome::Ok:
    case core::Outcome::Updated:
    case core::Outcome::AlreadyCurrent:
    case core::Outcome::Recovered:
        return say("The unit is safe and may be shipped.");
    case core::Outcome::Staged:
        return say("The unit is safe: it runs what it ran until its next start.");
    case core::Outcome::Reverted:
    case core::Outcome::Refused:
    case core::Outcome::Cancelled:
        return say("The unit is safe: it runs what it ran.");
    case core::Outcome::Failed:
        return core::runningSlot(verdict.unit) ? say("The unit is safe: it runs what it ran.")
                                               : say("The unit waits in recovery mode, as it did.");
    case core::Outcome::Unknown:
        return verdict.unit.bootState ? say("Its bootloader keeps the last good version, but do not ship the "
                                            "unit before it was inspected.")
                                      : say("Do not ship the unit before it was inspected.");
    }
    Q_UNREACHABLE();
}

QString checkTitle(core::PreflightCheck::Subject subject)
{
    using Subject = core::PreflightCheck::Subject;
    switch (subject) {
    case Subject::Product:
        return say("Product");
    case Subject::Hardware:
        return say("Hardware revision");
    case Subject::Bootloader:
        return say("Bootloader");
    case Subject::RollbackIndex:
        return say("Rollback index");
    case Subject::SlotFree:
        return say("Spare slot");
    case Subject::SlotSize:
        return say("Room in the slot");
    case Subject::UnitState:
        return say("State of the unit");
    case Subject::InstallWindow:
        return say("Install window (UTC)");
    case Subject::Battery:
        return say("Battery");
    case Subject::MainsPower:
        return say("Mains power");
    case Subject::Configuration:
        return say("Configuration");
    case Subject::Catalog:
        return say("Allowed on this computer");
    case Subject::TriedBefore:
        return say("Tried on this unit before");
    }
    Q_UNREACHABLE();
}

QString checkAnswer(const core::PreflightCheck &check)
{
    switch (check.answer) {
    case core::PreflightCheck::Answer::Passed:
        return check.detail.isEmpty() ? say("in order") : check.detail;
    case core::PreflightCheck::Answer::Failed:
        return check.reason ? say("%1 (%2)").arg(forReason(*check.reason).title, check.detail) : check.detail;
    case core::PreflightCheck::Answer::NotReported:
        return say("the unit does not say");
    }
    Q_UNREACHABLE();
}

QString rateLimitPhrase(core::RateLimit limit)
{
    switch (limit) {
    case core::RateLimit::Line:
        return say("limited by the line");
    case core::RateLimit::DeviceBuffers:
        return say("limited by the unit's buffers");
    case core::RateLimit::DeviceFlash:
        return say("limited by the unit's flash");
    }
    Q_UNREACHABLE();
}

QString stepTitle(core::JobStep step)
{
    switch (step) {
    case core::JobStep::ReadingEvidence:
        return say("Keeping the unit's evidence");
    case core::JobStep::Writing:
        return say("Writing to the spare slot");
    case core::JobStep::CheckingWritten:
        return say("Checking what was written");
    case core::JobStep::Restarting:
        return say("Restarting into the trial");
    case core::JobStep::CheckingHealth:
        return say("Checking its health");
    case core::JobStep::Confirming:
        return say("Confirming");
    case core::JobStep::Proving:
        return say("Proving the outcome");
    }
    Q_UNREACHABLE();
}

} // namespace texts
