// SPDX-License-Identifier: Apache-2.0
#include "app/gui/widgets/weighted_bar.h"

#include <QLocale>
#include <QPainter>

namespace gui {

namespace {

constexpr int kThickness = 8;

} // namespace

WeightedBar::WeightedBar(QWidget *parent) : QWidget(parent)
{
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setAccessibleName(tr("Progress"));
}

void WeightedBar::show(double fraction)
{
    m_fraction = fraction;
    setAccessibleDescription(tr("%1 percent").arg(QLocale().toString(int(fraction * 100))));
    update();
}

QSize WeightedBar::sizeHint() const
{
    return {30 * kThickness, kThickness};
}

void WeightedBar::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(palette().color(QPalette::Midlight));
    const qreal radius = kThickness / 2.0;
    painter.drawRoundedRect(rect(), radius, radius);
    if (m_fraction <= 0)
        return;

    QRectF done(rect());
    done.setWidth(std::max(double(kThickness), done.width() * m_fraction));
    if (layoutDirection() == Qt::RightToLeft)
        done.moveRight(rect().right() + 1);
    painter.setBrush(palette().color(QPalette::Active, QPalette::Link));
    painter.drawRoundedRect(done, radius, radius);
}

} // namespace gui
