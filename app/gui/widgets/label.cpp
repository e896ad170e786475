// SPDX-License-Identifier: Apache-2.0
#include "app/gui/widgets/label.h"

#include "app/gui/look/palette.h"
#include "app/texts/foreign_text.h"

#include <QApplication>
#include <QEvent>
#include <QTextDocument>

namespace gui {

QString plainToolTip(const QString &text)
{
    return text.isEmpty() ? QString() : Qt::convertFromPlainText(texts::harmless(text), Qt::WhiteSpaceNormal);
}

QFont sizedFont(const QFont &base, TextSize size)
{
    constexpr double kHeading = 1.2;
    constexpr double kTitle = 1.7;
    QFont font = base;
    if (size == TextSize::Body)
        return font;
    const double factor = size == TextSize::Heading ? kHeading : kTitle;
    if (base.pointSizeF() > 0)
        font.setPointSizeF(base.pointSizeF() * factor);
    else
        font.setPixelSize(int(base.pixelSize() * factor));
    font.setWeight(QFont::DemiBold);
    return font;
}

Label::Label(TextSize size, const QString &text, QWidget *parent) : QLabel(parent), m_size(size)
{
    setTextFormat(Qt::PlainText);
    setText(text);
    setWordWrap(true);
    applySize();
}

void Label::setText(const QString &text)
{
    QLabel::setText(texts::harmless(text));
}

void Label::showText(const QString &text)
{
    setText(text);
    setVisible(!text.isEmpty());
}

void Label::makeMuted()
{
    setForegroundRole(kMutedText);
}

void Label::makeCopyable()
{
    setTextInteractionFlags(Qt::TextSelectableByMouse);
    setCursor(Qt::IBeamCursor);
}

void Label::changeEvent(QEvent *event)
{
    if (event->type() == QEvent::ApplicationFontChange)
        applySize();
    QLabel::changeEvent(event);
}

void Label::applySize()
{
    if (m_size != TextSize::Body)
        setFont(sizedFont(QApplication::font(), m_size));
}

} // namespace gui
