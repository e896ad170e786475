// SPDX-License-Identifier: Apache-2.0
#include "app/events/event_json.h"

#include "app/texts/foreign_text.h"
#include "app/texts/user_texts.h"

#include <QJsonArray>

namespace events {

namespace {

QString limitName(core::RateLimit limit)
{
    switch (limit) {
    case core::RateLimit::Line:
        return QStringLiteral("line");
    case core::RateLimit::DeviceBuffers:
        return QStringLiteral("device_buffers");
    case core::RateLimit::DeviceFlash:
        return QStringLiteral("device_flash");
    }
    Q_UNREACHABLE();
}

QString stageName(core::BootStage stage)
{
    switch (stage) {
    case core::BootStage::Silent:
        return QStringLiteral("silent");
    case core::BootStage::Running:
        return QStringLiteral("running");
    case core::BootStage::OnTrial:
        return QStringLiteral("on_trial");
    case core::BootStage::InRecovery:
        return QStringLiteral("in_recovery");
    case core::BootStage::RomLoader:
        return QStringLiteral("rom_loader");
    }
    Q_UNREACHABLE();
}

QString rollbackName(core::RollbackCause cause)
{
    switch (cause) {
    case core::RollbackCause::None:
        return QStringLiteral("none");
    case core::RollbackCause::Crashed:
        return QStringLiteral("crashed");
    case core::RollbackCause::Watchdog:
        return QStringLiteral("watchdog");
    case core::RollbackCause::NotConfirmed:
        return QStringLiteral("not_confirmed");
    case core::RollbackCause::Unhealthy:
        return QStringLiteral("unhealthy");
    case core::RollbackCause::Requested:
        return QStringLiteral("requested");
    case core::RollbackCause::ImageInvalid:
        return QStringLiteral("image_invalid");
    case core::RollbackCause::Expired:
        return QStringLiteral("expired");
    case core::RollbackCause::CrashLoop:
        return QStringLiteral("crash_loop");
    case core::RollbackCause::NoWatchdog:
        return QStringLiteral("no_watchdog");
    }
    Q_UNREACHABLE();
}

QString resetName(core::ResetCause cause)
{
    switch (cause) {
    case core::ResetCause::PowerOn:
        return QStringLiteral("power_on");
    case core::ResetCause::Requested:
        return QStringLiteral("requested");
    case core::ResetCause::Watchdog:
        return QStringLiteral("watchdog");
    case core::ResetCause::Crash:
        return QStringLiteral("crash");
    }
    Q_UNREACHABLE();
}

QString evidenceName(core::EvidenceEvent::Kind kind)
{
    using Kind = core::EvidenceEvent::Kind;
    switch (kind) {
    case Kind::Boot:
        return QStringLiteral("boot");
    case Kind::ImageRefused:
        return QStringLiteral("image_refused");
    case Kind::RolledBack:
        return QStringLiteral("rolled_back");
    case Kind::Confirmed:
        return QStringLiteral("confirmed");
    case Kind::RecoveryEntered:
        return QStringLiteral("recovery_entered");
    case Kind::StateLost:
        return QStringLiteral("state_lost");
    case Kind::Unlocked:
        return QStringLiteral("unlocked");
    case Kind::Erased:
        return QStringLiteral("erased");
    case Kind::Provisioned:
        return QStringLiteral("provisioned");
    case Kind::Other:
        return QStringLiteral("other");
    }
    Q_UNREACHABLE();
}

QJsonValue recoveryNameOrNull(std::optional<core::RecoveryCause> cause)
{
    if (!cause)
        return QJsonValue::Null;
    switch (*cause) {
    case core::RecoveryCause::NoImage:
        return QStringLiteral("no_image");
    case core::RecoveryCause::Requested:
        return QStringLiteral("requested");
    case core::RecoveryCause::Line:
        return QStringLiteral("line");
    case core::RecoveryCause::CrashLoop:
        return QStringLiteral("crash_loop");
    }
    Q_UNREACHABLE();
}

QString answerName(core::PreflightCheck::Answer answer)
{
    switch (answer) {
    case core::PreflightCheck::Answer::Passed:
        return QStringLiteral("passed");
    case core::PreflightCheck::Answer::Failed:
        return QStringLiteral("failed");
    case core::PreflightCheck::Answer::NotReported:
        return QStringLiteral("not_reported");
    }
    Q_UNREACHABLE();
}

QJsonValue slotOrNull(std::optional<int> slot)
{
    return slot ? QJsonValue(core::slotName(*slot)) : QJsonValue(QJsonValue::Null);
}

QJsonValue hexOrNull(const QByteArray &bytes)
{
    return bytes.isEmpty() ? QJsonValue(QJsonValue::Null) : QJsonValue(QString::fromLatin1(bytes.toHex()));
}

QJsonValue versionOrNull(const std::optional<core::Version> &version)
{
    return version ? QJsonValue(core::toText(*version)) : QJsonValue(QJsonValue::Null);
}

QJsonValue reasonOrNull(const std::optional<core::Reason> &reason)
{
    return reason ? QJsonValue(core::reasonCode(*reason)) : QJsonValue(QJsonValue::Null);
}

QJsonObject slotJson(const core::Slot &slot)
{
    return {{QStringLiteral("slot"), core::slotName(slot.index)},
            {QStringLiteral("size"), slot.size},
            {QStringLiteral("bootable"), slot.holdsImage},
            {QStringLiteral("version"),
             slot.holdsImage ? QJsonValue(core::toText(slot.version)) : QJsonValue::Null},
            {QStringLiteral("hash"), hexOrNull(slot.hash)},
            {QStringLiteral("running"), slot.isRunning},
            {QStringLiteral("confirmed"), slot.isConfirmed},
            {QStringLiteral("pending"), slot.isPending},
            {QStringLiteral("objection"), reasonOrNull(slot.objection)}};
}

QJsonObject bootStateJson(const core::BootState &state)
{
    return {{QStringLiteral("running_slot"), slotOrNull(state.runningSlot)},
            {QStringLiteral("running_hash"), hexOrNull(state.runningHash)},
            {QStringLiteral("active_slot"), slotOrNull(state.activeSlot)},
            {QStringLiteral("pending_slot"), slotOrNull(state.pendingSlot)},
            {QStringLiteral("trials_left"), state.trialsLeft},
            {QStringLiteral("confirmed"), state.isConfirmed},
            {QStringLiteral("minimum_rollback_index"), qint64(state.minimumRollbackIndex)},
            {QStringLiteral("last_rollback"), rollbackName(state.lastRollback)},
            {QStringLiteral("rolled_back_hash"), hexOrNull(state.rolledBackHash)},
            {QStringLiteral("boots"), qint64(state.bootCount)},
            {QStringLiteral("last_reset"), resetName(state.lastReset)},
            {QStringLiteral("sequence"), qint64(state.sequence)},
            {QStringLiteral("recovery_cause"), recoveryNameOrNull(state.recoveryCause)},
            {QStringLiteral("unlocked"), state.isUnlocked}};
}

QJsonObject checkJson(const core::PreflightCheck &check)
{
    return {{QStringLiteral("check"), core::subjectName(check.subject)},
            {QStringLiteral("answer"), answerName(check.answer)},
            {QStringLiteral("reason"), reasonOrNull(check.reason)},
            {QStringLiteral("detail"), check.detail}};
}

QJsonObject identityJson(const core::DeviceSnapshot &unit)
{
    return {{QStringLiteral("name"), unit.name},
            {QStringLiteral("address"), core::toText(unit.address)},
            {QStringLiteral("product"), unit.identity.product},
            {QStringLiteral("hardware"), unit.identity.hardwareRevision},
            {QStringLiteral("serial"), unit.identity.serialNumber}};
}

QJsonValue textOrNull(const QString &text)
{
    return text.isEmpty() ? QJsonValue(QJsonValue::Null) : QJsonValue(text);
}

QJsonValue attachmentJson(const std::optional<core::Attachment> &attachment)
{
    if (!attachment)
        return QJsonValue::Null;
    const core::Port &port = attachment->port;
    const core::DeviceProfile profile = attachment->profile.value_or(core::DeviceProfile{});
    return QJsonObject{
        {QStringLiteral("location"), port.location},
        {QStringLiteral("usb"), port.usb ? QJsonValue(core::toText(*port.usb)) : QJsonValue::Null},
        {QStringLiteral("serial"), textOrNull(port.serialNumber)},
        {QStringLiteral("product"), textOrNull(port.product)},
        {QStringLiteral("topology"), textOrNull(port.topology)},
        {QStringLiteral("profile"), textOrNull(profile.id)},
        {QStringLiteral("recovery_entry"), textOrNull(profile.recoveryEntry)},
        {QStringLiteral("used_by"), textOrNull(attachment->usedBy)}};
}

template<class... Handlers>
struct Match : Handlers... {
    using Handlers::operator()...;
};

} // namespace

QJsonObject line(const QString &event, const QDateTime &nowUtc)
{
    return {{QStringLiteral("schema"), kSchema},
            {QStringLiteral("time"), nowUtc.toUTC().toString(Qt::ISODateWithMs)},
            {QStringLiteral("event"), event}};
}

QJsonObject deviceJson(const core::DeviceSnapshot &unit)
{
    QJsonArray slotList;
    for (const core::Slot &slot : unit.slots)
        slotList.append(slotJson(slot));

    QJsonObject json = identityJson(unit);
    json[QStringLiteral("hardware_id")] = hexOrNull(unit.identity.hardwareId);
    json[QStringLiteral("stage")] = stageName(unit.stage);
    json[QStringLiteral("port")] = attachmentJson(unit.attachment);
    json[QStringLiteral("slots")] = slotList;
    json[QStringLiteral("boot_state")] =
        unit.bootState ? QJsonValue(bootStateJson(*unit.bootState)) : QJsonValue::Null;
    json[QStringLiteral("bootloader")] = unit.bootloader;
    json[QStringLiteral("boots_next")] = texts::bootSentence(unit);
    if (!unit.silence.isEmpty())
        json[QStringLiteral("silence")] = unit.silence;
    if (unit.silenceReason)
        json[QStringLiteral("silence_reason")] = reasonOrNull(unit.silenceReason);
    return json;
}

QJsonObject evidenceJson(const core::EvidenceEvent &event)
{
    return {{QStringLiteral("sequence"), qint64(event.sequence)},
            {QStringLiteral("boot"), qint64(event.bootCount)},
            {QStringLiteral("kind"), evidenceName(event.kind)},
            {QStringLiteral("slot"), slotOrNull(event.slot)},
            {QStringLiteral("code"), event.code},
            {QStringLiteral("image"), hexOrNull(event.image)},
            {QStringLiteral("sentence"), texts::evidenceSentence(event)}};
}

QJsonObject trustJson(const core::UpdatePlan &plan)
{
    return {{QStringLiteral("trust"), core::releaseTrustName(plan.trust)},
            {QStringLiteral("payload_signed_by"), QJsonArray::fromStringList(plan.payloadSignedBy)},
            {QStringLiteral("public_demo_keys"), QJsonArray::fromStringList(plan.demoKeys)}};
}

QJsonObject planJson(const core::UpdatePlan &plan)
{
    QJsonArray checks;
    for (const core::PreflightCheck &check : plan.checks)
        checks.append(checkJson(check));
    const core::Slot *running = core::runningSlot(plan.order.before);
    const QJsonObject trust = trustJson(plan);
    return {{QStringLiteral("from"), running ? QJsonValue(core::toText(running->version)) : QJsonValue::Null},
            {QStringLiteral("to"), core::toText(plan.order.image.version)},
            {QStringLiteral("trust"), trust[QStringLiteral("trust")]},
            {QStringLiteral("payload_signed_by"), trust[QStringLiteral("payload_signed_by")]},
            {QStringLiteral("public_demo_keys"), trust[QStringLiteral("public_demo_keys")]},
            {QStringLiteral("hash"), hexOrNull(plan.order.image.hash)},
            {QStringLiteral("bytes"), plan.order.image.file.size()},
            {QStringLiteral("slot"), slotOrNull(plan.targetSlot)},
            {QStringLiteral("signed_by"), QJsonArray::fromStringList(plan.signedBy)},
            {QStringLiteral("already_current"), plan.isAlreadyCurrent},
            {QStringLiteral("checks"), checks}};
}

QString jobEventName(const core::JobEvent &event)
{
    return std::visit(Match{[](const core::StateReached &) { return QStringLiteral("state"); },
                            [](const core::StepStarted &) { return QStringLiteral("note"); },
                            [](const core::WriteProgressed &) { return QStringLiteral("progress"); },
                            [](const core::DownloadProgressed &) { return QStringLiteral("progress"); },
                            [](const core::EvidenceRead &) { return QStringLiteral("note"); },
                            [](const core::LinePrinted &) { return QStringLiteral("note"); }},
                      event);
}

QJsonObject jobEventJson(const core::JobEvent &event)
{
    const auto ofState = [](const core::StateReached &reached) -> QJsonObject {
        return {{QStringLiteral("state"), core::jobStateName(reached.state)},
                {QStringLiteral("reason"), reasonOrNull(reached.reason)}};
    };
    const auto ofStep = [](const core::StepStarted &started) -> QJsonObject {
        QJsonObject json{{QStringLiteral("note"), texts::stepTitle(started.step)},
                         {QStringLiteral("stoppable"), started.isStoppable}};
        if (started.estimate)
            json[QStringLiteral("estimated_seconds")] = double(started.estimate->count()) / 1000.0;
        return json;
    };
    const auto ofProgress = [](const core::WriteProgressed &progress) -> QJsonObject {
        return {{QStringLiteral("done"), progress.done},
                {QStringLiteral("total"), progress.total},
                {QStringLiteral("bytes_per_second"),
                 progress.bytesPerSecond ? QJsonValue(*progress.bytesPerSecond) : QJsonValue()},
                {QStringLiteral("limited_by"),
                 progress.limitedBy ? QJsonValue(limitName(*progress.limitedBy)) : QJsonValue()}};
    };
    const auto ofDownload = [](const core::DownloadProgressed &progress) -> QJsonObject {
        return {{QStringLiteral("of"), QStringLiteral("download")},
                {QStringLiteral("file"), progress.file},
                {QStringLiteral("done"), progress.done},
                {QStringLiteral("total"), progress.total}};
    };
    const auto ofEvidence = [](const core::EvidenceRead &read) -> QJsonObject {
        QJsonArray evidence;
        for (const core::EvidenceEvent &one : read.events)
            evidence.append(evidenceJson(one));
        return {{QStringLiteral("note"), QStringLiteral("evidence")}, {QStringLiteral("evidence"), evidence}};
    };
    const auto ofLine = [](const core::LinePrinted &printed) -> QJsonObject {
        return {{QStringLiteral("note"), QStringLiteral("console")},
                {QStringLiteral("text"), texts::withoutColours(printed.line)}};
    };
    return std::visit(Match{ofState, ofStep, ofProgress, ofDownload, ofEvidence, ofLine}, event);
}

QJsonObject verdictJson(const QString &command, const core::Verdict &verdict)
{
    QJsonArray failedChecks;
    for (const core::Reason reason : verdict.failedChecks)
        failedChecks.append(core::reasonCode(reason));

    QJsonObject json{{QStringLiteral("command"), command},
                     {QStringLiteral("outcome"), core::outcomeName(verdict.outcome)},
                     {QStringLiteral("reason"), reasonOrNull(verdict.reason)},
                     {QStringLiteral("device"), deviceJson(verdict.unit)},
                     {QStringLiteral("from"), versionOrNull(verdict.from)},
                     {QStringLiteral("to"), versionOrNull(verdict.to)},
                     {QStringLiteral("hash"), hexOrNull(verdict.hash)},
                     {QStringLiteral("seconds"), double(verdict.duration.count()) / 1000.0}};
    if (!verdict.detail.isEmpty())
        json[QStringLiteral("detail")] = verdict.detail;
    if (!failedChecks.isEmpty())
        json[QStringLiteral("failed_checks")] = failedChecks;
    return json;
}

core::Outcome outcomeOf(const core::Error &error)
{
    switch (error.kind) {
    case core::ErrorKind::Cancelled:
        return core::Outcome::Cancelled;
    case core::ErrorKind::Untrusted:
    case core::ErrorKind::NotAllowedNow:
        return core::Outcome::Refused;
    default:
        return core::Outcome::Failed;
    }
}

QJsonObject errorJson(const QString &command, const core::Error &error)
{
    const texts::UserText text = texts::forError(error);
    QJsonObject json{{QStringLiteral("command"), command},
                     {QStringLiteral("outcome"), core::outcomeName(outcomeOf(error))},
                     {QStringLiteral("reason"), reasonOrNull(core::reasonOf(error))},
                     {QStringLiteral("title"), text.title},
                     {QStringLiteral("remedy"), text.remedy},
                     {QStringLiteral("detail"), error.detail}};
    if (error.deviceCode)
        json[QStringLiteral("device_code")] = QJsonObject{{QStringLiteral("group"), error.deviceCode->group},
                                                          {QStringLiteral("code"), error.deviceCode->code}};
    return json;
}

QJsonObject okJson(const QString &command)
{
    return {{QStringLiteral("command"), command},
            {QStringLiteral("outcome"), core::outcomeName(core::Outcome::Ok)},
            {QStringLiteral("reason"), QJsonValue::Null}};
}

QJsonObject wrongUsageJson(const QString &command, const QString &problem)
{
    return {{QStringLiteral("command"), command},
            {QStringLiteral("outcome"), core::outcomeName(core::Outcome::Failed)},
            {QStringLiteral("reason"), QJsonValue::Null},
            {QStringLiteral("detail"), problem}};
}

} // namespace events
