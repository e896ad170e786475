// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/power_cuts/story.h"

#include <functional>

namespace testing {

struct PowerCutScenario {
    const char *name;
    /// Makes the unit and what is expected of it; the power lasts.
    std::function<void(SimulatedUnit &, Expectation &)> prepare;
    /// The power fails somewhere in here.
    std::function<void(Story &, SimulatedUnit &)> act;
};

/// One for each thing that the bootloader does to its flash.
const QList<PowerCutScenario> &powerCutScenarios();

} // namespace testing
