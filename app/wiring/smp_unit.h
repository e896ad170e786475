// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/async/clock.h"
#include "core/device/connector.h"

namespace wiring {

/// Opens the link of a unit that speaks SMP. Unsupported for links that have no transport yet.
core::Task<std::unique_ptr<core::Driver>> openSmpUnit(core::FoundUnit unit, core::Clock &clock);

} // namespace wiring
