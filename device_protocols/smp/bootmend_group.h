// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/device/driver.h"
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

/// One region of the device's writable flash. Bytes.
struct FlashRegion {
    QString name;
    quint32 offset = 0;
    quint32 size = 0;
    quint32 sector = 0;
};

/// SMP group 64: what only the Bootmend bootloader and its applications know (bootmend/device_wire.h).
class BootmendGroup
{
public:
    explicit BootmendGroup(Client &client) : m_client(client) { }

    core::Task<BootReport> bootState(Patience patience = kReading);
    core::Task<IdentityReport> identity();
    core::Task<QList<FlashRegion>> flashMap();
    core::Task<QList<core::HealthCheck>> health();

    /// All of the evidence log, oldest first, asked for in as many pieces as the device makes of it.
    core::Task<QList<core::EvidenceEvent>> evidence();

    /// Ends the trial as failed; takes effect at the next reset.
    core::Task<core::Done> revert(core::RevertCause cause);

private:
    Client &m_client;
};

} // namespace smp
