// SPDX-License-Identifier: Apache-2.0
#include "app/gui/widgets/chip.h"

#include "app/gui/look/icon.h"

namespace gui {

namespace {

constexpr int kSidePadding = 8;
constexpr int kLinePadding = 2;
constexpr int kGap = 4;

int iconSide(const ChipText &chip, const QFontMetrics &metrics)
{
    return chip.icon.isEmpty() ? 0 : metrics.ascent();
}

} // namespace

QSize chipSize(const ChipText &chip, const QFontMetrics &metrics)
{
    const int side = iconSide(chip, metrics);
    return {2 * kSidePadding + (side > 0 ? side + kGap : 0) + metrics.horizontalAdvance(chip.text),
            metrics.height() + 2 * kLinePadding};
}

void paintChip(QPainter &painter, const QPoint &topLeft, const ChipText &chip, const QPalette &palette,
               const QFontMetrics &metrics)
{
    const QRect rect(topLeft, chipSize(chip, metrics));
    const StateColors colors = stateColors(chip.role, palette);
    const int side = iconSide(chip, metrics);
    const bool isMirrored = painter.layoutDirection() == Qt::RightToLeft;

    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(colors.tint);
    painter.drawRoundedRect(rect, rect.height() / 2.0, rect.height() / 2.0);

    QRect inner = rect.adjusted(kSidePadding, 0, -kSidePadding, 0);
    if (side > 0) {
        const int x = isMirrored ? inner.right() - side + 1 : inner.left();
        painter.drawPixmap(x, inner.center().y() - side / 2 + 1,
                           iconPixmap(chip.icon, colors.ink, side, painter.device()->devicePixelRatioF()));
        inner.adjust(isMirrored ? 0 : side + kGap, 0, isMirrored ? -(side + kGap) : 0, 0);
    }
    painter.setPen(colors.ink);
    painter.drawText(inner, Qt::AlignVCenter | Qt::AlignLeading, chip.text);
    painter.restore();
}

Chip::Chip(QWidget *parent) : QWidget(parent)
{
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
}

void Chip::show(const ChipText &chip)
{
    m_chip = chip;
    setAccessibleName(chip.text);
    setVisible(!chip.text.isEmpty());
    updateGeometry();
    update();
}

QSize Chip::sizeHint() const
{
    return chipSize(m_chip, fontMetrics());
}

void Chip::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.setLayoutDirection(layoutDirection());
    paintChip(painter, {0, 0}, m_chip, palette(), fontMetrics());
}

} // namespace gui
