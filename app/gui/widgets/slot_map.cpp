// SPDX-License-Identifier: Apache-2.0
#include "app/gui/widgets/slot_map.h"

#include "app/gui/look/calm_style.h"
#include "app/gui/look/icon.h"
#include "app/gui/pages/units/unit_words.h"
#include "app/gui/widgets/chip.h"
#include "app/gui/widgets/label.h"

#include <QPainter>

#include <algorithm>

namespace gui {

namespace {

constexpr int kGap = 4;
constexpr int kPadding = 12;
constexpr int kSpacing = 8;
constexpr int kNarrowest = 150; // Below this even a tiny slot could not show its words.

ChipText chipOf(const SlotView &slot, const QString &text)
{
    return {text, {}, slot.role};
}

} // namespace

SlotMap::SlotMap(QWidget *parent) : QWidget(parent)
{
    QSizePolicy policy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
    setAccessibleName(tr("Slots of the unit"));
}

void SlotMap::show(const QList<SlotView> &slots)
{
    m_slots = slots;
    setAccessibleDescription(describe());
    setVisible(!slots.isEmpty());
    updateGeometry();
    update();
}

QString SlotMap::describe() const
{
    QStringList sentences;
    for (const SlotView &slot : m_slots) {
        const QString holds = slot.version.isEmpty() ? tr("empty") : slot.version;
        sentences.append(tr("Slot %1: %2, %3.").arg(slot.name, holds, slot.chips.join(QStringLiteral(", "))));
    }
    return sentences.join(u' ');
}

QList<SlotMap::Place> SlotMap::placesIn(int width) const
{
    const int count = int(m_slots.size());
    const int room = width - kGap * (count - 1);
    qint64 total = 0;
    for (const SlotView &slot : m_slots)
        total += slot.size;

    QList<int> widths;
    for (const SlotView &slot : m_slots) {
        const double share = total > 0 && slot.size > 0 ? double(slot.size) / double(total) : 1.0 / count;
        widths.append(std::max(std::min(kNarrowest, room / count), int(room * share)));
    }
    // What the narrow ones were given, the widest gives up.
    int excess = -room;
    for (const int each : widths)
        excess += each;
    if (!widths.isEmpty())
        *std::max_element(widths.begin(), widths.end()) -= excess;

    QList<Place> places;
    int left = 0;
    for (const int each : widths) {
        places.append({layoutDirection() == Qt::RightToLeft ? width - left - each : left, each});
        left += each + kGap;
    }
    return places;
}

int SlotMap::chipsHeight(const SlotView &slot, int width) const
{
    int x = 0;
    int y = 0;
    int lineHeight = 0;
    for (const QString &text : slot.chips) {
        const QSize size = chipSize(chipOf(slot, text), fontMetrics());
        if (x > 0 && x + size.width() > width) {
            x = 0;
            y += size.height() + kGap;
        }
        x += size.width() + kGap;
        lineHeight = size.height();
    }
    return y + lineHeight;
}

int SlotMap::heightForWidth(int width) const
{
    int chips = 0;
    const QList<Place> places = placesIn(width);
    for (qsizetype index = 0; index < m_slots.size(); ++index)
        chips = std::max(chips, chipsHeight(m_slots[index], places[index].width - 2 * kPadding));
    const int heading = QFontMetrics(sizedFont(font(), TextSize::Heading)).height();
    return 2 * kPadding + heading + kSpacing + chips;
}

QSize SlotMap::sizeHint() const
{
    constexpr int kUsualWidth = 520;
    return {kUsualWidth, heightForWidth(kUsualWidth)};
}

QSize SlotMap::minimumSizeHint() const
{
    const int width = std::max<int>(1, int(m_slots.size())) * kNarrowest;
    return {width, QFontMetrics(font()).height()};
}

void SlotMap::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setLayoutDirection(layoutDirection());
    const QList<Place> places = placesIn(width());
    for (qsizetype index = 0; index < m_slots.size(); ++index)
        paintSlot(painter, m_slots[index], places[index]);
}

void SlotMap::paintSlot(QPainter &painter, const SlotView &slot, const Place &place) const
{
    const bool isEmpty = slot.version.isEmpty();
    const QRectF frame = QRectF(place.left, 0, place.width, height()).adjusted(0.5, 0.5, -0.5, -0.5);
    const QColor accent = palette().color(QPalette::Active, QPalette::Link);
    QPen outline(slot.isRunning ? accent : palette().color(kOutline), slot.isRunning ? 2 : 1);
    if (isEmpty)
        outline.setStyle(Qt::DashLine);
    const qreal inset = slot.isRunning ? 0.5 : 0;
    painter.setPen(outline);
    painter.setBrush(isEmpty ? QBrush(Qt::NoBrush) : palette().brush(QPalette::AlternateBase));
    painter.drawRoundedRect(frame.adjusted(inset, inset, -inset, -inset), kCornerRadius, kCornerRadius);

    const QRect inner =
        QRect(place.left, 0, place.width, height()).adjusted(kPadding, kPadding, -kPadding, -kPadding);
    const QFont heading = sizedFont(font(), TextSize::Heading);
    const int line = QFontMetrics(heading).height();
    const QRect top(inner.left(), inner.top(), inner.width(), line);

    painter.setFont(heading);
    painter.setPen(palette().color(isEmpty ? kMutedText : QPalette::WindowText));
    painter.drawText(top, Qt::AlignLeading | Qt::AlignVCenter,
                     isEmpty ? tr("%1  –").arg(slot.name) : tr("%1  %2").arg(slot.name, slot.version));
    painter.setFont(font());
    if (slot.size > 0) {
        painter.setPen(palette().color(kMutedText));
        painter.drawText(top, Qt::AlignTrailing | Qt::AlignVCenter, bytesText(slot.size));
    }
    paintChips(painter, slot, inner.adjusted(0, line + kSpacing, 0, 0));
}

void SlotMap::paintChips(QPainter &painter, const SlotView &slot, const QRect &area) const
{
    int x = 0;
    int y = area.top();
    for (const QString &text : slot.chips) {
        ChipText chip = chipOf(slot, text);
        if (chipSize(chip, fontMetrics()).width() > area.width()) {
            const int spare = chipSize(chip, fontMetrics()).width() - fontMetrics().horizontalAdvance(text);
            chip.text = fontMetrics().elidedText(text, Qt::ElideRight, area.width() - spare);
        }
        const QSize size = chipSize(chip, fontMetrics());
        if (x > 0 && x + size.width() > area.width()) {
            x = 0;
            y += size.height() + kGap;
        }
        const bool isMirrored = layoutDirection() == Qt::RightToLeft;
        const int left = isMirrored ? area.right() - x - size.width() + 1 : area.left() + x;
        paintChip(painter, {left, y}, chip, palette(), fontMetrics());
        x += size.width() + kGap;
    }
}

} // namespace gui
