// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QPalette>

namespace gui {

/// What a state means, whatever shows it. Each has its own shape beside the colour (look/icon.h).
enum class StateRole { Neutral, Running, Good, Caution, Bad, Unknown };

/// The colours of one state in one theme. Text in `ink` reads on the base and on `tint`; text in `onFill`
/// reads on `fill`: 4.5 : 1 at least (WCAG 2.1, 1.4.3), held by a test.
struct StateColors {
    QColor ink;
    QColor tint;
    QColor fill;
    QColor onFill;
};

QPalette lightPalette();
QPalette darkPalette();

bool isDark(const QPalette &palette);
StateColors stateColors(StateRole role, const QPalette &palette);

/// Secondary text. The palette's PlaceholderText role holds it, so that it follows the theme by itself.
constexpr QPalette::ColorRole kMutedText = QPalette::PlaceholderText;

/// Lines around cards, and between them.
constexpr QPalette::ColorRole kOutline = QPalette::Mid;

/// The contrast ratio of WCAG 2.1: 1 to 21.
double contrast(const QColor &one, const QColor &other);

} // namespace gui
