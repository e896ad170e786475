// SPDX-License-Identifier: Apache-2.0
#include "app/gui/widgets/plan_sheet.h"

#include "app/gui/look/icon.h"
#include "app/gui/widgets/error_panel.h"
#include "app/gui/widgets/label.h"
#include "app/gui/widgets/primary_button.h"

#include <QCheckBox>
#include <QGridLayout>
#include <QKeyEvent>
#include <QPushButton>
#include <QScrollArea>

namespace gui {

using Answer = core::PreflightCheck::Answer;

namespace {

constexpr int kPadding = 24;
constexpr int kSpacing = 8;

QString signOf(Answer answer)
{
    switch (answer) {
    case Answer::Passed:
        return QStringLiteral("passed");
    case Answer::Failed:
        return QStringLiteral("not_passed");
    case Answer::NotReported:
        return QStringLiteral("not_reported");
    }
    Q_UNREACHABLE();
}

void clear(QGridLayout *grid)
{
    while (QLayoutItem *item = grid->takeAt(0)) {
        delete item->widget();
        delete item;
    }
}

struct Cell {
    int row;
    int column;
};

/// Shown at once, so that the sheet knows its height before it is drawn.
void add(QGridLayout *grid, QWidget *widget, Cell cell, Qt::Alignment alignment)
{
    grid->addWidget(widget, cell.row, cell.column, alignment);
    widget->show();
}

} // namespace

PlanSheet::PlanSheet(QWidget *parent) :
    Card(parent), m_title(new Label(TextSize::Title)), m_scroll(new QScrollArea), m_facts(new QGridLayout),
    m_checksTitle(new Label(TextSize::Heading, tr("Checked before anything is written"))),
    m_checks(new QGridLayout), m_powerLoss(new Label), m_notice(new Label), m_refusal(new ErrorPanel),
    m_hint(new Label), m_promise(new QCheckBox), m_start(new PrimaryButton),
    m_leave(new QPushButton(tr("&Cancel")))
{
    setObjectName(QStringLiteral("planSheet"));
    m_start->setObjectName(QStringLiteral("startButton"));
    m_leave->setObjectName(QStringLiteral("leaveButton"));
    m_promise->setObjectName(QStringLiteral("planPromise"));
    connect(m_promise, &QCheckBox::toggled, this, &PlanSheet::showWhetherItMayStart);
    m_refusal->hideDismissButton();
    for (QGridLayout *grid : {m_facts, m_checks}) {
        grid->setHorizontalSpacing(2 * kSpacing);
        grid->setVerticalSpacing(kSpacing / 2);
    }
    m_facts->setColumnStretch(1, 1);
    m_checks->setHorizontalSpacing(kSpacing);
    m_checks->setColumnStretch(2, 1);
    connect(m_start, &QPushButton::clicked, this, &PlanSheet::started);
    connect(m_leave, &QPushButton::clicked, this, &PlanSheet::left);

    m_scroll->setWidget(makeBody());
    m_scroll->setWidgetResizable(true);
    m_scroll->setFrameShape(QFrame::NoFrame);
    m_scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_scroll->viewport()->setBackgroundRole(QPalette::Base);

    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(kPadding, kPadding, kPadding, kPadding);
    layout->setSpacing(kSpacing + kSpacing / 2);
    layout->addWidget(m_title);
    layout->addWidget(m_scroll, 1);
    layout->addWidget(m_promise);
    layout->addLayout(makeButtons());
}

QWidget *PlanSheet::makeBody()
{
    auto *body = new QWidget;
    body->setBackgroundRole(QPalette::Base);
    body->setMinimumHeight(1); // Its height follows from its width.
    auto *layout = new QVBoxLayout(body);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(kSpacing + kSpacing / 2);
    layout->addWidget(m_refusal);
    layout->addWidget(m_notice);
    layout->addLayout(m_facts);
    layout->addWidget(m_powerLoss);
    layout->addSpacing(kSpacing / 2);
    layout->addWidget(m_checksTitle);
    layout->addLayout(m_checks);
    layout->addStretch();
    return body;
}

int PlanSheet::heightForWidth(int width) const
{
    const int inner = width - 2 * kPadding;
    const QLayout &body = *m_scroll->widget()->layout();
    const int spacing = layout()->spacing();
    return 2 * kPadding + m_title->heightForWidth(inner) + spacing + body.totalHeightForWidth(inner) + spacing
        + (m_promise->isHidden() ? 0 : m_promise->sizeHint().height() + spacing)
        + m_start->sizeHint().height();
}

QLayout *PlanSheet::makeButtons()
{
    m_hint->makeMuted();
    auto *buttons = new QHBoxLayout;
    buttons->setSpacing(kSpacing);
    buttons->addWidget(m_hint, 1);
    buttons->addWidget(m_leave);
    buttons->addWidget(m_start);
    return buttons;
}

void PlanSheet::show(const PlanView &plan)
{
    m_canStart = plan.canStart;
    m_title->setText(plan.title);
    showFacts(plan.facts);
    showChecks(plan.checks);
    m_powerLoss->showText(plan.powerLoss);
    m_notice->showText(plan.notice);
    if (plan.refusal)
        m_refusal->show(*plan.refusal);
    else
        m_refusal->hide();
    m_start->setText(plan.startText);
    m_start->setToolTip(plainToolTip(plan.refusal ? plan.refusal->what : plan.notice));
    showPromise(plan.promise);
    showWhetherItMayStart();
    m_leave->setText(plan.canStart ? tr("&Cancel") : tr("&Close"));
    setAccessibleName(plan.title);
    QWidget::show();
    QWidget *first = m_leave;
    if (plan.canStart)
        first = plan.promise.isEmpty() ? static_cast<QWidget *>(m_start) : m_promise;
    first->setFocus(Qt::OtherFocusReason);
}

void PlanSheet::showPromise(const QString &promise)
{
    m_promise->setChecked(false);
    m_promise->setText(promise);
    m_promise->setVisible(!promise.isEmpty());
}

bool PlanSheet::mayStart() const
{
    return m_canStart && (m_promise->isHidden() || m_promise->isChecked());
}

void PlanSheet::showWhetherItMayStart()
{
    m_start->setEnabled(mayStart());
    if (m_canStart && !mayStart())
        m_hint->setText(tr("Space ticks the box, Escape leaves."));
    else
        m_hint->setText(m_canStart ? tr("Enter starts, Escape leaves.") : tr("Escape leaves."));
}

void PlanSheet::showFacts(const QList<Labelled> &facts)
{
    clear(m_facts);
    for (qsizetype row = 0; row < facts.size(); ++row) {
        auto *label = new Label(TextSize::Body, facts[row].label);
        label->setWordWrap(false);
        label->makeMuted();
        auto *value = new Label(TextSize::Body, facts[row].value);
        add(m_facts, label, {int(row), 0}, Qt::AlignTop);
        add(m_facts, value, {int(row), 1}, {});
    }
}

void PlanSheet::showChecks(const QList<CheckView> &checks)
{
    clear(m_checks);
    m_checksTitle->setVisible(!checks.isEmpty());
    const int side = fontMetrics().ascent() + 4;
    for (qsizetype row = 0; row < checks.size(); ++row) {
        const CheckView &check = checks[row];
        const bool isFailed = check.result == Answer::Failed;
        const QColor ink = isFailed ? stateColors(StateRole::Bad, palette()).ink
                                    : palette().color(QPalette::Active, kMutedText);
        auto *sign = new QLabel;
        sign->setPixmap(iconPixmap(signOf(check.result), ink, side, devicePixelRatioF()));
        auto *title = new Label(TextSize::Body, check.title);
        title->setWordWrap(false);
        title->makeMuted();
        auto *answer = new Label(TextSize::Body, check.answer);
        answer->setAlignment(Qt::AlignLeading | Qt::AlignTop);
        if (isFailed) {
            QPalette inked = palette();
            inked.setColor(QPalette::Text, ink); // the role of text on the scrolled body's background
            answer->setPalette(inked);
        }
        add(m_checks, sign, {int(row), 0}, Qt::AlignTop);
        add(m_checks, title, {int(row), 1}, Qt::AlignTop);
        add(m_checks, answer, {int(row), 2}, {});
    }
}

void PlanSheet::keyPressEvent(QKeyEvent *event)
{
    const bool isEnter = event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter;
    if (event->key() == Qt::Key_Escape || (isEnter && !m_canStart))
        Q_EMIT left();
    else if (isEnter && m_canStart && !mayStart() && !m_leave->hasFocus())
        m_promise->setFocus(Qt::OtherFocusReason); // Enter alone promises nothing.
    else if (isEnter && !m_leave->hasFocus())
        Q_EMIT started();
    else if (isEnter)
        Q_EMIT left();
    else
        Card::keyPressEvent(event);
}

} // namespace gui
