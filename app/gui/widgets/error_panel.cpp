// SPDX-License-Identifier: Apache-2.0
#include "app/gui/widgets/error_panel.h"

#include "app/gui/look/calm_style.h"
#include "app/gui/look/icon.h"
#include "app/gui/widgets/command_view.h"
#include "app/gui/widgets/copy_button.h"
#include "app/gui/widgets/label.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QPainter>

namespace gui {

namespace {

constexpr int kSignSide = 32;
constexpr int kPadding = 16;
constexpr int kSpacing = 4;

} // namespace

ErrorPanel::ErrorPanel(QWidget *parent) :
    QFrame(parent), m_sign(new QLabel), m_what(new Label(TextSize::Heading)), m_explanation(new Label),
    m_safety(new Label), m_remedy(new Label), m_lifting(new CommandView), m_code(new Label),
    m_copy(new CopyButton(tr("&Copy details"))), m_close(new QPushButton(tr("&Dismiss")))
{
    setObjectName(QStringLiteral("errorPanel"));
    m_what->setObjectName(QStringLiteral("errorTitle"));
    m_explanation->setObjectName(QStringLiteral("errorExplanation"));
    m_code->setObjectName(QStringLiteral("errorCode"));
    m_code->setWordWrap(false);
    m_code->makeCopyable();
    m_copy->setAccessibleDescription(tr("Copies what an engineer needs to know to the clipboard"));
    connect(m_close, &QPushButton::clicked, this, &ErrorPanel::dismissed);

    auto *buttons = new QHBoxLayout;
    buttons->setSpacing(2 * kSpacing);
    buttons->addWidget(m_copy);
    buttons->addWidget(m_close);
    buttons->addWidget(m_code);
    buttons->addStretch();

    auto *text = new QVBoxLayout;
    text->setSpacing(kSpacing);
    for (Label *label : {m_what, m_explanation, m_safety, m_remedy})
        text->addWidget(label);
    text->addWidget(m_lifting);
    text->addSpacing(2 * kSpacing);
    text->addLayout(buttons);

    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins(kPadding, kPadding, kPadding, kPadding);
    layout->setSpacing(kPadding);
    layout->addWidget(m_sign, 0, Qt::AlignTop);
    layout->addLayout(text, 1);
    applyColors();
}

void ErrorPanel::show(const ErrorView &error)
{
    m_what->setText(error.what);
    m_explanation->showText(error.explanation);
    m_safety->showText(error.safety);
    m_remedy->showText(error.remedy);
    m_lifting->show(error.lifting);
    m_code->showText(error.code);
    m_copy->setContent(error.details);
    setAccessibleName(error.what);
    setAccessibleDescription(QStringLiteral("%1 %2 %3").arg(error.explanation, error.safety, error.remedy));
    setVisible(true);
    layout()
        ->activate(); // A sheet asks for the height at once, and nested layouts keep the old one till then.
}

void ErrorPanel::hideDismissButton()
{
    m_close->hide();
}

void ErrorPanel::applyColors()
{
    const StateColors colors = stateColors(StateRole::Bad, palette());
    QPalette inked = palette();
    for (const auto role : {QPalette::WindowText, QPalette::Text}) // On a sheet the text has the other one.
        inked.setColor(role, colors.ink);
    m_what->setPalette(inked);
    m_code->setPalette(inked);
    m_sign->setPixmap(iconPixmap(QStringLiteral("warning"), colors.ink, kSignSide, devicePixelRatioF()));
    update();
}

void ErrorPanel::changeEvent(QEvent *event)
{
    QFrame::changeEvent(event);
    if (event->type() == QEvent::PaletteChange)
        applyColors();
}

void ErrorPanel::paintEvent(QPaintEvent *)
{
    const StateColors colors = stateColors(StateRole::Bad, palette());
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(colors.fill, 1));
    painter.setBrush(colors.tint);
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), kCornerRadius, kCornerRadius);
}

} // namespace gui
