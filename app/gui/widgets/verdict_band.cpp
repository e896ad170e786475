// SPDX-License-Identifier: Apache-2.0
#include "app/gui/widgets/verdict_band.h"

#include "app/gui/look/calm_style.h"
#include "app/gui/look/icon.h"
#include "app/gui/widgets/command_view.h"
#include "app/gui/widgets/copy_button.h"
#include "app/gui/widgets/label.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QPainter>
#include <QPushButton>

namespace gui {

namespace {

constexpr int kSignSide = 48;
constexpr int kPadding = 16;
constexpr int kSpacing = 4;

} // namespace

VerdictBand::VerdictBand(QWidget *parent) :
    QFrame(parent), m_sign(new QLabel(this)), m_word(new Label(TextSize::Title)), m_sentence(new Label),
    m_safety(new Label), m_remedy(new Label), m_notice(new Label), m_lifting(new CommandView),
    m_code(new Label), m_copy(new CopyButton(tr("Copy &report"))), m_close(new QPushButton(tr("&Dismiss")))
{
    setObjectName(QStringLiteral("verdictBand"));
    m_close->setObjectName(QStringLiteral("dismissVerdict"));
    m_word->setObjectName(QStringLiteral("verdictWord"));
    m_copy->setAccessibleDescription(tr("Copies the report of this job to the clipboard"));
    m_notice->setObjectName(QStringLiteral("verdictNotice"));
    m_code->setObjectName(QStringLiteral("verdictCode"));
    m_code->setWordWrap(false);
    m_code->makeCopyable();
    connect(m_close, &QPushButton::clicked, this, &VerdictBand::dismissed);

    auto *buttons = new QHBoxLayout;
    buttons->setSpacing(2 * kSpacing);
    buttons->addWidget(m_copy);
    buttons->addWidget(m_close);
    buttons->addWidget(m_code);
    buttons->addStretch();

    auto *text = new QVBoxLayout;
    text->setSpacing(kSpacing);
    for (Label *label : {m_word, m_sentence, m_safety, m_remedy, m_notice})
        text->addWidget(label);
    text->addWidget(m_lifting);
    text->addSpacing(2 * kSpacing);
    text->addLayout(buttons);

    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins(kPadding, kPadding, kPadding, kPadding);
    layout->setSpacing(kPadding);
    layout->addWidget(m_sign, 0, Qt::AlignTop);
    layout->addLayout(text, 1);
}

void VerdictBand::show(const VerdictView &verdict)
{
    m_verdict = verdict;
    m_word->setText(verdict.word);
    m_sentence->showText(verdict.sentence);
    m_safety->showText(verdict.safety);
    m_remedy->showText(verdict.remedy);
    m_notice->showText(verdict.notice);
    m_lifting->show(verdict.lifting);
    m_code->showText(verdict.code);
    m_copy->setContent(verdict.report);
    setAccessibleName(verdict.word);
    setAccessibleDescription(verdict.sentence);
    applyColors();
    setVisible(true);
}

void VerdictBand::applyColors()
{
    const StateColors colors = stateColors(m_verdict.role, palette());
    QPalette onFill;
    onFill.setColor(QPalette::WindowText, colors.onFill);
    for (QWidget *text : std::initializer_list<QWidget *>{m_word, m_sentence, m_safety, m_remedy, m_notice,
                                                          m_lifting, m_code})
        text->setPalette(onFill);
    if (!m_verdict.icon.isEmpty())
        m_sign->setPixmap(iconPixmap(m_verdict.icon, colors.onFill, kSignSide, devicePixelRatioF()));
    update();
}

void VerdictBand::changeEvent(QEvent *event)
{
    QFrame::changeEvent(event);
    if (event->type() == QEvent::PaletteChange)
        applyColors();
}

void VerdictBand::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(stateColors(m_verdict.role, palette()).fill);
    painter.drawRoundedRect(rect(), kCornerRadius, kCornerRadius);
}

} // namespace gui
