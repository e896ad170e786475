// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/async/clock.h"
#include "core/discovery/port_monitor.h"

namespace transport {

/// The monitor of this operating system: udev on Linux; where there is no back end yet (Windows, macOS) or
/// udev cannot be reached, one that looks once a second.
std::unique_ptr<core::PortMonitor> systemPortMonitor(core::Clock &clock);

} // namespace transport
