// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/async/clock.h"
#include "core/device/connector.h"

namespace core {

/// Opens a unit and asks it who it is. Never fails: a unit that does not answer is a Silent snapshot with its
/// reason.
Task<DeviceSnapshot> lookAt(Connector &connector, FoundUnit unit, Clock &clock);

/// Asks an open unit who it is, until it answers: for as long as a watchdog, a boot and a rollback take.
Task<DeviceSnapshot> lookUntilItAnswers(Driver &driver, Clock &clock);

/// Whether a question or its answer got lost, so that it is not known whether the unit did what it was asked.
bool isAnswerLost(const Error &error);

/// The snapshot of a unit that is there, and of which nothing else is known: it was not asked yet, or is not
/// to be asked.
DeviceSnapshot notAskedYet(const FoundUnit &unit);

/// The same of one that did not answer.
DeviceSnapshot silentUnit(const FoundUnit &unit, const Error &why);

} // namespace core
