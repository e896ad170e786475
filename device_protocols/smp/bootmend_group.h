// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/device/service_access.h"
#include "device_protocols/smp/smp_client.h"

namespace smp {

/// The boot-state record, and what answers: the application or the bootloader in recovery mode.
struct BootReport {
    bool isInRecovery = false;
    core::BootState state;
    QList<std::optional<core::Reason>> objections; // by slot: why its image must not boot; may be shorter
};

struct IdentityReport {
    core::DeviceIdentity identity;
    QString bootloader; // version of the bootloader
};

/// SMP group 64: what only the Bootmend bootloader and its applications know (bootmend/device_wire.h).
class BootmendGroup
{
public:
    explicit BootmendGroup(Client &client) : m_client(client) { }

    core::Task<BootReport> bootState(Patience patience = kReading);
    core::Task<IdentityReport> identity(Patience patience = kReading);
    core::Task<QList<core::FlashRegion>> flashMap();
    core::Task<QList<core::HealthCheck>> health();

    /// All of the evidence log, oldest first, asked for in as many pieces as the device makes of it.
    core::Task<QList<core::EvidenceEvent>> evidence();

    /// Ends the trial as failed; takes effect at the next reset.
    core::Task<core::Done> revert(core::RevertCause cause);

    /// Nothing when the device has no configuration.
    core::Task<std::optional<core::StoredConfiguration>> configuration();

    /// 32 bytes that a recovery key is to sign together with the device id.
    core::Task<QByteArray> challenge();
    /// Untrusted with UnlockRefused when the device does not accept the signature.
    core::Task<core::Done> unlock(QByteArray signature);

    /// At most kRegionPiece bytes, which lie inside the region. NotAllowedNow with UnitLocked when the device
    /// is locked; RefusedByDevice for a region that it keeps to itself.
    core::Task<QByteArray> readRegion(int region, quint32 offset, quint32 size);
    core::Task<core::Done> eraseRegion(int region);

    static constexpr quint32 kRegionPiece = 256;

private:
    Client &m_client;
};

} // namespace smp
