// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/release/verified_release.h"
#include "core/update/plan.h"

#include <QDateTime>

namespace core {

/// The questions that an update and a recovery both ask of a release and a unit, in the order in which a
/// person would: product, hardware, bootloader, rollback index, room in the slot, install window, battery,
/// mains power.
QList<PreflightCheck> checkFit(const VerifiedRelease &release, const DeviceSnapshot &unit, QDateTime nowUtc);

} // namespace core
