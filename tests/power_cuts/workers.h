// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/power_cuts/sweep.h"

#include <functional>

namespace testing {

struct SweepJob {
    int geometry;
    int scenario;
    SweepPlan plan;
};

/// Runs each job in a process of its own, as the bootloader under test exists once in each, two at a time.
/// Tells each result when it is there; a job that crashes has failed.
void runInProcesses(const std::vector<SweepJob> &jobs,
                    const std::function<SweepResult(const SweepJob &)> &run,
                    const std::function<void(const SweepJob &, const SweepResult &)> &tell);

} // namespace testing
