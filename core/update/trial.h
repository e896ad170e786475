// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/update/install.h"

namespace core {

/// Judges a unit that was restarted into a trial, and was seen as `after`: a healthy trial is confirmed and
/// proven, an unhealthy one is rolled back, a rollback that the bootloader made by itself is told by its
/// reason.
Task<Verdict> judgeTrial(Driver &driver, InstallOrder order, DeviceSnapshot after, JobContext job);

/// Confirms the running trial and proves it. An answer that got lost does not matter: the unit is asked
/// again.
Task<Verdict> confirmTrial(Driver &driver, InstallOrder order, JobContext job);

/// The verdict that the unit's last word justifies once its trial was confirmed: Updated or Recovered only
/// when the same unit, restarted since, runs the image of this hash and version, confirmed, with nothing
/// pending.
Verdict proofOf(const InstallOrder &order, const DeviceSnapshot &unit);

/// The verdict about a unit that does not run the image of its trial: Reverted only by the unit's own record.
Verdict rollbackOf(const InstallOrder &order, const DeviceSnapshot &unit);

} // namespace core
