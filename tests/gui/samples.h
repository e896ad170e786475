// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/gui/device_thread/values.h"

/// Units, releases and plans as the device thread would hand them over.
namespace samples {

core::DeviceSnapshot runningUnit(const QString &name = QStringLiteral("healthy"));
core::DeviceSnapshot updatedUnit();
core::DeviceSnapshot unitOnTrial();
core::DeviceSnapshot rolledBackUnit();
core::DeviceSnapshot unitInRecovery();
core::DeviceSnapshot silentUnit();

gui::UnitSeen seen(const core::DeviceSnapshot &unit);
QList<gui::UnitSeen> manyUnits(int count);

gui::ReleaseOffer release(core::Version version, const QString &channel = QStringLiteral("stable"));

core::UpdatePlan plan(const core::DeviceSnapshot &unit);
core::UpdatePlan refusedPlan(const core::DeviceSnapshot &unit);
core::UpdatePlan planOnMains(const core::DeviceSnapshot &unit);

gui::Objections blockedHere(); // by somebody at this computer
gui::Objections rolledBackHere();
gui::Objections blockedByList(); // beside a block of this computer
gui::Objections tooOld();

/// The plan with these against its release.
core::UpdatePlan blockedPlan(const core::DeviceSnapshot &unit, const gui::Objections &objections);

core::Verdict verdict(core::Outcome outcome, std::optional<core::Reason> reason = {});

} // namespace samples
