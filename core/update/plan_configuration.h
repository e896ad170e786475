// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/device/driver.h"
#include "core/update/plan.h"

namespace core {

/// Whether a release that reads configurations up to the schema `readable` reads one of `schema`: it finds an
/// older copy, or none, of a newer one.
bool readsConfiguration(qint64 readable, quint32 schema);

/// Adds the check of the unit's configuration to a plan whose release says which schemas it reads; asks the
/// unit for it. Not reported by families that do not tell. Errors as Driver::readConfiguration().
Task<UpdatePlan> compareConfiguration(Driver &driver, UpdatePlan plan);

} // namespace core
