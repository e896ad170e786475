// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/async/task.h"
#include "core/catalog/rules.h"
#include "core/update/plan.h"
#include "core/update/verdict.h"

namespace state {

/// The catalog in a state folder.
QString catalogFolder(const QString &stateDirectory);

/// What the catalog has against releases; read on a worker thread. Errors as core::Catalog::rulesIn().
core::Task<core::ReleaseRules> catalogRules(QString folder);

/// Blocks on this computer the release of a plan that ended reverted, so that what one unit rolled back is
/// not tried on the next by accident. Errors as core::Catalog::block().
core::Task<core::Done> blockRolledBack(QString folder, core::UpdatePlan plan, core::Verdict verdict);

/// What blocks are kept under: the unit's serial number, or else its hardware id.
QString unitName(const core::DeviceSnapshot &unit);

} // namespace state
