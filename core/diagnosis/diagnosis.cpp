// SPDX-License-Identifier: Apache-2.0
#include "core/diagnosis/diagnosis.h"

#include "core/update/proof.h"

namespace core {

namespace {

bool has(const QList<DiagnosisAnswer> &answers, Finding finding)
{
    return std::any_of(answers.cbegin(), answers.cend(),
                       [finding](const DiagnosisAnswer &answer) { return answer.finding == finding; });
}

struct Advice {
    Finding finding;
    NextStep step;
};

// The first that was found counts: what keeps the others from being true comes first.
constexpr std::array kAdvice{
    Advice{Finding::StateNotTold, NextStep::CheckCableAndPower},
    Advice{Finding::StateContradictory, NextStep::KeepAsItIs},
    Advice{Finding::StateInRomLoader, NextStep::UseRomLoader},
    Advice{Finding::PackageUntrusted, NextStep::ChooseOtherRelease},
    Advice{Finding::PackageDoesNotFit, NextStep::ChooseOtherRelease},
    Advice{Finding::PackageBlocked, NextStep::ChooseOtherRelease},
    Advice{Finding::ConfigurationTooNew, NextStep::ChooseOtherRelease},
    Advice{Finding::TargetTooSmall, NextStep::ChooseOtherRelease},
    Advice{Finding::StateNothingBoots, NextStep::Recover},
    Advice{Finding::StateHeldInRecovery, NextStep::Recover},
    Advice{Finding::StateOnTrial, NextStep::EndTrial},
    Advice{Finding::StateTrialWaits, NextStep::Restart},
    Advice{Finding::HealthFails, NextStep::LookAtHealth},
    Advice{Finding::InterruptedTransfer, NextStep::RepeatUpdate},
    Advice{Finding::PackageFits, NextStep::Update},
    Advice{Finding::PackageFitsAsFarAsTold, NextStep::Update},
    Advice{Finding::StateBackFromTrial, NextStep::ReportRelease},
    Advice{Finding::StageConfirmedImage, NextStep::ReportRelease},
    Advice{Finding::StageApplication, NextStep::ReportRelease},
};

NextStep nextStep(const QList<DiagnosisAnswer> &answers)
{
    for (const Advice &advice : kAdvice)
        if (has(answers, advice.finding))
            return advice.step;
    return NextStep::Nothing;
}

} // namespace

Mark markOf(Finding finding)
{
    switch (finding) {
    case Finding::PackageFits:
    case Finding::PackageRuns:
    case Finding::TargetFree:
    case Finding::StateConfirmed:
    case Finding::StageNoneFailed:
    case Finding::StageFailureIsOver:
    case Finding::HealthHolds:
    case Finding::ConfigurationNone:
    case Finding::ConfigurationFits:
    case Finding::InterruptedNothing:
        return Mark::Good;
    case Finding::PackageFitsAsFarAsTold:
    case Finding::TargetBusy:
    case Finding::StateHeldInRecovery:
    case Finding::StateOnTrial:
    case Finding::StateTrialWaits:
    case Finding::StateBackFromTrial:
    case Finding::StageTrial:
    case Finding::StageApplication:
    case Finding::StageRecord:
    case Finding::InterruptedTransfer:
    case Finding::InterruptedBeforeTrial:
    case Finding::InterruptedInTrial:
        return Mark::Attention;
    case Finding::PackageUntrusted:
    case Finding::PackageDoesNotFit:
    case Finding::PackageBlocked:
    case Finding::NoTarget:
    case Finding::TargetTooSmall:
    case Finding::StateContradictory:
    case Finding::StateInRomLoader:
    case Finding::StateNothingBoots:
    case Finding::StageVerification:
    case Finding::StageConfirmedImage:
    case Finding::StageSelection:
    case Finding::HealthFails:
    case Finding::ConfigurationTooNew:
        return Mark::Bad;
    case Finding::NoPackage:
    case Finding::PackageTrustedOnly:
    case Finding::TargetNotTold:
    case Finding::StateNotTold:
    case Finding::StateConfirmedByList:
    case Finding::StageNotTold:
    case Finding::HealthNobodyToAsk:
    case Finding::HealthNotOffered:
    case Finding::ConfigurationNotTold:
    case Finding::ConfigurationNotCompared:
    case Finding::InterruptionNotTold:
        return Mark::Unknown;
    }
    Q_UNREACHABLE();
}

Diagnosis diagnose(const Examination &seen)
{
    Diagnosis found{.answers = {diagnosis::aboutPackage(seen), diagnosis::aboutTarget(seen),
                                diagnosis::aboutBootState(seen), diagnosis::aboutFailedStage(seen),
                                diagnosis::aboutHealth(seen), diagnosis::aboutConfiguration(seen),
                                diagnosis::aboutInterruption(seen)}};
    found.next = nextStep(found.answers);
    return found;
}

} // namespace core
