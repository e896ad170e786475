// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/gui/device_thread/unit_service.h"

namespace testing {

/// Records what the window asks, and says only what a test tells it to, through the signals.
class FakeService final : public gui::UnitService
{
public:
    void openBench(const QString &directory) override { benches.append(directory); }
    void lookAgain(const QString &unit) override { looks.append(unit); }
    void addRelease(const QString &file) override { addedReleases.append(file); }
    void preparePlan(const gui::PlanRequest &request) override { requests.append(request); }
    void start(const QString &unit, const core::UpdatePlan &plan) override
    {
        startedUnits.append(unit);
        startedPlans.append(plan);
    }
    void endTrial(const QString &unit, gui::JobKind kind) override { endings.append({unit, kind}); }
    void stop(const QString &unit) override { stops.append(unit); }

    QStringList benches;
    QStringList looks;
    QStringList addedReleases;
    QList<gui::PlanRequest> requests;
    QStringList startedUnits;
    QList<core::UpdatePlan> startedPlans;
    QList<std::pair<QString, gui::JobKind>> endings;
    QStringList stops;
};

} // namespace testing
