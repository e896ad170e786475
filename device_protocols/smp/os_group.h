// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "device_protocols/smp/os_commands.h"
#include "device_protocols/smp/smp_client.h"

#include <QString>

namespace smp {

/// Which bootloader, and how MCUboot swaps (boot_status.h): -1 unknown, 0 single slot, 1 swap-scratch,
/// 2 overwrite, 3 swap-move, 4 direct-XIP, 5 direct-XIP with revert, 6 RAM load, 7 firmware loader,
/// 8 single slot RAM load, 9 swap-offset.
struct BootloaderInfo {
    QString name;
    std::optional<int> mode;
};

enum class ResetInto { Application, Bootloader };

/// SMP group 0. Zephyr, "Default / OS management group".
class OsGroup
{
public:
    explicit OsGroup(Client &client) : m_client(client) { }

    core::Task<QString> echo(QString text, Patience patience = kReading);
    core::Task<ServerLimits> parameters();
    core::Task<BootloaderInfo> bootloaderInfo();

    /// Answered before the device restarts, 250 ms later. Repeated with force when the device says "busy".
    core::Task<core::Done> reset(ResetInto what);

private:
    Client &m_client;
};

} // namespace smp
