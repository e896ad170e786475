// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/gui/pages/units/unit_view.h"

namespace gui {

/// What a plan would do, in words, and whether it may be started. `lifting`: the command lines that take back
/// what this computer has against its release.
PlanView planViewOf(const core::UpdatePlan &plan, const QStringList &lifting = {});

/// The plan as it is once the operator has promised what the unit does not say.
core::UpdatePlan promised(core::UpdatePlan plan);

/// "9f2c 41ab … 77d0": the ends of a key id, which people compare.
QString shortKeyId(const QString &keyId);

} // namespace gui
