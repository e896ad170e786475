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

/// A person has seen that the unit has mains power, as the release asks for.
void vouchForMainsPower(UpdatePlan &plan);

/// What somebody says of a unit that does not say it itself.
struct ClaimedIdentity {
    QString product; // empty: nothing is said
    QString hardwareRevision;
    QString source; // "its profile", "the operator"
};

/// Puts a claim in the place of what the unit does not say. What it says itself stays, and is judged.
void vouchForIdentity(UpdatePlan &plan, const ClaimedIdentity &claim);

} // namespace core
