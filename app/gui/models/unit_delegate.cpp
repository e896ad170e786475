// SPDX-License-Identifier: Apache-2.0
#include "app/gui/models/unit_delegate.h"

#include "app/gui/look/calm_style.h"
#include "app/gui/models/unit_list_model.h"
#include "app/gui/widgets/chip.h"
#include "app/texts/foreign_text.h"

#include <QPainter>

namespace gui {

namespace {

constexpr int kMargin = 4;
constexpr int kPadding = 12;
constexpr int kLineGap = 4;
constexpr int kBarHeight = 4;

QFont nameFont(const QFont &font)
{
    QFont bold = font;
    bold.setWeight(QFont::DemiBold);
    return bold;
}

} // namespace

QSize UnitDelegate::sizeHint(const QStyleOptionViewItem &option, const QModelIndex &) const
{
    const QFontMetrics metrics(option.font);
    const int firstLine = chipSize({QStringLiteral("x"), {}, StateRole::Neutral}, metrics).height();
    return {0, 2 * (kMargin + kPadding) + firstLine + 2 * (kLineGap + metrics.height())};
}

void UnitDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option,
                         const QModelIndex &index) const
{
    const auto *model = static_cast<const UnitListModel *>(index.model());
    const UnitRow &row = model->row(index.row());
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setLayoutDirection(option.direction);
    paintSurface(*painter, option);
    paintTexts(*painter, option, row);
    if (row.fraction) {
        QRectF bar(option.rect.adjusted(kMargin + kPadding, 0, -kMargin - kPadding, 0));
        bar.setTop(option.rect.bottom() - kMargin - kBarHeight - 2);
        bar.setHeight(kBarHeight);
        painter->setPen(Qt::NoPen);
        painter->setBrush(option.palette.color(QPalette::Midlight));
        painter->drawRoundedRect(bar, kBarHeight / 2.0, kBarHeight / 2.0);
        bar.setWidth(bar.width() * *row.fraction);
        painter->setBrush(option.palette.color(QPalette::Active, QPalette::Link));
        painter->drawRoundedRect(bar, kBarHeight / 2.0, kBarHeight / 2.0);
    }
    painter->restore();
}

void UnitDelegate::paintSurface(QPainter &painter, const QStyleOptionViewItem &option) const
{
    const bool isSelected = option.state & QStyle::State_Selected;
    const bool isHovered = option.state & QStyle::State_MouseOver;
    if (!isSelected && !isHovered)
        return;
    const QRectF surface = QRectF(option.rect).adjusted(kMargin, kMargin / 2.0, -kMargin, -kMargin / 2.0);
    painter.setPen(Qt::NoPen);
    painter.setBrush(isSelected ? stateColors(StateRole::Running, option.palette).tint
                                : option.palette.color(QPalette::Active, QPalette::Window));
    painter.drawRoundedRect(surface, kCornerRadius, kCornerRadius);
    if (isSelected && (option.state & QStyle::State_HasFocus))
        paintFocusRing(painter, surface, option.palette);
}

void UnitDelegate::paintTexts(QPainter &painter, const QStyleOptionViewItem &option, const UnitRow &row) const
{
    const QFontMetrics metrics(option.font);
    const QRect inner = option.rect.adjusted(kMargin + kPadding, kMargin + kPadding, -kMargin - kPadding,
                                             -kMargin - kPadding);
    const bool isMirrored = option.direction == Qt::RightToLeft;

    const ChipText chip{row.stage, row.stageIcon, row.role};
    const QSize chipArea = chipSize(chip, metrics);
    const int chipLeft = isMirrored ? inner.left() : inner.right() - chipArea.width() + 1;
    paintChip(painter, {chipLeft, inner.top()}, chip, option.palette, metrics);

    QRect line(inner.left(), inner.top(), inner.width(), chipArea.height());
    QRect nameLine = line.adjusted(isMirrored ? chipArea.width() + kPadding : 0, 0,
                                   isMirrored ? 0 : -chipArea.width() - kPadding, 0);
    const QFont bold = nameFont(option.font);
    painter.setFont(bold);
    painter.setPen(option.palette.color(QPalette::Active, QPalette::Text));
    painter.drawText(
        nameLine, Qt::AlignLeading | Qt::AlignVCenter,
        QFontMetrics(bold).elidedText(texts::harmlessLine(row.name), Qt::ElideRight, nameLine.width()));

    painter.setFont(option.font);
    line = QRect(inner.left(), line.bottom() + 1 + kLineGap, inner.width(), metrics.height());
    const QString runs =
        row.version.isEmpty() ? row.product : QStringLiteral("%1 · %2").arg(row.product, row.version);
    painter.drawText(line, Qt::AlignLeading | Qt::AlignVCenter,
                     metrics.elidedText(texts::harmlessLine(runs), Qt::ElideRight, line.width()));
    line.translate(0, line.height() + kLineGap);
    painter.setPen(option.palette.color(QPalette::Active, kMutedText));
    painter.drawText(line, Qt::AlignLeading | Qt::AlignVCenter,
                     metrics.elidedText(texts::harmlessLine(row.link), Qt::ElideMiddle, line.width()));
}

} // namespace gui
