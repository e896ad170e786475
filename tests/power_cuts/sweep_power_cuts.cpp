// SPDX-License-Identifier: Apache-2.0
#include "tests/power_cuts/workers.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>

/*
 * Cuts the power in every flash operation of every scenario of the bootloader, in every way that flash may
 * take it, and once more in the boots that follow; ends with 0 when every unit came through.
 *
 *     sweep_power_cuts
 *     sweep_power_cuts GEOMETRY SCENARIO CUT [CUT]     one cut again, or two, as a failure is told
 */

using namespace testing;

namespace {

constexpr int kLeastCuts = 100000;

/// The host port's write unit, a smaller one, and the widest there is, in sectors that fill quickly.
constexpr FlashGeometry kGeometries[] = {{1024, 8}, {1024, 4}, {2048, 16}};
constexpr int kGeometryCount = int(std::size(kGeometries));

std::vector<SweepJob> allJobs()
{
    std::vector<SweepJob> jobs;
    for (int geometry = 0; geometry < kGeometryCount; ++geometry) {
        for (int scenario = 0; scenario < powerCutScenarios().size(); ++scenario) {
            // The other geometries differ in where the boundaries lie, which the first cuts show.
            SweepPlan plan;
            plan.secondEvery = geometry == 0 ? 41 : 101;
            jobs.push_back({geometry, scenario, plan});
        }
    }
    return jobs;
}

SweepResult runJob(const SweepJob &job)
{
    return sweepPowerCuts(powerCutScenarios()[job.scenario], kGeometries[job.geometry], job.plan);
}

void tell(const SweepJob &job, const SweepResult &result)
{
    std::printf("%d  %-40s %4d writes %6d cuts %7d second cuts\n", job.geometry,
                powerCutScenarios()[job.scenario].name, result.writes, result.firstCuts, result.secondCuts);
    for (const std::string &failure : result.failures) {
        std::printf("FAIL sweep_power_cuts %d %s\n", job.geometry, failure.c_str());
    }
    std::fflush(stdout);
}

int sweepAll()
{
    SweepResult total;
    runInProcesses(allJobs(), runJob, [&total](const SweepJob &job, const SweepResult &result) {
        tell(job, result);
        total += result;
    });
    const int cuts = total.firstCuts + total.secondCuts;
    std::printf("%d cut points: %d, and %d more in the boots that follow; %zu failures\n", cuts,
                total.firstCuts, total.secondCuts, total.failures.size());
    if (cuts < kLeastCuts) {
        std::printf("FAIL at least %d cut points are wanted\n", kLeastCuts);
    }
    return total.failures.empty() && cuts >= kLeastCuts ? EXIT_SUCCESS : EXIT_FAILURE;
}

int cutAgain(int count, char **arguments)
{
    SweepJob job = {.geometry = std::atoi(arguments[0]), .scenario = -1, .plan = {}};
    for (int i = 0; i < powerCutScenarios().size(); ++i) {
        if (std::strcmp(powerCutScenarios()[i].name, arguments[1]) == 0) {
            job.scenario = i;
        }
    }
    job.plan.onlyFirst = cutFrom(arguments[2]);
    job.plan.onlySecond = count > 3 ? cutFrom(arguments[3]) : std::nullopt;
    job.plan.secondEvery = INT32_MAX;
    if (job.scenario < 0 || job.geometry >= kGeometryCount || !job.plan.onlyFirst) {
        std::fprintf(stderr, "no such geometry, scenario or cut\n");
        return 2;
    }
    const SweepResult result = runJob(job);
    tell(job, result);
    return result.failures.empty() && result.firstCuts > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

} // namespace

int main(int count, char **arguments)
{
    return count >= 4 ? cutAgain(count - 1, arguments + 1) : sweepAll();
}
