// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/gui/pages/units/unit_view.h"

namespace gui {

struct UnitActions {
    std::optional<ActionOffer> primary; // the one that fits
    QList<ActionOffer> others;
    QString idleNote; // why there is no primary action
};

/// What can be done with a unit, given the releases at hand. Only verified releases for its product are
/// offered. Proposed as the primary action is the newest one; where there are releases of the stable channel,
/// the newest one of these; and never an image whose trial the unit's own record says failed, nor a release
/// that this computer has something against.
UnitActions actionsFor(const UnitSeen &seen, const QList<ReleaseOffer> &releases);

} // namespace gui
