// SPDX-License-Identifier: Apache-2.0
#include "app/gui/widgets/primary_button.h"

#include <QApplication>
#include <QEvent>

namespace gui {

PrimaryButton::PrimaryButton(const QString &text, QWidget *parent) : QPushButton(text, parent)
{
    applyColors();
}

void PrimaryButton::changeEvent(QEvent *event)
{
    QPushButton::changeEvent(event);
    if (event->type() == QEvent::ApplicationPaletteChange)
        applyColors();
}

void PrimaryButton::applyColors()
{
    QPalette accent;
    const QPalette theme = QApplication::palette();
    for (const auto group : {QPalette::Active, QPalette::Inactive, QPalette::Disabled}) {
        accent.setColor(group, QPalette::Button, theme.color(group, QPalette::Highlight));
        accent.setColor(group, QPalette::ButtonText, theme.color(group, QPalette::HighlightedText));
    }
    setPalette(accent);
}

} // namespace gui
