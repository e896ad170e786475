// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/gui/device_thread/values.h"
#include "app/gui/pages/units/unit_view.h"

namespace gui {

/// A release in ready words.
struct ReleaseView {
    QString title; // "bench-sensor 1.1.0"; the file's name when it could not be read
    QString judgement; // "Verified", or why it is refused
    QString icon;
    StateRole role = StateRole::Neutral;
    QString remedy; // of one that is refused or blocked: why, and what to do
    LiftingView lifting;
    QList<Labelled> facts;
};

/// Verified releases first, then those that are blocked, the newest on top; then what is refused, by name.
QList<ReleaseView> releaseViews(QList<ReleaseOffer> releases);

} // namespace gui
