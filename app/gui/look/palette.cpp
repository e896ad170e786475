// SPDX-License-Identifier: Apache-2.0
#include "app/gui/look/palette.h"

#include <array>
#include <cmath>

namespace gui {

namespace {

struct Shades {
    QRgb window, base, alternate, text, muted, button, outline, softOutline, accent, link, disabled;
};

constexpr Shades kLight{0xfff4f5f7, 0xffffffff, 0xfff9fafb, 0xff1a1f26, 0xff57606a, 0xffffffff,
                        0xffd0d6dd, 0xffe6e9ed, 0xff1f5fbf, 0xff1b56ae, 0xff8a929b};
constexpr Shades kDark{0xff14171b, 0xff1d2126, 0xff23282e, 0xffe6eaee, 0xff9ea8b3, 0xff2a3038,
                       0xff3b434d, 0xff2a3038, 0xff2f6fd6, 0xff8db9ff, 0xff6b7580};

struct StateShades {
    QRgb ink, tint, fill;
};

constexpr std::array kLightStates{
    StateShades{0xff4a535d, 0xffeceef1, 0xff57606a}, StateShades{0xff1b56ae, 0xffe3edfb, 0xff1f5fbf},
    StateShades{0xff18692f, 0xffdff3e4, 0xff1a7432}, StateShades{0xff7a4d00, 0xfffcefd2, 0xff8a5800},
    StateShades{0xffa3201a, 0xfffce4e2, 0xffb3261e}, StateShades{0xff6a35a5, 0xfff0e6fa, 0xff6e3aa8},
};
constexpr std::array kDarkStates{
    StateShades{0xffb4bdc7, 0xff2c333b, 0xff56616d}, StateShades{0xff8db9ff, 0xff1c2e4a, 0xff2f6fd6},
    StateShades{0xff6fd58d, 0xff173322, 0xff1f7a38}, StateShades{0xfff0be5a, 0xff3a2d12, 0xff8f5c00},
    StateShades{0xffff9a92, 0xff44201f, 0xffbf3127}, StateShades{0xffcfa8ff, 0xff33234a, 0xff7a45b8},
};

QPalette paletteOf(const Shades &shades)
{
    QPalette palette;
    const auto set = [&palette](QPalette::ColorRole role, QRgb color) {
        palette.setColor(QPalette::All, role, QColor(color));
    };
    set(QPalette::Window, shades.window);
    set(QPalette::Base, shades.base);
    set(QPalette::AlternateBase, shades.alternate);
    set(QPalette::Button, shades.button);
    set(kOutline, shades.outline);
    set(QPalette::Midlight, shades.softOutline);
    set(QPalette::Light, shades.base);
    set(QPalette::Dark, shades.outline);
    set(QPalette::Shadow, 0xff000000);
    set(kMutedText, shades.muted);
    set(QPalette::Highlight, shades.accent);
    set(QPalette::HighlightedText, 0xffffffff);
    set(QPalette::Link, shades.link);
    set(QPalette::LinkVisited, shades.link);
    set(QPalette::ToolTipBase, shades.alternate);
    set(QPalette::BrightText, 0xffffffff);
    for (const auto role :
         {QPalette::WindowText, QPalette::Text, QPalette::ButtonText, QPalette::ToolTipText}) {
        set(role, shades.text);
        palette.setColor(QPalette::Disabled, role, QColor(shades.disabled));
    }
    palette.setColor(QPalette::Disabled, kMutedText, QColor(shades.disabled));
    palette.setColor(QPalette::Disabled, QPalette::Highlight, QColor(shades.softOutline));
    palette.setColor(QPalette::Disabled, QPalette::HighlightedText, QColor(shades.disabled));
    return palette;
}

/// Relative luminance, WCAG 2.1.
double luminance(const QColor &color)
{
    const auto linear = [](double value) {
        return value <= 0.04045 ? value / 12.92 : std::pow((value + 0.055) / 1.055, 2.4);
    };
    return 0.2126 * linear(color.redF()) + 0.7152 * linear(color.greenF()) + 0.0722 * linear(color.blueF());
}

} // namespace

QPalette lightPalette()
{
    return paletteOf(kLight);
}

QPalette darkPalette()
{
    return paletteOf(kDark);
}

bool isDark(const QPalette &palette)
{
    return palette.color(QPalette::Active, QPalette::Window).lightness()
        < palette.color(QPalette::Active, QPalette::WindowText).lightness();
}

StateColors stateColors(StateRole role, const QPalette &palette)
{
    const StateShades shades = (isDark(palette) ? kDarkStates : kLightStates)[std::size_t(role)];
    return {QColor(shades.ink), QColor(shades.tint), QColor(shades.fill), QColor(Qt::white)};
}

double contrast(const QColor &one, const QColor &other)
{
    const double lighter = std::max(luminance(one), luminance(other));
    const double darker = std::min(luminance(one), luminance(other));
    return (lighter + 0.05) / (darker + 0.05);
}

} // namespace gui
