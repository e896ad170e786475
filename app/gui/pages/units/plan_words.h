// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/gui/pages/units/unit_view.h"

namespace gui {

/// What a plan would do, in words, and whether it may be started. `lifting`: the command lines that take back
/// what this computer has against its release.
PlanView planViewOf(const core::UpdatePlan &plan, const QStringList &lifting = {});

/// "9f2c 41ab … 77d0": the ends of a key id, which people compare.
QString shortKeyId(const QString &keyId);

} // namespace gui
