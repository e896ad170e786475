// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/device/driver.h"
#include "core/discovery/unit_trail.h"
#include "device_protocols/smp/bootmend_group.h"
#include "device_protocols/smp/image_group.h"
#include "device_protocols/smp/os_group.h"

namespace smp {

/// A unit that speaks SMP, in its application or in its bootloader's recovery mode. Knows the Bootmend group
/// and does without it, so that any MCUmgr device can be updated.
///
/// A verb whose link is gone opens it again first, once; the link itself is never the verb's business.
class SmpDriver final : public core::Driver, private core::ServiceAccess
{
public:
    struct Unit {
        QString name; // what the user calls it
        core::DeviceAddress address;
        std::optional<core::Attachment> attachment = {}; // none when it is on no port of this computer
        std::shared_ptr<core::UnitTrail> trail = {}; // to it, when its port may change; else null
    };

    SmpDriver(Unit unit, std::unique_ptr<transport::FrameChannel> channel, core::Clock &clock);

    /// Opens the link: TransportFailed or Disconnected as its stream says.
    core::Task<core::Done> open();

    void showLogTo(LogSink sink) override;
    core::Task<core::DeviceSnapshot> identify() override;
    core::Task<core::Done> write(QByteArray image, core::WriteControl control) override;
    core::Task<core::Done> tryOnNextBoot(QByteArray hash, core::RolledBackBefore before) override;
    core::Task<core::Done> confirm(QByteArray hash) override;
    core::Task<core::Done> giveUpTrial(core::RevertCause cause) override;
    core::Task<core::Done> reload(core::ReloadInto what) override;
    core::Task<QList<core::HealthCheck>> checkHealth() override;
    core::Task<QList<core::EvidenceEvent>> readEvidence() override;
    core::Task<std::optional<core::StoredConfiguration>> readConfiguration() override;
    core::ServiceAccess *serviceAccess() override { return this; }

private:
    core::Task<QByteArray> askForChallenge() override;
    core::Task<core::Done> unlock(QByteArray signature) override;
    core::Task<QList<core::FlashRegion>> listRegions() override;
    core::Task<QByteArray> readRegion(core::FlashRegion region, core::WriteControl control) override;
    core::Task<core::Done> eraseRegion(core::FlashRegion region) override;
    core::Task<core::Done> callIntoRecovery(core::Milliseconds limit, const core::StopRequest *stop) override;

    core::Task<bool> isInRecovery();
    core::Task<core::Done> ensureLink();
    core::Task<core::Done> ensureUnverifiedLink();
    core::Task<core::Done> checkWhoAnswers();
    core::Task<core::Done> checkIdentity();
    void remember(const core::DeviceIdentity &identity);
    void addPlace(core::DeviceSnapshot &unit) const;
    QString place() const;
    core::Task<core::DeviceSnapshot> readUnit();
    core::Task<core::DeviceSnapshot> addIdentity(core::DeviceSnapshot unit);
    core::Task<core::DeviceSnapshot> addGeneric(core::DeviceSnapshot unit);
    core::Task<ServerLimits> limits();
    core::Task<QList<SlotSize>> slotSizes();
    core::Task<std::optional<quint32>> bootCount();
    core::Task<bool> bootsAnyway(QByteArray hash);
    core::Task<core::Done> explainRefusal(QByteArray hash, core::Error error);
    core::Task<core::Done> requestReset(core::ReloadInto what);
    core::Task<core::Done> awaitReturn(std::optional<quint32> countBefore, core::ReloadInto what);
    core::Milliseconds ambiguityLimit() const;
    core::Task<bool> hasReturned(std::optional<quint32> countBefore);

    Unit m_unit;
    std::optional<core::DeviceIdentity> m_known; // what it said of itself first
    std::optional<quint32> m_lastCount; // of its boots, by its last word; none where it keeps none
    core::Clock &m_clock;
    Client m_client;
    OsGroup m_os;
    ImageGroup m_images;
    BootmendGroup m_bootmend;
};

} // namespace smp
