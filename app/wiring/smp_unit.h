// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/async/clock.h"
#include "core/device/connector.h"

namespace smp {
class Client;
}

namespace wiring {

/// Opens the link of a unit that speaks SMP. Unsupported for links that have no transport yet.
core::Task<std::unique_ptr<core::Driver>> openSmpUnit(core::FoundUnit unit, core::Clock &clock);

/// The same unit without a driver, for single commands. `onText` gets what it prints beside its answers.
core::Task<std::unique_ptr<smp::Client>> openSmpClient(core::FoundUnit unit, core::Clock &clock,
                                                       std::function<void(QByteArray)> onText);

} // namespace wiring
