// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/release/verified_release.h"
#include "core/update/plan.h"

#include <QDateTime>

namespace core {

/// Compares a verified release with a unit that does not boot. Its checks include that there is something to
/// recover (NothingToRecover), and that the release fits the unit as an update would have to.
Result<UpdatePlan> planRecovery(const VerifiedRelease &release, const DeviceSnapshot &unit, QDateTime nowUtc);

/// Reads the unit's evidence, then installs the release through its recovery mode, to a proven verdict:
/// Recovered, or Failed when the unit is back in recovery mode.
Task<Verdict> runRecovery(Driver &driver, UpdatePlan plan, JobContext job);

} // namespace core
