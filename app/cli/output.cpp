// SPDX-License-Identifier: Apache-2.0
#include "app/cli/output.h"

#include "app/events/event_json.h"
#include "app/texts/foreign_text.h"
#include "app/texts/user_texts.h"

#include <QDateTime>
#include <QJsonDocument>

namespace cli {

namespace {

constexpr int kPercentStep = 10; // Text for people: a line for every tenth of a transfer.

QString slotLine(const core::DeviceSnapshot &unit, const core::Slot &slot)
{
    const QString what = slot.holdsImage ? core::toText(slot.version) : QStringLiteral("-");
    const QString hash = slot.hash.isEmpty() ? QString() : QString::fromLatin1(slot.hash.toHex().left(12));
    return QStringLiteral("  slot %1  %2  %3  %4")
        .arg(core::slotName(slot.index), what.leftJustified(10), hash.leftJustified(12),
             texts::slotChips(unit, slot).join(QStringLiteral(", ")));
}

QString wordOf(Output::DeviceChange change)
{
    switch (change) {
    case Output::DeviceChange::Present:
        return QStringLiteral("present");
    case Output::DeviceChange::Arrived:
        return QStringLiteral("arrived");
    case Output::DeviceChange::Inspected:
        return QStringLiteral("inspected");
    case Output::DeviceChange::Left:
        return QStringLiteral("left");
    }
    Q_UNREACHABLE();
}

QStringList deviceLines(const core::DeviceSnapshot &unit)
{
    const QString serial =
        unit.identity.serialNumber.isEmpty() ? QStringLiteral("-") : unit.identity.serialNumber;
    QStringList lines{QStringLiteral("%1  %2  %3 %4  serial %5  (%6)")
                          .arg(unit.name, texts::stageWord(unit.stage), unit.identity.product,
                               unit.identity.hardwareRevision, serial, core::toText(unit.address))};
    for (const core::Slot &slot : unit.slots)
        lines.append(slotLine(unit, slot));
    lines.append(QStringLiteral("  ") + texts::bootSentence(unit));
    if (!unit.silence.isEmpty())
        lines.append(QStringLiteral("  ") + unit.silence);
    const bool isUnknown = !unit.wasAsked && unit.attachment && !unit.attachment->profile;
    const QString remedy = texts::silenceRemedy(unit);
    if (!remedy.isEmpty())
        lines.append(QStringLiteral("  ") + remedy);
    else if (isUnknown)
        lines.append(
            QStringLiteral("  Name it, or use --probe, to have it asked: that may reset what is behind it."));
    return lines;
}

/// ", 7900 bytes/s, limited by the line"; as much of it as is known.
QString paceOf(const core::WriteProgressed &written)
{
    QString pace;
    if (written.bytesPerSecond)
        pace += QStringLiteral(", %1 bytes/s").arg(*written.bytesPerSecond);
    if (written.limitedBy)
        pace += QStringLiteral(", ") + texts::rateLimitPhrase(*written.limitedBy);
    return pace;
}

template<class... Handlers>
struct Match : Handlers... {
    using Handlers::operator()...;
};

} // namespace

void Output::print(const QString &line)
{
    std::fprintf(m_out, "%s\n", qUtf8Printable(texts::harmlessLine(line)));
    std::fflush(m_out);
}

void Output::complain(const QString &line)
{
    std::fprintf(m_err, "%s\n", qUtf8Printable(texts::harmlessLine(line)));
}

void Output::jsonLine(const QString &event, const QJsonObject &members)
{
    QJsonObject line = events::line(event, QDateTime::currentDateTimeUtc());
    for (auto member = members.begin(); member != members.end(); ++member)
        line.insert(member.key(), member.value());
    const QByteArray json = texts::harmlessJson(QJsonDocument(line).toJson(QJsonDocument::Compact));
    std::fprintf(m_out, "%s\n", json.constData());
    std::fflush(m_out);
}

void Output::say(const QString &line)
{
    if (!isJson())
        print(line);
}

void Output::note(const QStringList &lines, const QJsonObject &members)
{
    if (isJson())
        return jsonLine(QStringLiteral("note"), members);
    for (const QString &line : lines)
        print(line);
}

void Output::consoleText(const QByteArray &piece)
{
    for (const QString &line : m_console.feed(piece))
        consoleLine(line);
}

void Output::consoleLine(const QString &line)
{
    if (!isJson())
        return complain(texts::withoutColours(line));
    const core::LinePrinted printed{line};
    jsonLine(events::jobEventName(printed), events::jobEventJson(printed));
}

void Output::endConsoleLine()
{
    const QString line = m_console.takeRest();
    if (!line.isEmpty())
        consoleLine(line);
}

void Output::warn(const QString &note, const QString &sentence)
{
    if (isJson())
        jsonLine(QStringLiteral("note"),
                 {{QStringLiteral("note"), note}, {QStringLiteral("sentence"), sentence}});
    complain(sentence);
}

void Output::device(const core::DeviceSnapshot &unit)
{
    if (isJson())
        return jsonLine(QStringLiteral("device"), {{QStringLiteral("device"), events::deviceJson(unit)}});
    for (const QString &line : deviceLines(unit))
        print(line);
}

void Output::deviceChange(DeviceChange change, const core::DeviceSnapshot &unit)
{
    const QString word = wordOf(change);
    if (isJson())
        return jsonLine(
            QStringLiteral("device"),
            {{QStringLiteral("change"), word}, {QStringLiteral("device"), events::deviceJson(unit)}});
    const bool isAsked = change == DeviceChange::Inspected || !unit.silence.isEmpty();
    const QStringList lines =
        isAsked && change != DeviceChange::Left ? deviceLines(unit) : QStringList{unit.name};
    print(QStringLiteral("%1: %2").arg(word, lines.constFirst()));
    for (const QString &line : lines.mid(1))
        print(line);
}

void Output::plan(const core::UpdatePlan &plan)
{
    if (isJson())
        return jsonLine(QStringLiteral("note"),
                        {{QStringLiteral("note"), QStringLiteral("plan")},
                         {QStringLiteral("plan"), events::planJson(plan)}});
    for (const QString &warning : texts::trustWarnings(plan))
        print(warning);
    for (const core::PreflightCheck &check : plan.checks)
        print(QStringLiteral("  %1: %2").arg(texts::checkTitle(check.subject), texts::checkAnswer(check)));
}

void Output::jobEvent(const core::JobEvent &event)
{
    if (isJson())
        return jsonLine(events::jobEventName(event), events::jobEventJson(event));

    const auto ofState = [this](const core::StateReached &reached) {
        print(QStringLiteral("- %1").arg(core::jobStateName(reached.state)));
    };
    const auto ofStep = [this](const core::StepStarted &started) {
        print(QStringLiteral("  %1 …").arg(texts::stepTitle(started.step)));
        if (started.estimate)
            print(QStringLiteral("    about %1 s; do not unplug it")
                      .arg(std::chrono::ceil<std::chrono::seconds>(*started.estimate).count()));
    };
    const auto ofProgress = [this](const core::WriteProgressed &written) {
        progress({}, written.done, written.total, paceOf(written));
    };
    const auto ofDownload = [this](const core::DownloadProgressed &fetched) {
        progress(QStringLiteral("fetched "), fetched.done, fetched.total);
    };
    const auto ofEvidence = [this](const core::EvidenceRead &read) {
        for (const core::EvidenceEvent &entry : read.events)
            print(QStringLiteral("  start %1: %2").arg(entry.bootCount).arg(texts::evidenceSentence(entry)));
    };
    const auto ofLine = [this](const core::LinePrinted &printed) { consoleLine(printed.line); };
    std::visit(Match{ofState, ofStep, ofProgress, ofDownload, ofEvidence, ofLine}, event);
}

void Output::progress(const QString &verb, qint64 done, qint64 total, const QString &pace)
{
    const int percent = total == 0 ? 100 : int(100 * done / total);
    const bool isWorthALine = percent / kPercentStep != m_lastPercent / kPercentStep || m_lastPercent < 0;
    if (isWorthALine)
        print(QStringLiteral("  %1%2 % (%3 of %4 bytes%5)")
                  .arg(verb)
                  .arg(percent)
                  .arg(done)
                  .arg(total)
                  .arg(pace));
    m_lastPercent = percent;
}

int Output::result(const QString &command, const core::Verdict &verdict, const QJsonObject &members)
{
    endConsoleLine();
    if (isJson()) {
        QJsonObject json = events::verdictJson(command, verdict);
        for (auto member = members.begin(); member != members.end(); ++member)
            json.insert(member.key(), member.value());
        jsonLine(QStringLiteral("result"), json);
        return core::exitCode(verdict);
    }
    print(QStringLiteral("%1. %2").arg(texts::verdictWord(verdict.outcome), texts::verdictSentence(verdict)));
    print(texts::safetySentence(verdict));
    if (verdict.reason) {
        print(texts::forReason(*verdict.reason).remedy);
        print(QStringLiteral("[%1] %2").arg(core::reasonCode(*verdict.reason), verdict.detail));
    }
    return core::exitCode(verdict);
}

int Output::result(const QString &command, const core::Error &error)
{
    endConsoleLine();
    if (isJson())
        jsonLine(QStringLiteral("result"), events::errorJson(command, error));
    const texts::UserText text = texts::forError(error);
    complain(QStringLiteral("%1. %2").arg(text.title, text.explanation));
    complain(text.remedy);
    const std::optional<core::Reason> reason = core::reasonOf(error);
    const QString code = reason ? QStringLiteral("[%1] ").arg(core::reasonCode(*reason)) : QString();
    const QString during =
        error.during.isEmpty() ? QString() : QStringLiteral(" (%1)").arg(error.during.join(u", "));
    complain(code + error.detail + during);
    return core::exitCode(error);
}

void Output::wrongUsage(const QString &command, const QString &problem)
{
    if (isJson())
        jsonLine(QStringLiteral("result"), events::wrongUsageJson(command, problem));
}

int Output::done(const QString &command, const QJsonObject &members)
{
    endConsoleLine();
    if (isJson()) {
        QJsonObject json = events::okJson(command);
        for (auto member = members.begin(); member != members.end(); ++member)
            json.insert(member.key(), member.value());
        jsonLine(QStringLiteral("result"), json);
    }
    return 0;
}

} // namespace cli
