// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/device/health_requirement.h"
#include "core/update/job.h"

namespace core {

/// One image whose signature, hash and target were verified; see VerifiedRelease.
struct ImageToInstall {
    QByteArray file;
    QByteArray hash; // its SHA TLV: what the unit reports of the image that it runs
    Version version;
    HealthDemand health;
};

/// One image for one unit that was seen and found fit. Built by the update and the recovery recipe.
struct InstallOrder {
    enum class Purpose { Update, Recovery };
    enum class Ending { Confirmed, Staged };

    DeviceSnapshot before;
    ImageToInstall image;
    Purpose purpose = Purpose::Update;
    Ending ending = Ending::Confirmed;
    RolledBackBefore rolledBackBefore = RolledBackBefore::Refuse;
};

/// The part that update and recovery share: write, trial, restart, health, confirmation, proof.
///
/// Goes on where an earlier attempt stopped: an image that is already in the slot is not sent again, and a
/// trial that already runs is only judged. Every failure becomes a verdict: Failed or Cancelled while the
/// unit still runs what it ran, Reverted when the unit's own record shows the rollback, Unknown for
/// everything that is not proven.
Task<Verdict> install(Driver &driver, InstallOrder order, JobContext job);

} // namespace core
