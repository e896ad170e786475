// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/release/verified_release.h"
#include "core/update/plan.h"

#include <QDateTime>

namespace core {

/// Compares a verified release with a unit that was identified. Sends nothing.
///
/// NotAllowedNow with ReleaseNotSupported for a bundle that does not hold exactly one image.
Result<UpdatePlan> planUpdate(const VerifiedRelease &release, const DeviceSnapshot &unit, QDateTime nowUtc,
                              InstallOrder::Ending ending = InstallOrder::Ending::Confirmed);

/// Lets the plan try an image that this unit has rolled back before, and lifts nothing else.
void allowRolledBack(UpdatePlan &plan);

/// Runs a plan to its verdict: AlreadyCurrent or Refused without a byte sent, otherwise what install() says.
Task<Verdict> runUpdate(Driver &driver, UpdatePlan plan, JobContext job);

/// Ends a trial by hand: the running image is confirmed and that is proven. Refused with NothingOnTrial
/// otherwise.
Task<Verdict> confirmByHand(Driver &driver, JobContext job);

/// Ends a trial by hand: the bootloader goes back, and that is proven. Refused with NothingOnTrial otherwise.
Task<Verdict> revertByHand(Driver &driver, JobContext job);

} // namespace core
