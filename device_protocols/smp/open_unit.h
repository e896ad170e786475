// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/async/clock.h"
#include "core/device/connector.h"

#include <functional>
#include <memory>

namespace smp {

/// Opens a unit that speaks SMP over a serial port, a pty or a unix socket. What it prints besides packets
/// goes to `onConsoleText`. Asks nothing of the unit yet. Errors: the stream's, and Unsupported for an
/// address that carries no byte stream.
core::Task<std::unique_ptr<core::Driver>> openUnit(core::FoundUnit unit, core::Clock &clock,
                                                   std::function<void(QByteArray)> onConsoleText = {});

} // namespace smp
