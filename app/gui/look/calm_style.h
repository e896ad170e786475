// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QProxyStyle>

namespace gui {

/// Fusion with flat buttons and fields, thin scroll bars and a focus ring that is seen in both themes. All
/// colours come from the widget's palette.
class CalmStyle final : public QProxyStyle
{
    Q_OBJECT

public:
    CalmStyle();

    void drawPrimitive(PrimitiveElement element, const QStyleOption *option, QPainter *painter,
                       const QWidget *widget) const override;
    void drawComplexControl(ComplexControl control, const QStyleOptionComplex *option, QPainter *painter,
                            const QWidget *widget) const override;
    int pixelMetric(PixelMetric metric, const QStyleOption *option, const QWidget *widget) const override;
    QSize sizeFromContents(ContentsType type, const QStyleOption *option, const QSize &contents,
                           const QWidget *widget) const override;
};

/// The corner radius of buttons, cards and bands.
constexpr int kCornerRadius = 6;

/// The ring around what has the keyboard, just inside `rect`.
void paintFocusRing(QPainter &painter, const QRectF &rect, const QPalette &palette);

} // namespace gui
