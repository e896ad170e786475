// SPDX-License-Identifier: Apache-2.0
#include "device_protocols/smp/smp_driver.h"

#include "core/base/text_lines.h"
#include "core/device/survey.h"
#include "core/update/proof.h"
#include "device_protocols/smp/image_upload.h"
#include "recovery_bootloader/include/bootmend/device_wire.h"

#include <QMap>

#include <algorithm>

namespace smp {

using core::BootStage;
using core::DeviceSnapshot;
using core::Done;
using core::Error;
using core::ErrorKind;
using core::Milliseconds;
using core::Reason;
using core::Result;
using core::Slot;
using core::Task;

namespace {

// A local socket or port opens at once or never; a BLE link takes a few connection intervals.
constexpr Milliseconds kOpening{5'000};

// Zephyr restarts 250 ms after its answer; a unit that counts no boots is not asked before.
constexpr Milliseconds kRestartDelay{1'000};
// What is asked while the unit restarts is lost, so it is asked often; an answer to any of the questions
// counts, which leaves a second for 200 bytes at 9600 baud (0.2 s) and the boot itself.
constexpr Patience kAsking{Milliseconds(200), 5};
constexpr Milliseconds kAskingPause{100};
// A unit that goes on answering without a new boot has not restarted, and will not.
constexpr Milliseconds kGoesOnLimit{15'000};
// Long after the restart's delay: the request itself got lost, and is made again.
constexpr Milliseconds kResetPatience{3'000};
// MCUboot swaps 512 KiB on slow external flash in up to a minute before it boots.
constexpr Milliseconds kReturnLimit{120'000};

constexpr int kReadings = 3; // of a unit whose answers contradict each other
constexpr int kSlotsPerImage = 2;
constexpr int kSingleSlotMode = 0; // See BootloaderInfo.

bool isAnswer(const Error &error)
{
    return error.kind == ErrorKind::Unsupported || error.kind == ErrorKind::RefusedByDevice;
}

/// What a device lacks or refuses to tell is left at `otherwise`; a failing link is not.
template<class T>
Result<T> orWhenRefused(Result<T> result, T otherwise)
{
    if (!result && isAnswer(result.error()))
        return otherwise;
    return result;
}

int indexOf(int image, int slot)
{
    return image * kSlotsPerImage + slot;
}

void addObjections(QList<Slot> &list, const QList<std::optional<Reason>> &objections)
{
    for (Slot &slot : list)
        if (slot.index < objections.size())
            slot.objection = objections.at(slot.index);
}

void addImage(Slot &slot, const ImageSlot &image)
{
    slot.holdsImage = true;
    slot.version = core::parseVersion(image.version).value_or(core::Version{});
    slot.hash = image.hash;
    slot.isRunning = image.isActive;
    slot.isConfirmed = image.isConfirmed;
    slot.isPending = image.isPending;
}

QList<Slot> mergeSlots(const QList<SlotSize> &sizes, const QList<ImageSlot> &images)
{
    QMap<int, Slot> found;
    for (const SlotSize &size : sizes)
        found[indexOf(size.image, size.slot)].size = size.size;
    for (const ImageSlot &image : images)
        addImage(found[indexOf(image.image, image.slot)], image);
    for (auto slot = found.begin(); slot != found.end(); ++slot)
        slot->index = slot.key();
    return found.values();
}

/// The bootloader's judgement counts, not that an image can be read.
void keepOnlyBootable(QList<Slot> &list, const QList<ImageSlot> &images)
{
    for (const ImageSlot &image : images)
        for (Slot &slot : list)
            if (slot.index == indexOf(image.image, image.slot))
                slot.holdsImage = image.isBootable;
}

/// Small servers do not list an empty slot; two slots are what MCUboot has unless it says otherwise.
void addUnlistedSlots(QList<Slot> &list, std::optional<int> mode)
{
    const int count = mode == kSingleSlotMode ? 1 : kSlotsPerImage;
    for (int index = 0; index < count; ++index) {
        const bool isListed = std::any_of(list.cbegin(), list.cend(),
                                          [index](const Slot &slot) { return slot.index == index; });
        if (!isListed)
            list.append(Slot{.index = index});
    }
    std::sort(list.begin(), list.end(),
              [](const Slot &one, const Slot &other) { return one.index < other.index; });
}

BootStage stageOf(const QList<Slot> &list)
{
    for (const Slot &slot : list)
        if (slot.isRunning)
            return slot.isConfirmed ? BootStage::Running : BootStage::OnTrial;
    return BootStage::InRecovery; // An application lists itself as active.
}

BootStage stageOf(const BootReport &report)
{
    if (report.isInRecovery)
        return BootStage::InRecovery;
    return report.state.isConfirmed ? BootStage::Running : BootStage::OnTrial;
}

} // namespace

SmpDriver::SmpDriver(Unit unit, std::unique_ptr<transport::FrameChannel> channel, core::Clock &clock) :
    m_unit(std::move(unit)), m_clock(clock), m_client(std::move(channel), clock), m_os(m_client),
    m_images(m_client), m_bootmend(m_client)
{
}

Task<Done> SmpDriver::open()
{
    return core::within(kOpening, m_clock, m_client.open());
}

void SmpDriver::showLogTo(LogSink sink)
{
    if (!sink)
        return m_client.showTextTo({});
    m_client.showTextTo([lines = core::TextLines(), sink = std::move(sink)](const QByteArray &piece) mutable {
        for (const QString &line : lines.feed(piece))
            sink(line);
    });
}

Task<Done> SmpDriver::ensureLink()
{
    if (m_client.isOpen())
        co_return Done{};
    co_await open();
    const Result<Done> isIt = co_await core::attempt(checkWhoAnswers());
    if (!isIt)
        m_client.close(); // Asked anew the next time, perhaps elsewhere.
    co_return isIt;
}

/// Images and boot record are asked one after the other; a unit that restarted in between has told two
/// stories.
Task<DeviceSnapshot> SmpDriver::identify()
{
    for (int attemptsLeft = kReadings; attemptsLeft > 1; --attemptsLeft) {
        DeviceSnapshot unit = co_await readUnit();
        if (core::witnessesAgree(unit))
            co_return unit;
    }
    co_return co_await readUnit();
}

Task<DeviceSnapshot> SmpDriver::readUnit()
{
    co_await ensureLink();
    const ServerLimits told = co_await limits();
    const QList<ImageSlot> images = co_await m_images.list();
    const QList<SlotSize> sizes = co_await slotSizes();

    DeviceSnapshot unit;
    unit.name = m_unit.name;
    addPlace(unit);
    unit.bufferSize = told.bufferSize;
    unit.bufferCount = told.bufferSize > 0 ? told.bufferCount : 0;
    unit.slots = mergeSlots(sizes, images);

    const Result<BootReport> boot = co_await core::attempt(m_bootmend.bootState());
    if (!boot && boot.error().kind == ErrorKind::Unsupported)
        co_return co_await addGeneric(std::move(unit));
    if (!boot)
        co_return core::passOn(boot.error());

    keepOnlyBootable(unit.slots, images);
    addObjections(unit.slots, boot->objections);
    unit.stage = stageOf(*boot);
    unit.bootState = boot->state;
    m_lastCount = boot->state.bootCount;
    co_return co_await addIdentity(std::move(unit));
}

Task<DeviceSnapshot> SmpDriver::addIdentity(DeviceSnapshot unit)
{
    Result<IdentityReport> told = co_await core::attempt(m_bootmend.identity());
    IdentityReport notProvisioned;
    const IdentityReport report = co_await orWhenRefused(std::move(told), std::move(notProvisioned));
    unit.identity = report.identity;
    remember(report.identity);
    unit.bootloader = QStringLiteral("Bootmend %1").arg(report.bootloader).trimmed();
    const Result<core::Version> version = core::parseVersion(report.bootloader);
    if (version)
        unit.bootloaderVersion = *version;
    co_return unit;
}

/// A device without our group does not say who it is: it is known by where it is attached
/// (docs/decisions/0021, 0068).
Task<DeviceSnapshot> SmpDriver::addGeneric(DeviceSnapshot unit)
{
    Result<BootloaderInfo> told = co_await core::attempt(m_os.bootloaderInfo());
    BootloaderInfo unknown;
    const BootloaderInfo info = co_await orWhenRefused(std::move(told), std::move(unknown));
    unit.bootloader = info.name;
    const QString usbSerial = m_unit.attachment ? m_unit.attachment->port.serialNumber : QString();
    const QString name = m_unit.trail ? m_unit.trail->name() : usbSerial;
    unit.identity.serialNumber = name.isEmpty() ? toText(m_unit.address) : name;
    unit.stage = stageOf(unit.slots);
    addUnlistedSlots(unit.slots, info.mode);
    co_return unit;
}

Task<ServerLimits> SmpDriver::limits()
{
    Result<ServerLimits> told = co_await core::attempt(m_os.parameters());
    co_return orWhenRefused(std::move(told), ServerLimits{});
}

Task<QList<SlotSize>> SmpDriver::slotSizes()
{
    Result<QList<SlotSize>> told = co_await core::attempt(m_images.slotSizes());
    co_return orWhenRefused(std::move(told), QList<SlotSize>());
}

Task<Done> SmpDriver::write(QByteArray image, core::WriteControl control)
{
    if (image.isEmpty())
        co_return core::fail(ErrorKind::InvalidFile, Reason::PayloadMissing,
                             QStringLiteral("an empty image"));
    co_await ensureLink();
    const Milliseconds asked = m_clock.now();
    const ServerLimits told = co_await limits();
    const Milliseconds turnAround = m_clock.now() - asked;
    UploadOrder order{.file = std::move(image),
                      .limits = told,
                      .turnAround = turnAround < kReading.each ? std::optional(turnAround) : std::nullopt,
                      .control = std::move(control)};
    ImageUpload upload(m_client, std::move(order));
    co_return co_await upload.run();
}

Task<Done> SmpDriver::tryOnNextBoot(QByteArray hash, core::RolledBackBefore before)
{
    co_await ensureLink();
    const auto marked = co_await core::attempt(m_images.tryOnNextBoot(hash, before));
    if (marked)
        co_return Done{};
    const bool isRefused =
        marked.error().kind == ErrorKind::Unsupported || marked.error().kind == ErrorKind::RefusedByDevice;
    if (isRefused && co_await bootsAnyway(hash))
        co_return Done{};
    co_return co_await explainRefusal(hash, marked.error());
}

/// MCUboot's serial recovery writes the slot that boots, and has nothing to mark: no image is active there.
Task<bool> SmpDriver::bootsAnyway(QByteArray hash)
{
    const Result<BootReport> boot = co_await core::attempt(m_bootmend.bootState(kAsking));
    const Result<QList<ImageSlot>> images = co_await core::attempt(m_images.list());
    if (boot || boot.error().kind != ErrorKind::Unsupported || !images)
        co_return false;
    bool isInFirstSlot = false;
    for (const ImageSlot &image : *images) {
        if (image.isActive)
            co_return false;
        isInFirstSlot = isInFirstSlot || (image.image == 0 && image.slot == 0 && image.hash == hash);
    }
    co_return isInFirstSlot;
}

/// "Refused" alone helps nobody: the bootloader says what it has against each image.
Task<Done> SmpDriver::explainRefusal(QByteArray hash, Error error)
{
    if (error.deviceCode == core::DeviceCode{BM_SMP_GROUP, BM_SMP_ERR_ROLLED_BACK})
        error.reason = Reason::BuildBlocked;
    if (error.deviceCode != core::DeviceCode{BM_SMP_GROUP, BM_SMP_ERR_IMAGE_REFUSED})
        co_return tl::unexpected(std::move(error));
    const Result<QList<ImageSlot>> images = co_await core::attempt(m_images.list());
    const Result<BootReport> boot = co_await core::attempt(m_bootmend.bootState());
    if (!images || !boot)
        co_return tl::unexpected(std::move(error));
    for (const ImageSlot &image : *images)
        if (image.hash == hash && image.slot >= 0 && image.slot < boot->objections.size())
            error.reason = boot->objections.at(image.slot);
    co_return tl::unexpected(std::move(error));
}

Task<Done> SmpDriver::confirm(QByteArray hash)
{
    co_await ensureLink();
    co_await m_images.confirm(hash);
    co_return Done{};
}

Task<Done> SmpDriver::giveUpTrial(core::RevertCause cause)
{
    co_await ensureLink();
    const Result<Done> asked = co_await core::attempt(m_bootmend.revert(cause));
    if (asked || asked.error().kind != ErrorKind::Unsupported)
        co_return asked;

    // MCUboot goes back by itself, unless what runs is confirmed already.
    const QList<ImageSlot> images = co_await m_images.list();
    for (const ImageSlot &image : images)
        if (image.isActive && !image.isConfirmed)
            co_return Done{};
    co_return core::fail(ErrorKind::Unsupported, Reason::NothingOnTrial,
                         QStringLiteral("nothing is on trial, and the unit has no command to go back"));
}

Task<Done> SmpDriver::reload(core::ReloadInto what)
{
    // A unit that is away just now may come back; who answers then is asked as always.
    [[maybe_unused]] const Result<Done> linked = co_await core::attempt(ensureLink());
    const std::optional<quint32> before = co_await bootCount();
    co_await requestReset(what);
    co_return co_await awaitReturn(before, what);
}

Task<std::optional<quint32>> SmpDriver::bootCount()
{
    const Result<BootReport> boot = co_await core::attempt(m_bootmend.bootState(kAsking));
    if (boot)
        m_lastCount = boot->state.bootCount;
    else if (!core::isAnswerLost(boot.error()))
        m_lastCount.reset(); // It keeps none, or no longer.
    co_return m_lastCount;
}

Task<Done> SmpDriver::requestReset(core::ReloadInto what)
{
    const auto into = what == core::ReloadInto::Recovery ? ResetInto::Bootloader : ResetInto::Application;
    const Result<Done> asked = co_await core::attempt(m_os.reset(into));
    if (!asked && !core::isAnswerLost(asked.error()))
        co_return core::passOn(asked.error());
    co_return Done{};
}

Task<Done> SmpDriver::awaitReturn(std::optional<quint32> countBefore, core::ReloadInto what)
{
    const Milliseconds begun = m_clock.now();
    Milliseconds asked = begun;
    if (!countBefore)
        co_await core::after(kRestartDelay, m_clock);
    for (;;) {
        const Result<bool> back = co_await core::attempt(hasReturned(countBefore));
        if (back && *back)
            co_return Done{};
        const Milliseconds waited = m_clock.now() - begun;
        if (!back && back.error().kind == ErrorKind::AmbiguousDevice && waited >= ambiguityLimit())
            co_return core::passOn(back.error());
        if (back && waited >= kGoesOnLimit)
            co_return core::fail(ErrorKind::RefusedByDevice, Reason::DeviceRefused,
                                 QStringLiteral("the unit goes on answering and does not restart"));
        if (waited >= kReturnLimit)
            co_return core::fail(
                ErrorKind::TimedOut, Reason::Timeout,
                QStringLiteral("silent for %1 s after the restart").arg(waited.count() / 1000));
        if (back && m_clock.now() - asked >= kResetPatience) {
            asked = m_clock.now();
            co_await requestReset(what);
        }
        co_await core::after(kAskingPause, m_clock);
    }
}

/// Its own place may come back later than others do, as late as a swap takes; only where places are not told
/// there is nothing to wait for.
Milliseconds SmpDriver::ambiguityLimit() const
{
    const bool isPlaceKnown = m_unit.trail && !m_unit.trail->port().topology.isEmpty();
    return isPlaceKnown ? kReturnLimit : kGoesOnLimit;
}

Task<bool> SmpDriver::hasReturned(std::optional<quint32> countBefore)
{
    co_await ensureLink();
    if (countBefore) {
        const Result<BootReport> boot = co_await core::attempt(m_bootmend.bootState(kAsking));
        if (boot)
            co_return boot->state.bootCount != *countBefore;
        if (boot.error().kind == ErrorKind::Unsupported)
            co_return true; // Another application runs now, one without our group.
        co_return core::passOn(boot.error());
    }
    const Result<QString> echo = co_await core::attempt(m_os.echo(QStringLiteral("?"), kAsking));
    if (echo || isAnswer(echo.error()))
        co_return true;
    co_return core::passOn(echo.error());
}

Task<QList<core::HealthCheck>> SmpDriver::checkHealth()
{
    co_await ensureLink();
    co_return co_await m_bootmend.health();
}

Task<QList<core::EvidenceEvent>> SmpDriver::readEvidence()
{
    co_await ensureLink();
    co_return co_await m_bootmend.evidence();
}

} // namespace smp
