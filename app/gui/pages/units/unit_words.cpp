// SPDX-License-Identifier: Apache-2.0
#include "app/gui/pages/units/unit_words.h"

#include "app/texts/user_texts.h"

#include <QCoreApplication>
#include <QFileInfo>
#include <QLocale>

namespace gui {

using namespace std::chrono_literals;

namespace {

QString say(const char *text)
{
    return QCoreApplication::translate("UnitWords", text);
}

/// Where a unit was found and the end of its address, which tells it from its neighbours: "ttyACM0". The
/// socket of a virtual device has no name of its own.
QString shortLink(const UnitSeen &seen)
{
    if (seen.unit.address.link == core::DeviceAddress::Link::Unix && !seen.foundAs.isEmpty())
        return seen.foundAs;
    const QString target = QFileInfo(seen.unit.address.target).fileName();
    return seen.foundAs.isEmpty() ? target : QStringLiteral("%1 · %2").arg(seen.foundAs, target);
}

QString productText(const core::DeviceIdentity &identity)
{
    return QStringLiteral("%1 %2").arg(identity.product, identity.hardwareRevision).trimmed();
}

bool isUnknownYet(const UnitSeen &seen)
{
    return seen.isBeingAsked && seen.unit.stage == core::BootStage::Silent;
}

StateRole slotRole(const core::DeviceSnapshot &unit, const core::Slot &slot)
{
    if (!slot.holdsImage)
        return StateRole::Neutral;
    if (unit.bootState && !slot.isRunning && unit.bootState->rolledBackHash == slot.hash)
        return StateRole::Caution;
    const bool isOnTrial = slot.isRunning && unit.stage == core::BootStage::OnTrial;
    return isOnTrial || slot.isPending ? StateRole::Running : StateRole::Neutral;
}

QString limitOf(const core::DeviceAddress &address, core::RateLimit limit)
{
    if (limit != core::RateLimit::Line)
        return texts::rateLimitPhrase(limit);
    switch (address.link) {
    case core::DeviceAddress::Link::Serial:
        return say("limited by the serial line at %1 baud").arg(QLocale().toString(address.baud));
    case core::DeviceAddress::Link::Ble:
        return say("limited by the radio link");
    case core::DeviceAddress::Link::Unix:
        return say("limited by the virtual line");
    case core::DeviceAddress::Link::Udp:
        return say("limited by the network");
    case core::DeviceAddress::Link::Usb:
        return texts::rateLimitPhrase(limit);
    }
    Q_UNREACHABLE();
}

} // namespace

StateRole stageRole(core::BootStage stage)
{
    switch (stage) {
    case core::BootStage::Running:
    case core::BootStage::Silent:
        return StateRole::Neutral;
    case core::BootStage::OnTrial:
        return StateRole::Running;
    case core::BootStage::InRecovery:
    case core::BootStage::RomLoader:
        return StateRole::Caution;
    }
    Q_UNREACHABLE();
}

QString stageIcon(core::BootStage stage)
{
    switch (stage) {
    case core::BootStage::Running:
        return QStringLiteral("stage_running");
    case core::BootStage::OnTrial:
        return QStringLiteral("stage_trial");
    case core::BootStage::InRecovery:
        return QStringLiteral("stage_recovery");
    case core::BootStage::RomLoader:
        return QStringLiteral("stage_rom");
    case core::BootStage::Silent:
        return QStringLiteral("stage_silent");
    }
    Q_UNREACHABLE();
}

QString bytesText(qint64 bytes)
{
    return QLocale().formattedDataSize(bytes, bytes < 1024 * 1024 ? 0 : 1, QLocale::DataSizeIecFormat);
}

QString durationText(core::Milliseconds duration)
{
    constexpr qint64 kMinute = 60;
    const qint64 seconds = std::max<qint64>(1, (duration.count() + 500) / 1000);
    if (seconds < 2 * kMinute)
        return say("%1 s").arg(seconds);
    return say("%1 min").arg((seconds + kMinute / 2) / kMinute);
}

UnitRow rowOf(const UnitSeen &seen, const std::optional<JobSnapshot> &job)
{
    const core::Slot *running = core::runningSlot(seen.unit);
    UnitRow row{.name = seen.unit.name,
                .product = productText(seen.unit.identity),
                .version = running ? core::toText(running->version) : QString(),
                .stage = texts::stageWord(seen.unit.stage),
                .stageIcon = stageIcon(seen.unit.stage),
                .role = stageRole(seen.unit.stage),
                .link = shortLink(seen)};
    if (seen.unit.stage == core::BootStage::Silent && seen.unit.silenceReason)
        row.product = texts::forReason(*seen.unit.silenceReason).title;
    if (!seen.isToBeAsked) {
        row.product = say("Not opened yet");
        row.stage = say("Not asked");
        row.link = QFileInfo(seen.unit.address.target).fileName();
    }
    if (isUnknownYet(seen)) {
        row.stage = say("Asking…");
        row.stageIcon = QStringLiteral("stage_asking");
    }
    if (job) {
        row.stage = say("Working");
        row.stageIcon = QStringLiteral("stage_asking");
        row.role = StateRole::Running;
        row.fraction = job->fraction;
    }
    return row;
}

QList<Labelled> identityOf(const UnitSeen &seen)
{
    const core::DeviceIdentity &identity = seen.unit.identity;
    QList<Labelled> lines;
    const auto add = [&lines](const QString &label, const QString &value) {
        if (!value.isEmpty())
            lines.append({label, value});
    };
    add(say("Product"), productText(identity));
    add(say("Serial number"), identity.serialNumber);
    add(say("Hardware id"), QString::fromLatin1(identity.hardwareId.toHex()));
    add(say("Bootloader"), seen.unit.bootloader);
    add(say("Link"), core::toText(seen.unit.address));
    return lines;
}

QList<SlotView> slotsOf(const core::DeviceSnapshot &unit)
{
    QList<SlotView> views;
    for (const core::Slot &slot : unit.slots)
        views.append({.name = core::slotName(slot.index),
                      .version = slot.holdsImage ? core::toText(slot.version) : QString(),
                      .size = slot.size,
                      .chips = texts::slotChips(unit, slot),
                      .role = slotRole(unit, slot),
                      .isRunning = slot.isRunning});
    return views;
}

JobView jobViewOf(const JobSnapshot &job, const core::DeviceAddress &address)
{
    const QString to = job.to ? core::toText(*job.to) : QString();
    JobView view{.fraction = job.fraction, .canStop = job.isStoppable && !job.isStopping};
    switch (job.kind) {
    case JobKind::Update:
        view.title = say("Installing %1 on trial").arg(to);
        break;
    case JobKind::Recovery:
        view.title = say("Recovering with %1").arg(to);
        break;
    case JobKind::Confirm:
        view.title = say("Confirming the version on trial");
        break;
    case JobKind::Revert:
        view.title = say("Going back to the previous version");
        break;
    }

    const qsizetype now = job.step ? job.steps.indexOf(*job.step) : -1;
    for (qsizetype index = 0; index < job.steps.size(); ++index) {
        using State = StepView::State;
        const State state = index < now ? State::Done : index == now ? State::Now : State::Later;
        view.steps.append({texts::stepTitle(job.steps[index]), state});
    }
    if (job.step == core::JobStep::Writing && job.bytesTotal > 0) {
        view.amount = say("%1 of %2").arg(bytesText(job.bytesDone), bytesText(job.bytesTotal));
        if (job.limitedBy)
            view.limit = limitOf(address, *job.limitedBy);
    }
    if (job.bytesPerSecond)
        view.rate = say("%1/s").arg(bytesText(qint64(*job.bytesPerSecond)));
    // A write counts down; of a restart it is only known how long it takes.
    const bool isCounting = job.bytesPerSecond.has_value();
    if (job.timeLeft)
        view.timeLeft =
            (isCounting ? say("about %1 left") : say("takes about %1")).arg(durationText(*job.timeLeft));

    if (job.isStopping)
        view.stopNote = say("Stopping at the next safe point.");
    else if (!job.isStoppable)
        view.stopNote =
            say("Do not unplug the unit. This cannot be stopped now: it decides between its versions and "
                "must finish.");
    else
        view.stopNote = say("Stopping is safe: the unit keeps running what it runs.");
    if (job.kind == JobKind::Recovery && job.isStoppable && !job.isStopping)
        view.stopNote = say("Stopping is safe: the unit stays in recovery mode.");
    return view;
}

EmptyView emptyViewOf(const SearchReport &search)
{
    EmptyView view{.title = say("No unit found"), .offersBench = search.bench.isEmpty()};
    if (search.error && !search.bench.isEmpty()) {
        view.title = say("There is no bench here");
        view.checked.append(search.error->detail);
        view.nextStep =
            say("Start one with “bootmend bench up %1”, or open another bench.").arg(search.bench);
        view.offersBench = true;
        return view;
    }
    if (search.error) {
        const texts::UserText text = texts::forError(*search.error);
        return {text.title, {text.explanation, search.error->detail}, text.remedy, true};
    }
    if (!search.bench.isEmpty()) {
        view.checked.append(say("The bench %1 has no units that run.").arg(search.bench));
        view.nextStep =
            say("Start units on it with “bootmend bench up %1”, or open another bench.").arg(search.bench);
        return view;
    }
    view.checked.append(
        say("Checked: serial ports (none), USB serial adapters (none), benches (none open)."));
    view.nextStep =
        say("Connect a unit by its USB or serial cable and switch it on. It appears here by itself.");
    return view;
}

} // namespace gui
