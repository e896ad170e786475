// SPDX-License-Identifier: Apache-2.0
#include "tests/gui/samples.h"

#include "core/update/plan_catalog.h"

namespace samples {

namespace {

const QByteArray kOldHash(32, 'a');
const QByteArray kNewHash(32, 'b');
constexpr qint64 kSlotSize = 512 * 1024;
constexpr int kImageSize = 312'400;

core::DeviceSnapshot bareUnit(const QString &name)
{
    core::DeviceSnapshot unit;
    unit.name = name;
    unit.address = {core::DeviceAddress::Link::Serial, QStringLiteral("/dev/ttyACM0"), 115200};
    unit.identity = {QStringLiteral("bench-sensor"),
                     QStringLiteral("revA"),
                     QStringLiteral("BM-2026-00017"),
                     QByteArray::fromHex("9f2c41ab77d01e52"),
                     {}};
    unit.bootloader = QStringLiteral("Bootmend 1.0.0");
    unit.bootloaderVersion = core::Version{1, 0, 0, 0};
    unit.slots = {{.index = 0, .size = kSlotSize}, {.index = 1, .size = kSlotSize}};
    unit.bootState = core::BootState{.bootCount = 12};
    return unit;
}

void fill(core::Slot &slot, core::Version version, const QByteArray &hash)
{
    slot.holdsImage = true;
    slot.version = version;
    slot.hash = hash;
}

} // namespace

core::DeviceSnapshot runningUnit(const QString &name)
{
    core::DeviceSnapshot unit = bareUnit(name);
    unit.stage = core::BootStage::Running;
    fill(unit.slots[0], {1, 0, 0, 0}, kOldHash);
    unit.slots[0].isRunning = true;
    unit.slots[0].isConfirmed = true;
    unit.bootState->runningSlot = 0;
    unit.bootState->activeSlot = 0;
    unit.bootState->runningHash = kOldHash;
    unit.bootState->isConfirmed = true;
    return unit;
}

core::DeviceSnapshot updatedUnit()
{
    core::DeviceSnapshot unit = runningUnit();
    fill(unit.slots[1], {1, 1, 0, 0}, kNewHash);
    unit.slots[0].isRunning = false;
    unit.slots[0].isConfirmed = false;
    unit.slots[1].isRunning = true;
    unit.slots[1].isConfirmed = true;
    unit.bootState->runningSlot = 1;
    unit.bootState->activeSlot = 1;
    unit.bootState->runningHash = kNewHash;
    return unit;
}

core::DeviceSnapshot unitOnTrial()
{
    core::DeviceSnapshot unit = runningUnit(QStringLiteral("on-trial"));
    unit.stage = core::BootStage::OnTrial;
    fill(unit.slots[1], {1, 1, 0, 0}, kNewHash);
    unit.slots[0].isRunning = false;
    unit.slots[1].isRunning = true;
    unit.bootState->runningSlot = 1;
    unit.bootState->runningHash = kNewHash;
    unit.bootState->isConfirmed = false;
    return unit;
}

core::DeviceSnapshot rolledBackUnit()
{
    core::DeviceSnapshot unit = runningUnit();
    fill(unit.slots[1], {1, 1, 0, 0}, kNewHash);
    unit.bootState->lastRollback = core::RollbackCause::Crashed;
    unit.bootState->rolledBackHash = kNewHash;
    return unit;
}

core::DeviceSnapshot unitInRecovery()
{
    core::DeviceSnapshot unit = bareUnit(QStringLiteral("bricked"));
    unit.stage = core::BootStage::InRecovery;
    return unit;
}

core::DeviceSnapshot silentUnit()
{
    core::DeviceSnapshot unit;
    unit.name = QStringLiteral("silent");
    unit.address = {core::DeviceAddress::Link::Serial, QStringLiteral("/dev/ttyUSB3"), 115200};
    unit.silence = QStringLiteral("no answer within 1000 ms");
    return unit;
}

gui::UnitSeen seen(const core::DeviceSnapshot &unit)
{
    using Kind = core::EvidenceEvent::Kind;
    gui::UnitSeen result{.unit = unit, .foundAs = QStringLiteral("USB serial port")};
    if (unit.bootState)
        result.evidence = {{.sequence = 1, .bootCount = 1, .kind = Kind::Boot, .slot = 0},
                           {.sequence = 2, .bootCount = 1, .kind = Kind::Confirmed, .slot = 0},
                           {.sequence = 3, .bootCount = 12, .kind = Kind::Boot, .slot = 0, .code = 1}};
    if (unit.stage == core::BootStage::InRecovery)
        result.evidence +=
            {{.sequence = 4, .bootCount = 12, .kind = Kind::ImageRefused, .slot = 0, .code = 3},
             {.sequence = 5, .bootCount = 12, .kind = Kind::ImageRefused, .slot = 1, .code = 3},
             {.sequence = 6, .bootCount = 12, .kind = Kind::RecoveryEntered, .code = 1}};
    return result;
}

QList<gui::UnitSeen> manyUnits(int count)
{
    QList<gui::UnitSeen> units{seen(runningUnit()), seen(unitOnTrial()), seen(unitInRecovery()),
                               seen(silentUnit())};
    for (int number = int(units.size()); number < count; ++number)
        units.append(seen(runningUnit(QStringLiteral("unit-%1").arg(number, 3, 10, QLatin1Char('0')))));
    return units;
}

gui::ReleaseOffer release(core::Version version, const QString &channel)
{
    return {.file = QStringLiteral("/releases/bench-sensor-%1-%2.bmb").arg(core::toText(version), channel),
            .version = version,
            .product = QStringLiteral("bench-sensor"),
            .hardware = {QStringLiteral("revA"), QStringLiteral("revB")},
            .build = QStringLiteral("2026-11-21+sha.4f1c2d9"),
            .channel = channel,
            .signedBy = {QString(64, u'4')},
            .imageHashes = {version == core::Version{1, 1, 0, 0} ? kNewHash : QByteArray(32, 'c')}};
}

core::UpdatePlan plan(const core::DeviceSnapshot &unit)
{
    using Subject = core::PreflightCheck::Subject;
    using Answer = core::PreflightCheck::Answer;
    core::UpdatePlan plan;
    plan.order.before = unit;
    plan.order.image = {QByteArray(kImageSize, 'x'), kNewHash, {1, 1, 0, 0}, {}};
    if (unit.stage == core::BootStage::InRecovery)
        plan.order.purpose = core::InstallOrder::Purpose::Recovery;
    plan.release = {
        QStringLiteral("bench-sensor"), QStringLiteral("stable"), {1, 1, 0, 0}, QByteArray(32, 'm')};
    plan.build = QStringLiteral("2026-11-21+sha.4f1c2d9");
    plan.signedBy = {QStringLiteral("9f2c41ab77d01e5240c3aa17be92d4f0c1135d7e8890ab61f7e2d3c4b5a69788")};
    plan.targetSlot = unit.stage == core::BootStage::InRecovery ? 0 : 1;
    plan.checks = {
        {Subject::Product, Answer::Passed, {}, QStringLiteral("bench-sensor")},
        {Subject::Hardware, Answer::Passed, {}, QStringLiteral("revA, one of revA, revB")},
        {Subject::Bootloader, Answer::Passed, {}, QStringLiteral("1.0.0, needs 1")},
        {Subject::RollbackIndex, Answer::Passed, {}, QStringLiteral("10100, at least 10000")},
        {Subject::SlotFree, Answer::Passed, {}, QStringLiteral("B")},
        {Subject::SlotSize, Answer::Passed, {}, QStringLiteral("305 KiB of 512 KiB")},
        {Subject::InstallWindow, Answer::Passed, {}, QStringLiteral("00:00 to 24:00")},
        {Subject::Battery, Answer::NotReported, {}, {}},
    };
    return plan;
}

core::UpdatePlan planOnMains(const core::DeviceSnapshot &unit)
{
    core::UpdatePlan asking = plan(unit);
    asking.checks.append({core::PreflightCheck::Subject::MainsPower, core::PreflightCheck::Answer::Failed,
                          core::Reason::MainsRequired, QStringLiteral("the unit does not say")});
    return asking;
}

core::UpdatePlan refusedPlan(const core::DeviceSnapshot &unit)
{
    core::UpdatePlan refused = plan(unit);
    refused.checks[1].answer = core::PreflightCheck::Answer::Failed;
    refused.checks[1].reason = core::Reason::IncompatibleHardware;
    refused.checks[1].detail = QStringLiteral("revA, the release is for revC");
    return refused;
}

namespace {

const QString kProduct = QStringLiteral("bench-sensor");
const QString kUnblock = QStringLiteral("bootmend catalog unblock ");

core::ReleaseBlock block(core::RuleOrigin origin, const QString &reason)
{
    core::ReleaseBlock block{.product = kProduct, .reason = reason, .origin = origin};
    block.since = QDateTime(QDate(2026, 11, 27), QTime(12, 0), Qt::UTC);
    return block;
}

} // namespace

gui::Objections blockedHere()
{
    core::ReleaseBlock local = block(core::RuleOrigin::Local, QStringLiteral("battery drains within a day"));
    local.version = core::Version{1, 1, 0, 0};
    return {{{local}, {}}, {kUnblock + QStringLiteral("bench-sensor@1.1.0")}};
}

gui::Objections rolledBackHere()
{
    core::ReleaseBlock rolledBack =
        block(core::RuleOrigin::RolledBackHere, QStringLiteral("rolled back: TRIAL_CRASHED"));
    rolledBack.manifestDigest = QByteArray(32, 'm');
    rolledBack.unit = QStringLiteral("BM-2026-00042");
    return {{{rolledBack}, {}}, {kUnblock + QString::fromLatin1(rolledBack.manifestDigest.toHex())}};
}

gui::Objections blockedByList()
{
    gui::Objections both = blockedHere();
    both.rules.blocks.prepend(block(core::RuleOrigin::SignedList, QStringLiteral("loses its calibration")));
    both.lifting.clear();
    return both;
}

gui::Objections tooOld()
{
    return {{{}, {{kProduct, QStringLiteral("*"), {1, 2, 0, 0}}}},
            {QStringLiteral("bootmend catalog minimum bench-sensor 1.1.0")}};
}

core::UpdatePlan blockedPlan(const core::DeviceSnapshot &unit, const gui::Objections &objections)
{
    core::UpdatePlan blocked = plan(unit);
    core::obeyCatalog(blocked, objections.rules);
    return blocked;
}

core::Verdict verdict(core::Outcome outcome, std::optional<core::Reason> reason)
{
    core::Verdict verdict{.outcome = outcome, .reason = reason};
    verdict.unit = runningUnit();
    verdict.from = core::Version{1, 0, 0, 0};
    verdict.to = core::Version{1, 1, 0, 0};
    verdict.hash = kNewHash;
    return verdict;
}

} // namespace samples
