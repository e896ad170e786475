// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/gui/device_thread/release_shelf.h"
#include "core/device/connector.h"

/// The device thread's work on one unit, each from opening the link to closing it.
namespace gui {

/// Who a unit is, and what it recorded. Never fails: a unit that does not answer is Silent.
core::Task<UnitSeen> askUnit(core::Connector &connector, core::FoundUnit found, core::Clock &clock);

/// Verifies the release, identifies the unit, and compares them; the catalog's rules count. Nothing is
/// written.
core::Task<core::UpdatePlan> planFor(core::Connector &connector, core::FoundUnit found, core::Clock &clock,
                                     ReleaseShelf shelf, PlanRequest request);

/// What is asked of runPlan().
struct PlanToRun {
    core::UpdatePlan plan;
    QString catalogFolder;
};

/// Runs a plan that was shown to its verdict; what is rolled back is blocked. The plan may have been looked
/// at for long: when another unit answers by now, or the unit is in another state than the plan is about, it
/// fails with NotSameUnit or NotAllowedNow; a release that was blocked meanwhile is refused. Nothing is
/// written then.
core::Task<JobEnd> runPlan(core::Connector &connector, core::FoundUnit found, PlanToRun order,
                           core::JobContext job);

/// Ends a trial by hand, and proves it.
core::Task<JobEnd> runEnding(core::Connector &connector, core::FoundUnit found, JobKind kind,
                             core::JobContext job);

} // namespace gui
