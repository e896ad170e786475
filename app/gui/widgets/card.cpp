// SPDX-License-Identifier: Apache-2.0
#include "app/gui/widgets/card.h"

#include "app/gui/look/calm_style.h"
#include "app/gui/look/palette.h"

#include <QPainter>

namespace gui {

Card::Card(QWidget *parent) : QFrame(parent) { }

void Card::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(palette().color(QPalette::Active, kOutline), 1));
    painter.setBrush(palette().color(QPalette::Active, QPalette::Base));
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), kCornerRadius, kCornerRadius);
}

} // namespace gui
