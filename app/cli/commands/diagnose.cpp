// SPDX-License-Identifier: Apache-2.0
#include "app/cli/job_runner.h"
#include "app/cli/session.h"
#include "app/events/diagnosis_json.h"
#include "app/events/event_json.h"
#include "app/state/catalog_rules.h"
#include "app/texts/diagnosis_texts.h"

#include <QDateTime>
#include <QJsonArray>

namespace cli {

namespace {

struct DiagnoseOptions {
    std::string device;
    std::string bundle; // empty: none was given
};

/// A file that cannot be read is the command's failure, not a finding about the unit.
bool isUnreadable(const core::Error &error)
{
    return error.kind == core::ErrorKind::FileFailed;
}

void tellAnswer(const core::DiagnosisAnswer &answer, Output &output)
{
    QJsonObject members = events::answerJson(answer);
    members.insert(QStringLiteral("note"), QStringLiteral("diagnosis"));
    QStringList lines{QStringLiteral("%1  %2  %3")
                          .arg(texts::questionTitle(answer.question).leftJustified(16),
                               texts::markWord(core::markOf(answer.finding)).leftJustified(11),
                               texts::findingSentence(answer))};
    for (const core::Fact &fact : answer.facts)
        lines.append(QStringLiteral("    %1: %2").arg(fact.name, fact.value));
    output.note(lines, members);
}

void tell(const core::Examination &seen, const core::Diagnosis &found, Output &output)
{
    output.device(seen.unit);
    for (const core::DiagnosisAnswer &answer : found.answers)
        tellAnswer(answer, output);
    if (seen.evidence) {
        output.say(QStringLiteral("What the unit recorded:"));
        output.jobEvent(core::EvidenceRead{*seen.evidence});
    }
    const QString sentence = texts::nextStepSentence(found.next);
    output.note({QStringLiteral("What to do now: ") + sentence},
                {{QStringLiteral("note"), QStringLiteral("next_step")},
                 {QStringLiteral("step"), events::nextStepName(found.next)},
                 {QStringLiteral("sentence"), sentence}});
}

QJsonObject resultOf(const core::Examination &seen, const core::Diagnosis &found)
{
    QJsonObject verdicts;
    for (const core::DiagnosisAnswer &answer : found.answers)
        verdicts.insert(events::questionName(answer.question),
                        events::markName(core::markOf(answer.finding)));
    return {{QStringLiteral("device"), events::deviceJson(seen.unit)},
            {QStringLiteral("verdicts"), verdicts},
            {QStringLiteral("next_step"), events::nextStepName(found.next)}};
}

int diagnose(const DiagnoseOptions &options, Session &session)
{
    const QString command = QStringLiteral("diagnose");
    const QString device = QString::fromStdString(options.device);
    std::optional<core::Result<core::VerifiedRelease>> release;
    if (!options.bundle.empty())
        release = session.installableRelease(QString::fromStdString(options.bundle));
    if (release && !*release && isUnreadable(release->error()))
        return session.output().result(command, release->error());
    const auto rules = runToEnd(state::rulesIn(session.catalogFolder()));
    if (release && !rules)
        return session.output().result(command, rules.error());
    const auto found = session.connector().resolve(device);
    if (!found)
        return session.output().result(command, found.error());
    const auto driver = runToEnd(session.connector().open(*found));
    if (!driver)
        return session.output().result(command, driver.error());

    auto seen = runToEnd(core::examine(**driver, session.clock()));
    if (!seen)
        return session.output().result(command, seen.error());
    seen->unit.name = found->name;
    seen->unit.address = found->address;
    seen->release = std::move(release);
    seen->rules = rules.value_or(core::ReleaseRules());
    seen->nowUtc = QDateTime::currentDateTimeUtc();
    const core::Diagnosis diagnosis = core::diagnose(*seen);
    tell(*seen, diagnosis, session.output());
    return session.output().done(command, resultOf(*seen, diagnosis));
}

} // namespace

void addDiagnose(CLI::App &app, Session &session)
{
    CLI::App *command =
        app.add_subcommand("diagnose", "why a unit is as it is: seven questions, with evidence");
    const auto options = std::make_shared<DiagnoseOptions>();
    command->add_option("DEVICE", options->device, "a name from 'devices', or an address")->required();
    command->add_option("--bundle", options->bundle, "a release to compare the unit with");
    command->callback(
        [options, &session] { session.command = [=, &session] { return diagnose(*options, session); }; });
}

} // namespace cli
