// SPDX-License-Identifier: Apache-2.0
#include "app/events/diagnosis_json.h"

#include "app/texts/diagnosis_texts.h"

namespace events {

QString questionName(core::Question question)
{
    switch (question) {
    case core::Question::Package:
        return QStringLiteral("package");
    case core::Question::WriteTarget:
        return QStringLiteral("write_target");
    case core::Question::BootState:
        return QStringLiteral("boot_state");
    case core::Question::FailedStage:
        return QStringLiteral("failed_stage");
    case core::Question::Health:
        return QStringLiteral("health");
    case core::Question::Configuration:
        return QStringLiteral("configuration");
    case core::Question::InterruptedStep:
        return QStringLiteral("interrupted_step");
    }
    Q_UNREACHABLE();
}

QString markName(core::Mark mark)
{
    switch (mark) {
    case core::Mark::Good:
        return QStringLiteral("good");
    case core::Mark::Attention:
        return QStringLiteral("attention");
    case core::Mark::Bad:
        return QStringLiteral("bad");
    case core::Mark::Unknown:
        return QStringLiteral("unknown");
    }
    Q_UNREACHABLE();
}

QString nextStepName(core::NextStep step)
{
    switch (step) {
    case core::NextStep::Nothing:
        return QStringLiteral("nothing");
    case core::NextStep::CheckCableAndPower:
        return QStringLiteral("check_cable_and_power");
    case core::NextStep::KeepAsItIs:
        return QStringLiteral("keep_as_it_is");
    case core::NextStep::UseRomLoader:
        return QStringLiteral("use_rom_loader");
    case core::NextStep::ChooseOtherRelease:
        return QStringLiteral("choose_other_release");
    case core::NextStep::Recover:
        return QStringLiteral("recover");
    case core::NextStep::EndTrial:
        return QStringLiteral("end_trial");
    case core::NextStep::Restart:
        return QStringLiteral("restart");
    case core::NextStep::LookAtHealth:
        return QStringLiteral("look_at_health");
    case core::NextStep::RepeatUpdate:
        return QStringLiteral("repeat_update");
    case core::NextStep::Update:
        return QStringLiteral("update");
    case core::NextStep::ReportRelease:
        return QStringLiteral("report_release");
    }
    Q_UNREACHABLE();
}

QJsonObject answerJson(const core::DiagnosisAnswer &answer)
{
    QJsonObject facts;
    for (const core::Fact &fact : answer.facts)
        facts.insert(fact.name, fact.value);
    return {
        {QStringLiteral("question"), questionName(answer.question)},
        {QStringLiteral("verdict"), markName(core::markOf(answer.finding))},
        {QStringLiteral("sentence"), texts::findingSentence(answer)},
        {QStringLiteral("reason"),
         answer.reason ? QJsonValue(core::reasonCode(*answer.reason)) : QJsonValue(QJsonValue::Null)},
        {QStringLiteral("facts"), facts},
    };
}

} // namespace events
