// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/power_cuts/flash_tear.h"
#include "tests/power_cuts/scenario.h"

#include <optional>
#include <string>
#include <vector>

namespace testing {

struct FlashGeometry {
    quint32 sectorSize;
    quint32 writeSize;
};

struct Cut {
    int write = 0; // which one of the act, or of the boots that follow the first cut
    FlashTear tear;
};

/// How thorough a sweep is, and which part of it is done here.
struct SweepPlan {
    TearDensity first = TearDensity::Full;
    TearDensity second = TearDensity::Coarse;
    int secondEvery = 1; // of the first cuts, each n-th is followed by the second ones
    int part = 0; // the cuts whose number is `part` modulo `parts`
    int parts = 1;
    std::optional<Cut> onlyFirst;
    std::optional<Cut> onlySecond;
};

struct SweepResult {
    int writes = 0; // of the act
    int firstCuts = 0;
    int secondCuts = 0;
    std::vector<std::string> failures; // each with the cut that it follows

    SweepResult &operator+=(const SweepResult &other);
};

/// Cuts the power in every write of the scenario, in many ways, and in every write of the boots that follow;
/// what comes then is judged each time.
SweepResult sweepPowerCuts(const PowerCutScenario &scenario, const FlashGeometry &geometry,
                           const SweepPlan &plan);

/// "write/kind:at:seed"
std::string textOf(const Cut &cut);
std::optional<Cut> cutFrom(const std::string &text);

} // namespace testing
