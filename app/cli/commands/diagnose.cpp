// SPDX-License-Identifier: Apache-2.0
#include "app/cli/commands/unit_report.h"
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
    std::string report; // --report; empty: none is written
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

core::Result<core::Examination> examine(const QString &device, Session &session)
{
    const auto found = session.connector().resolve(device);
    if (!found)
        return core::passOn(found.error());
    const auto driver = runToEnd(session.connector().open(*found));
    if (!driver)
        return core::passOn(driver.error());
    auto seen = runToEnd(core::examine(**driver, session.clock()));
    if (!seen)
        return core::passOn(seen.error());
    seen->unit.name = found->name;
    seen->unit.address = found->address;
    seen->nowUtc = QDateTime::currentDateTimeUtc();
    return seen;
}

QJsonObject findingsOf(const core::Examination &seen, const core::Diagnosis &found)
{
    QJsonObject findings = resultOf(seen, found);
    QJsonArray answers;
    for (const core::DiagnosisAnswer &answer : found.answers)
        answers.append(events::answerJson(answer));
    findings[QStringLiteral("answers")] = answers;
    if (seen.evidence)
        findings[QStringLiteral("evidence")] = events::jobEventJson(core::EvidenceRead{*seen.evidence});
    return findings;
}

/// The report that was asked for, whatever became of the rest.
core::Result<core::Done> save(UnitReport &report, const QJsonObject &findings, Session &session)
{
    if (!report.isWanted())
        return core::Done{};
    const auto written = report.write(findings);
    if (!written)
        return core::passOn(written.error());
    session.output().note(
        {QStringLiteral("The report is in %1").arg(report.path())},
        {{QStringLiteral("note"), QStringLiteral("report")}, {QStringLiteral("file"), report.path()}});
    return core::Done{};
}

int diagnose(const DiagnoseOptions &options, Session &session)
{
    const QString command = QStringLiteral("diagnose");
    std::optional<core::Result<core::VerifiedRelease>> release;
    if (!options.bundle.empty())
        release = session.installableRelease(QString::fromStdString(options.bundle));
    if (release && !*release && isUnreadable(release->error()))
        return session.output().result(command, release->error());
    const auto rules = runToEnd(state::rulesIn(session.catalogFolder()));
    if (release && !rules)
        return session.output().result(command, rules.error());

    UnitReport report(QString::fromStdString(options.report), session);
    auto seen = examine(QString::fromStdString(options.device), session);
    if (!seen) {
        const auto saved = save(report, events::errorJson(command, seen.error()), session);
        return session.output().result(command, saved ? seen.error() : saved.error());
    }
    seen->release = std::move(release);
    seen->rules = rules.value_or(core::ReleaseRules());
    const core::Diagnosis diagnosis = core::diagnose(*seen);
    tell(*seen, diagnosis, session.output());
    const auto saved = save(report, findingsOf(*seen, diagnosis), session);
    return saved ? session.output().done(command, resultOf(*seen, diagnosis))
                 : session.output().result(command, saved.error());
}

} // namespace

void addDiagnose(CLI::App &app, Session &session)
{
    CLI::App *command =
        app.add_subcommand("diagnose", "why a unit is as it is: seven questions, with evidence");
    const auto options = std::make_shared<DiagnoseOptions>();
    command->add_option("DEVICE", options->device, "a name from 'devices', or an address")->required();
    command->add_option("--bundle", options->bundle, "a release to compare the unit with");
    command->add_option("--report", options->report,
                        "writes a ZIP archive for a ticket: the findings, and what went over the link");
    command->callback(
        [options, &session] { session.command = [=, &session] { return diagnose(*options, session); }; });
}

} // namespace cli
