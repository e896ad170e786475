// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/gui/device_thread/values.h"
#include "app/gui/pages/units/unit_view.h"

/// What this computer has against a release, in words.
namespace gui {

/// The heaviest objection in a few words: "This build is blocked".
QString objectionTitle(const Objections &objections);

/// Who decided what, when and why, a sentence for each rule; only the first few where there are many.
QString objectionSentences(const Objections &objections);

/// What to do now.
QString objectionRemedy(const Objections &objections);

/// How this computer's own decisions are taken back.
LiftingView liftingView(const QStringList &commands);

} // namespace gui
