// SPDX-License-Identifier: Apache-2.0
#include "app/gui/widgets/empty_panel.h"

#include "app/gui/look/icon.h"
#include "app/gui/widgets/label.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QPushButton>

namespace gui {

namespace {

constexpr int kSignSide = 64;
constexpr int kSpacing = 8;
constexpr int kTextWidth = 520;

} // namespace

EmptyPanel::EmptyPanel(QWidget *parent) :
    QWidget(parent), m_sign(new QLabel), m_title(new Label(TextSize::Title)), m_checked(new Label),
    m_nextStep(new Label), m_look(new QPushButton(tr("&Look again"))),
    m_bench(new QPushButton(tr("Open a &bench…")))
{
    setObjectName(QStringLiteral("emptyPanel"));
    m_title->setObjectName(QStringLiteral("emptyTitle"));
    m_sign->setAlignment(Qt::AlignCenter);
    m_checked->makeMuted();
    auto *column = new QWidget;
    column->setMaximumWidth(kTextWidth);
    auto *texts = new QVBoxLayout(column);
    texts->setContentsMargins(0, 0, 0, 0);
    texts->setSpacing(kSpacing);
    for (Label *label : {m_title, m_checked, m_nextStep}) {
        label->setAlignment(Qt::AlignCenter);
        texts->addWidget(label);
    }
    connect(m_look, &QPushButton::clicked, this, &EmptyPanel::lookAgainRequested);
    connect(m_bench, &QPushButton::clicked, this, &EmptyPanel::openBenchRequested);

    auto *buttons = new QHBoxLayout;
    buttons->setSpacing(kSpacing);
    buttons->addStretch();
    buttons->addWidget(m_look);
    buttons->addWidget(m_bench);
    buttons->addStretch();

    auto *layout = new QVBoxLayout(this);
    layout->setSpacing(kSpacing);
    layout->addStretch();
    layout->addWidget(m_sign);
    layout->addSpacing(kSpacing);
    auto *centred = new QHBoxLayout;
    centred->addStretch();
    centred->addWidget(column, 1); // its whole width first; the stretches get the rest
    centred->addStretch();
    layout->addLayout(centred);
    layout->addSpacing(kSpacing);
    layout->addLayout(buttons);
    layout->addStretch();
    drawSign();
}

void EmptyPanel::show(const EmptyView &empty)
{
    m_title->setText(empty.title);
    m_checked->showText(empty.checked.join(u'\n'));
    m_nextStep->showText(empty.nextStep);
    m_bench->setVisible(empty.offersBench);
    setAccessibleName(empty.title);
}

void EmptyPanel::drawSign()
{
    m_sign->setPixmap(iconPixmap(QStringLiteral("no_unit"), palette().color(QPalette::Active, kMutedText),
                                 kSignSide, devicePixelRatioF()));
}

void EmptyPanel::changeEvent(QEvent *event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange)
        drawSign();
}

} // namespace gui
