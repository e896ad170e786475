// SPDX-License-Identifier: Apache-2.0
#include "app/events/event_json.h"
#include "app/gui/pages/units/rule_words.h"
#include "app/gui/pages/units/unit_words.h"
#include "app/texts/user_texts.h"

#include <QCoreApplication>
#include <QJsonDocument>
#include <QLocale>

namespace gui {

namespace {

QString say(const char *text)
{
    return QCoreApplication::translate("OutcomeWords", text);
}

/// Only what is proven is green; AlreadyCurrent did nothing, so it is neutral.
StateRole roleOf(core::Outcome outcome)
{
    switch (outcome) {
    case core::Outcome::Updated:
    case core::Outcome::Recovered:
        return StateRole::Good;
    case core::Outcome::Ok:
    case core::Outcome::AlreadyCurrent:
    case core::Outcome::Cancelled:
        return StateRole::Neutral;
    case core::Outcome::Staged:
        return StateRole::Running;
    case core::Outcome::Reverted:
        return StateRole::Caution;
    case core::Outcome::Refused:
    case core::Outcome::Failed:
        return StateRole::Bad;
    case core::Outcome::Unknown:
        return StateRole::Unknown;
    }
    Q_UNREACHABLE();
}

QString iconOf(core::Outcome outcome)
{
    return outcome == core::Outcome::Ok ? QStringLiteral("done") : core::outcomeName(outcome);
}

QString commandOf(JobKind kind)
{
    switch (kind) {
    case JobKind::Update:
        return QStringLiteral("update");
    case JobKind::Recovery:
        return QStringLiteral("recover");
    case JobKind::Confirm:
        return QStringLiteral("confirm");
    case JobKind::Revert:
        return QStringLiteral("revert");
    }
    Q_UNREACHABLE();
}

QString jsonText(const QJsonObject &object)
{
    return QString::fromUtf8(QJsonDocument(object).toJson(QJsonDocument::Indented));
}

QString codeOf(const core::Error &error)
{
    const std::optional<core::Reason> reason = core::reasonOf(error);
    return reason ? core::reasonCode(*reason) : QString();
}

HistoryLine lineOf(const core::StateReached &reached)
{
    const QString reason = reached.reason ? texts::forReason(*reached.reason).title : QString();
    switch (reached.state) {
    case core::JobState::Downloaded:
        return {{}, say("The release was opened"), QStringLiteral("releases")};
    case core::JobState::Verified:
        return {{}, say("Signature, hash and target were verified"), QStringLiteral("signature")};
    case core::JobState::Written:
        return {{}, say("Written, and checked by the unit"), QStringLiteral("target")};
    case core::JobState::Trial:
        return {{}, say("Restarting into the trial"), QStringLiteral("clock"), StateRole::Running};
    case core::JobState::Confirmed:
        return {{}, say("Confirmed, and proven"), QStringLiteral("updated"), StateRole::Good};
    case core::JobState::RolledBack:
        return {{}, say("Rolled back. %1").arg(reason), QStringLiteral("reverted"), StateRole::Caution};
    case core::JobState::Failed:
        if (reached.reason == core::Reason::Cancelled)
            return {{}, say("Stopped before the new version was started"), QStringLiteral("cancelled")};
        return {{}, say("Did not succeed. %1").arg(reason), QStringLiteral("failed"), StateRole::Bad};
    }
    Q_UNREACHABLE();
}

HistoryLine lineOf(const core::EvidenceEvent &event)
{
    using Kind = core::EvidenceEvent::Kind;
    HistoryLine line{say("start %1").arg(event.bootCount), texts::evidenceSentence(event),
                     QStringLiteral("not_reported")};
    switch (event.kind) {
    case Kind::Boot:
        line.icon = QStringLiteral("power");
        break;
    case Kind::Confirmed:
        line.icon = QStringLiteral("done");
        break;
    case Kind::ImageRefused:
        line.icon = QStringLiteral("refused");
        line.role = StateRole::Bad;
        break;
    case Kind::RolledBack:
        line.icon = QStringLiteral("reverted");
        line.role = StateRole::Caution;
        break;
    case Kind::RecoveryEntered:
    case Kind::StateLost:
    case Kind::Erased:
        line.icon = QStringLiteral("warning");
        line.role = StateRole::Caution;
        break;
    case Kind::Unlocked:
    case Kind::Provisioned:
    case Kind::Other:
        break;
    }
    return line;
}

QString noticeOf(const JobEnd &end)
{
    if (!end.blocking)
        return {};
    return *end.blocking
        ? say("From now on, this computer refuses to install it.")
        : say("This computer could not block the release, so do not try it on another unit: %1.")
              .arg(texts::forError(end.blocking->error()).title);
}

void reportBlocking(const JobEnd &end, QJsonObject &report)
{
    if (!end.blocking)
        return;
    if (*end.blocking)
        report.insert(QStringLiteral("release_blocked"), (*end.blocking)->lifting.join(u'\n'));
    else
        report.insert(QStringLiteral("release_not_blocked"), end.blocking->error().detail);
}

} // namespace

VerdictView verdictViewOf(const JobEnd &end, JobKind kind)
{
    const core::Verdict &verdict = end.verdict;
    QJsonObject report = events::line(QStringLiteral("result"), QDateTime::currentDateTimeUtc());
    const QJsonObject members = events::verdictJson(commandOf(kind), verdict);
    for (auto member = members.constBegin(); member != members.constEnd(); ++member)
        report.insert(member.key(), member.value());
    reportBlocking(end, report);
    return {.role = roleOf(verdict.outcome),
            .icon = iconOf(verdict.outcome),
            .word = texts::verdictWord(verdict.outcome),
            .sentence = texts::verdictSentence(verdict),
            .safety = texts::safetySentence(verdict),
            .remedy = verdict.reason ? texts::forReason(*verdict.reason).remedy : QString(),
            .notice = noticeOf(end),
            .lifting = end.blocking && *end.blocking ? liftingView((*end.blocking)->lifting) : LiftingView(),
            .code = verdict.reason ? core::reasonCode(*verdict.reason) : QString(),
            .report = jsonText(report)};
}

ErrorView errorViewOf(const core::Error &error, const QString &safety, const core::DeviceSnapshot &unit)
{
    const texts::UserText text = texts::forError(error);
    QJsonObject details = events::errorJson(QStringLiteral("window"), error);
    if (!unit.name.isEmpty())
        details.insert(QStringLiteral("device"), events::deviceJson(unit));
    return {.what = text.title,
            .explanation = text.explanation,
            .safety = safety,
            .remedy = text.remedy,
            .code = codeOf(error),
            .details = jsonText(details)};
}

QList<HistoryLine> historyOf(const UnitSeen &seen, const QList<Milestone> &milestones)
{
    QList<HistoryLine> lines;
    for (const Milestone &milestone : milestones) {
        const auto *reached = std::get_if<core::StateReached>(&milestone.event);
        if (!reached)
            continue;
        HistoryLine line = lineOf(*reached);
        line.time = QLocale().toString(milestone.timeUtc.toLocalTime().time(), QStringLiteral("HH:mm:ss"));
        lines.prepend(line);
    }
    for (qsizetype index = seen.evidence.size(); index > 0; --index)
        lines.append(lineOf(seen.evidence[index - 1]));
    return lines;
}

} // namespace gui
