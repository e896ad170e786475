// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/async/clock.h"
#include "core/device/connector.h"
#include "core/discovery/port_monitor.h"

namespace smp {
class Client;
}

namespace wiring {

/// What links are made with.
struct LinkTools {
    core::Clock &clock;
    core::PortMonitor &monitor; // outlives the drivers
    core::ProfileBook profiles;
    QString recordFile = {}; // of this link; empty: it is not recorded
};

/// Opens the link of a unit that speaks SMP. Unsupported for links that have no transport yet; FileFailed
/// when it cannot be recorded. A unit on a port of this computer is followed when its port changes.
core::Task<std::unique_ptr<core::Driver>> openSmpUnit(core::FoundUnit unit, LinkTools tools);

/// The same unit without a driver, for single commands. `onText` gets what it prints beside its answers.
core::Task<std::unique_ptr<smp::Client>> openSmpClient(core::FoundUnit unit, LinkTools tools,
                                                       std::function<void(QByteArray)> onText);

} // namespace wiring
