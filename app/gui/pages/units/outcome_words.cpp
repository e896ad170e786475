// SPDX-License-Identifier: Apache-2.0
#include "app/events/event_json.h"
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

/// The contract's code where there is one, otherwise a name for the kind of failure.
QString codeOf(const core::Error &error)
{
    if (error.reason)
        return core::reasonCode(*error.reason);
    switch (error.kind) {
    case core::ErrorKind::TimedOut:
        return core::reasonCode(core::Reason::Timeout);
    case core::ErrorKind::Disconnected:
    case core::ErrorKind::TransportFailed:
        return core::reasonCode(core::Reason::LinkLost);
    case core::ErrorKind::RefusedByDevice:
    case core::ErrorKind::MalformedReply:
        return core::reasonCode(core::Reason::DeviceRefused);
    case core::ErrorKind::NoSuchDevice:
        return core::reasonCode(core::Reason::NoSuchDevice);
    case core::ErrorKind::AmbiguousDevice:
        return core::reasonCode(core::Reason::AmbiguousDevice);
    case core::ErrorKind::Cancelled:
        return core::reasonCode(core::Reason::Cancelled);
    case core::ErrorKind::InvalidFile:
    case core::ErrorKind::FileFailed:
        return core::reasonCode(core::Reason::ManifestMalformed);
    case core::ErrorKind::Unsupported:
    case core::ErrorKind::Untrusted:
    case core::ErrorKind::NotAllowedNow:
    case core::ErrorKind::Internal:
        return {};
    }
    Q_UNREACHABLE();
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
        return {{}, say("Failed. %1").arg(reason), QStringLiteral("failed"), StateRole::Bad};
    }
    Q_UNREACHABLE();
}

/// The number comes from the unit: one that this program does not know gets no word.
QString rollbackText(int code)
{
    const bool isKnown = code > int(core::RollbackCause::None) && code <= int(core::RollbackCause::Expired);
    return isKnown ? say("Rolled back: %1").arg(texts::rollbackWord(core::RollbackCause(code)).toLower())
                   : say("Rolled back, with code %1").arg(code);
}

QString startText(const QString &slot, int code)
{
    switch (code) {
    case int(core::ResetCause::PowerOn):
        return say("%1 started after power-on").arg(slot);
    case int(core::ResetCause::Watchdog):
        return say("%1 started after the watchdog bit").arg(slot);
    case int(core::ResetCause::Crash):
        return say("%1 started after a crash").arg(slot);
    default:
        return say("%1 started").arg(slot);
    }
}

HistoryLine lineOf(const core::EvidenceEvent &event)
{
    using Kind = core::EvidenceEvent::Kind;
    const QString slot = event.slot ? say("Slot %1").arg(core::slotName(*event.slot)) : say("A slot");
    const QString boot = say("start %1").arg(event.bootCount);
    switch (event.kind) {
    case Kind::Boot:
        return {boot, startText(event.slot ? slot : say("The unit"), event.code), QStringLiteral("power")};
    case Kind::ImageRefused:
        return {boot, say("%1: the bootloader refused its image").arg(slot), QStringLiteral("refused"),
                StateRole::Bad};
    case Kind::RolledBack:
        return {boot, rollbackText(event.code), QStringLiteral("reverted"), StateRole::Caution};
    case Kind::Confirmed:
        return {boot, say("%1 was confirmed").arg(slot), QStringLiteral("done")};
    case Kind::RecoveryEntered:
        return {boot, say("Went into recovery mode"), QStringLiteral("warning"), StateRole::Caution};
    case Kind::StateLost:
        return {boot, say("The boot record was lost and made anew"), QStringLiteral("warning"),
                StateRole::Caution};
    case Kind::Other:
        return {boot, say("Entry with code %1").arg(event.code), QStringLiteral("not_reported")};
    }
    Q_UNREACHABLE();
}

} // namespace

VerdictView verdictViewOf(const core::Verdict &verdict, JobKind kind)
{
    QJsonObject report = events::line(QStringLiteral("result"), QDateTime::currentDateTimeUtc());
    const QJsonObject members = events::verdictJson(commandOf(kind), verdict);
    for (auto member = members.constBegin(); member != members.constEnd(); ++member)
        report.insert(member.key(), member.value());
    return {.role = roleOf(verdict.outcome),
            .icon = iconOf(verdict.outcome),
            .word = texts::verdictWord(verdict.outcome),
            .sentence = texts::verdictSentence(verdict),
            .safety = texts::safetySentence(verdict),
            .remedy = verdict.reason ? texts::forReason(*verdict.reason).remedy : QString(),
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
