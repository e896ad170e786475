// SPDX-License-Identifier: Apache-2.0
#include "app/gui/shell/rail.h"

#include "app/gui/look/calm_style.h"
#include "app/gui/look/icon.h"
#include "app/gui/look/palette.h"

#include <QAbstractButton>
#include <QButtonGroup>
#include <QPainter>
#include <QVBoxLayout>

namespace gui {

namespace {

constexpr int kIconSide = 24;
constexpr int kMargin = 8;
constexpr int kGap = 4;
constexpr int kNarrowest = 72;

/// A sign above its word. The chosen one is tinted and has a bar, so that it does not depend on the colour.
class PlaceButton final : public QAbstractButton
{
public:
    PlaceButton(const QString &name, QString iconName) : m_iconName(std::move(iconName))
    {
        setText(name);
        setCheckable(true);
        setAccessibleName(name);
        setFocusPolicy(Qt::TabFocus);
        setAttribute(Qt::WA_Hover);
    }

    QSize sizeHint() const override
    {
        const int wide = fontMetrics().horizontalAdvance(text()) + 2 * kMargin;
        return {std::max(kNarrowest, wide), kIconSide + kGap + fontMetrics().height() + 2 * kMargin};
    }

protected:
    void paintEvent(QPaintEvent *) override
    {
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        const StateColors colors = stateColors(StateRole::Running, palette());
        if (isChecked() || underMouse()) {
            painter.setPen(Qt::NoPen);
            painter.setBrush(isChecked() ? colors.tint : palette().color(QPalette::Midlight));
            painter.drawRoundedRect(rect(), kCornerRadius, kCornerRadius);
        }
        const QColor ink = isChecked() ? colors.ink : palette().color(QPalette::WindowText);
        painter.drawPixmap((width() - kIconSide) / 2, kMargin,
                           iconPixmap(m_iconName, ink, kIconSide, devicePixelRatioF()));
        painter.setPen(ink);
        painter.drawText(rect().adjusted(0, kMargin + kIconSide + kGap, 0, -kMargin), Qt::AlignCenter,
                         text());
        if (hasFocus())
            paintFocusRing(painter, rect(), palette());
    }

private:
    QString m_iconName;
};

} // namespace

Rail::Rail(QWidget *parent) :
    QWidget(parent), m_buttons(new QButtonGroup(this)), m_layout(new QVBoxLayout(this))
{
    setAccessibleName(tr("Places"));
    m_layout->setContentsMargins(kMargin, kMargin, kMargin + 1, kMargin);
    m_layout->setSpacing(kGap);
    m_layout->addStretch();
    connect(m_buttons, &QButtonGroup::idClicked, this, &Rail::placeChosen);
}

void Rail::addPlace(const QString &name, const QString &iconName)
{
    const int index = int(m_buttons->buttons().size());
    auto *button = new PlaceButton(name, iconName);
    button->setShortcut(QKeySequence(Qt::CTRL | Qt::Key(Qt::Key_1 + index)));
    button->setToolTip(tr("%1 (%2)").arg(name, button->shortcut().toString(QKeySequence::NativeText)));
    m_buttons->addButton(button, index);
    m_layout->insertWidget(index, button);
}

void Rail::setPlace(int index)
{
    m_buttons->button(index)->setChecked(true);
}

void Rail::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.setPen(palette().color(kOutline));
    const int x = layoutDirection() == Qt::RightToLeft ? 0 : width() - 1;
    painter.drawLine(x, 0, x, height());
}

} // namespace gui
