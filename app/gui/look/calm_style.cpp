// SPDX-License-Identifier: Apache-2.0
#include "app/gui/look/calm_style.h"

#include "app/gui/look/palette.h"

#include <QPainter>
#include <QStyleOption>

namespace gui {

namespace {

constexpr int kScrollBarExtent = 12;
constexpr int kButtonPadding = 4;

/// A step towards the text colour: hovered a little, pressed more.
QColor shifted(const QColor &color, const QColor &towards, double amount)
{
    return QColor::fromRgbF(float(color.redF() + (towards.redF() - color.redF()) * amount),
                            float(color.greenF() + (towards.greenF() - color.greenF()) * amount),
                            float(color.blueF() + (towards.blueF() - color.blueF()) * amount));
}

void drawButtonPanel(const QStyleOption &option, QPainter &painter)
{
    const bool isEnabled = option.state & QStyle::State_Enabled;
    const bool isDown = option.state & (QStyle::State_Sunken | QStyle::State_On);
    const bool isHovered = option.state & QStyle::State_MouseOver;
    const QPalette &palette = option.palette;

    QColor fill = palette.color(QPalette::Button);
    if (isEnabled && (isDown || isHovered))
        fill = shifted(fill, palette.color(QPalette::ButtonText), isDown ? 0.14 : 0.06);
    const bool isAccent = palette.color(QPalette::Button) == palette.color(QPalette::Highlight);

    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(isAccent ? QPen(Qt::NoPen) : QPen(palette.color(kOutline), 1));
    painter.setBrush(fill);
    painter.drawRoundedRect(QRectF(option.rect).adjusted(0.5, 0.5, -0.5, -0.5), kCornerRadius, kCornerRadius);
    painter.restore();
}

void drawFieldPanel(const QStyleOption &option, QPainter &painter)
{
    const bool hasFocus = option.state & QStyle::State_HasFocus;
    const QPalette &palette = option.palette;
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(palette.color(hasFocus ? QPalette::Link : kOutline), hasFocus ? 2 : 1));
    painter.setBrush(palette.color(QPalette::Base));
    painter.drawRoundedRect(QRectF(option.rect).adjusted(1, 1, -1, -1), kCornerRadius, kCornerRadius);
    painter.restore();
}

void drawScrollBar(const QRect &slider, const QStyleOptionSlider &option, QPainter &painter)
{
    if (option.maximum <= option.minimum)
        return;
    const bool isActive = option.state & QStyle::State_MouseOver;
    QColor color = option.palette.color(kMutedText);
    color.setAlphaF(isActive ? 0.8F : 0.45F);
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(color);
    const QRectF thumb = QRectF(slider).adjusted(3, 3, -3, -3);
    const qreal radius = std::min(thumb.width(), thumb.height()) / 2;
    painter.drawRoundedRect(thumb, radius, radius);
    painter.restore();
}

} // namespace

void paintFocusRing(QPainter &painter, const QRectF &rect, const QPalette &palette)
{
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(palette.color(QPalette::Link), 2));
    painter.drawRoundedRect(rect.adjusted(1, 1, -1, -1), kCornerRadius - 1, kCornerRadius - 1);
    painter.restore();
}

CalmStyle::CalmStyle() : QProxyStyle(QStringLiteral("Fusion")) { }

void CalmStyle::drawPrimitive(PrimitiveElement element, const QStyleOption *option, QPainter *painter,
                              const QWidget *widget) const
{
    switch (element) {
    case PE_PanelButtonCommand:
        return drawButtonPanel(*option, *painter);
    case PE_PanelLineEdit:
        return drawFieldPanel(*option, *painter);
    case PE_FrameLineEdit:
        return;
    case PE_FrameFocusRect:
        return paintFocusRing(*painter, QRectF(option->rect).adjusted(-1, -1, 1, 1), option->palette);
    default:
        return QProxyStyle::drawPrimitive(element, option, painter, widget);
    }
}

void CalmStyle::drawComplexControl(ComplexControl control, const QStyleOptionComplex *option,
                                   QPainter *painter, const QWidget *widget) const
{
    const auto *slider = qstyleoption_cast<const QStyleOptionSlider *>(option);
    if (control != CC_ScrollBar || !slider)
        return QProxyStyle::drawComplexControl(control, option, painter, widget);
    drawScrollBar(subControlRect(CC_ScrollBar, option, SC_ScrollBarSlider, widget), *slider, *painter);
}

int CalmStyle::pixelMetric(PixelMetric metric, const QStyleOption *option, const QWidget *widget) const
{
    switch (metric) {
    case PM_ScrollBarExtent:
        return kScrollBarExtent;
    case PM_SplitterWidth:
        return 1;
    case PM_ScrollView_ScrollBarOverlap:
        return 0;
    default:
        return QProxyStyle::pixelMetric(metric, option, widget);
    }
}

QSize CalmStyle::sizeFromContents(ContentsType type, const QStyleOption *option, const QSize &contents,
                                  const QWidget *widget) const
{
    const QSize size = QProxyStyle::sizeFromContents(type, option, contents, widget);
    if (type == CT_PushButton)
        return size + QSize(4 * kButtonPadding, 2 * kButtonPadding);
    if (type == CT_LineEdit)
        return size + QSize(0, 2 * kButtonPadding);
    return size;
}

} // namespace gui
