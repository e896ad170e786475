// SPDX-License-Identifier: Apache-2.0
#include "app/texts/diagnosis_texts.h"

#include "app/texts/user_texts.h"

#include <QCoreApplication>

#include <array>

namespace texts {

namespace {

using core::Finding;

struct FindingText {
    Finding finding;
    const char *sentence;
};

// The reason's explanation and the entry of the evidence follow where there is one.
constexpr std::array kFindings{
    FindingText{Finding::NoPackage, "No release was given, so there is nothing to compare the unit with."},
    FindingText{Finding::PackageUntrusted, "The release is not to be trusted."},
    FindingText{Finding::PackageTrustedOnly,
                "The release is signed by a trusted key; the unit does not say what it is."},
    FindingText{Finding::PackageDoesNotFit, "The release is signed by a trusted key, and not for this unit."},
    FindingText{Finding::PackageBlocked,
                "The release is signed by a trusted key, and this computer does not install it."},
    FindingText{Finding::PackageFitsAsFarAsTold,
                "The release is signed by a trusted key, and fits as far as the unit tells."},
    FindingText{Finding::PackageFits, "The release is signed by a trusted key, and made for this unit."},
    FindingText{Finding::PackageRuns, "The unit runs this release already."},

    FindingText{Finding::TargetNotTold, "The unit does not say which slots it has."},
    FindingText{Finding::NoTarget, "No slot may be written: what is in them is needed."},
    FindingText{Finding::TargetTooSmall, "The slot that may be written is too small for the release."},
    FindingText{Finding::TargetBusy, "The spare slot holds a trial, which has to end first."},
    FindingText{Finding::TargetFree, "There is a slot that may be written."},

    FindingText{Finding::StateNotTold, "The unit does not answer."},
    FindingText{Finding::StateContradictory,
                "The list of images and the bootloader's record contradict each other."},
    FindingText{Finding::StateInRomLoader, "The unit is in its chip's ROM loader: it has no bootloader."},
    FindingText{Finding::StateNothingBoots,
                "It is in recovery mode, and no slot holds an image that may run."},
    FindingText{Finding::StateHeldInRecovery,
                "It is in recovery mode, although a slot holds an image that may run."},
    FindingText{Finding::StateOnTrial, "It runs a version on trial, which goes away at the next restart."},
    FindingText{Finding::StateTrialWaits, "A version waits for its trial at the next restart."},
    FindingText{Finding::StateBackFromTrial, "It runs a confirmed version again, after a trial that failed."},
    FindingText{Finding::StateConfirmedByList,
                "It says that it runs a confirmed version; its bootloader keeps no record to compare with."},
    FindingText{Finding::StateConfirmed, "It runs a confirmed version, and the same boots next."},

    FindingText{Finding::StageNotTold, "The unit keeps no record of its failures, or does not tell it."},
    FindingText{Finding::StageNoneFailed, "The evidence tells of no failure."},
    FindingText{Finding::StageFailureIsOver, "A version was confirmed since the last failure."},
    FindingText{Finding::StageVerification, "The bootloader did not accept an image."},
    FindingText{Finding::StageTrial, "A version was started on trial, and did not pass."},
    FindingText{Finding::StageConfirmedImage, "A confirmed version crashed until the bootloader gave it up."},
    FindingText{Finding::StageApplication, "A version ran, and then crashed or hung."},
    FindingText{Finding::StageSelection, "The bootloader found no image that it could start."},
    FindingText{Finding::StageRecord, "The bootloader found no record of its own."},

    FindingText{Finding::HealthNobodyToAsk, "No application runs that could be asked."},
    FindingText{Finding::HealthNotOffered, "The application offers no health checks."},
    FindingText{Finding::HealthFails, "At least one of the application's own checks does not hold."},
    FindingText{Finding::HealthHolds, "All of the application's own checks hold."},

    FindingText{Finding::ConfigurationNotTold, "The unit does not tell its configuration."},
    FindingText{Finding::ConfigurationNone, "The unit has no configuration, so none can be lost."},
    FindingText{Finding::ConfigurationNotCompared,
                "The unit has a configuration, and there is no release that names the schema it reads."},
    FindingText{Finding::ConfigurationTooNew,
                "The unit's configuration follows a newer schema than the release can read."},
    FindingText{Finding::ConfigurationFits, "The release can read the unit's configuration."},

    FindingText{Finding::InterruptionNotTold, "The unit does not say whether something was cut off."},
    FindingText{Finding::InterruptedTransfer,
                "A slot holds a part of an image: a transfer was cut off, or the image was damaged."},
    FindingText{Finding::InterruptedBeforeTrial, "A version was written, and its trial has not begun."},
    FindingText{Finding::InterruptedInTrial, "A trial was begun, and nobody has ended it."},
    FindingText{Finding::InterruptedNothing, "Nothing was begun that has not ended."},
};
static_assert(kFindings.size() == std::size_t(Finding::InterruptedNothing) + 1);

QString say(const char *text)
{
    return QCoreApplication::translate("texts", text);
}

} // namespace

QString questionTitle(core::Question question)
{
    switch (question) {
    case core::Question::Package:
        return say("Package");
    case core::Question::WriteTarget:
        return say("Write target");
    case core::Question::BootState:
        return say("Boot state");
    case core::Question::FailedStage:
        return say("Failed stage");
    case core::Question::Health:
        return say("Health");
    case core::Question::Configuration:
        return say("Configuration");
    case core::Question::InterruptedStep:
        return say("Interrupted step");
    }
    Q_UNREACHABLE();
}

QString markWord(core::Mark mark)
{
    switch (mark) {
    case core::Mark::Good:
        return say("good");
    case core::Mark::Attention:
        return say("attention");
    case core::Mark::Bad:
        return say("bad");
    case core::Mark::Unknown:
        return say("cannot tell");
    }
    Q_UNREACHABLE();
}

QString findingSentence(const core::DiagnosisAnswer &answer)
{
    QString sentence = say(kFindings[std::size_t(answer.finding)].sentence);
    if (answer.event)
        return sentence
            + say(" Start %1: %2.").arg(answer.event->bootCount).arg(evidenceSentence(*answer.event));
    if (answer.question == core::Question::Package && answer.reason)
        sentence += u' ' + forReason(*answer.reason).explanation;
    return sentence;
}

QString nextStepSentence(core::NextStep step)
{
    switch (step) {
    case core::NextStep::Nothing:
        return say("There is nothing to do.");
    case core::NextStep::CheckCableAndPower:
        return say("Check the cable and the power. If it stays silent, call it into recovery mode with "
                   "'recover --enter' while you switch it off and on.");
    case core::NextStep::KeepAsItIs:
        return say("Do not ship or repair the unit. Keep this report, and have an engineer look at it.");
    case core::NextStep::UseRomLoader:
        return say("Write the bootloader with the chip maker's tool, then recover the unit with a release.");
    case core::NextStep::ChooseOtherRelease:
        return say("Choose another release for this unit.");
    case core::NextStep::Recover:
        return say("Recover it with a release: 'recover'.");
    case core::NextStep::EndTrial:
        return say("Look at its health, then confirm or revert the trial.");
    case core::NextStep::Restart:
        return say("Update with the same release: it restarts the unit into the trial and judges it.");
    case core::NextStep::LookAtHealth:
        return say("Look at what the failing check watches. If that is in order, report the version.");
    case core::NextStep::RepeatUpdate:
        return say("Run the same update again: it goes on where the transfer stopped.");
    case core::NextStep::Update:
        return say("The release may be installed: 'update'.");
    case core::NextStep::ReportRelease:
        return say("Report the version that failed, with this evidence. The unit is safe with what it runs.");
    }
    Q_UNREACHABLE();
}

} // namespace texts
