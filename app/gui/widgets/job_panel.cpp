// SPDX-License-Identifier: Apache-2.0
#include "app/gui/widgets/job_panel.h"

#include "app/gui/look/icon.h"
#include "app/gui/widgets/label.h"
#include "app/gui/widgets/weighted_bar.h"

#include <QGridLayout>
#include <QLocale>
#include <QPushButton>

namespace gui {

namespace {

constexpr int kPadding = 16;
constexpr int kSpacing = 8;

QString signOf(StepView::State state)
{
    switch (state) {
    case StepView::State::Done:
        return QStringLiteral("passed");
    case StepView::State::Now:
        return QStringLiteral("now");
    case StepView::State::Later:
        return QStringLiteral("later");
    }
    Q_UNREACHABLE();
}

QString stateWord(StepView::State state)
{
    switch (state) {
    case StepView::State::Done:
        return JobPanel::tr("done");
    case StepView::State::Now:
        return JobPanel::tr("now");
    case StepView::State::Later:
        return JobPanel::tr("to come");
    }
    Q_UNREACHABLE();
}

} // namespace

JobPanel::JobPanel(QWidget *parent) :
    Card(parent), m_title(new Label(TextSize::Heading)), m_percent(new Label(TextSize::Heading)),
    m_bar(new WeightedBar), m_numbers(new Label), m_stepGrid(new QGridLayout),
    m_stop(new QPushButton(tr("&Stop"))), m_stopNote(new Label)
{
    m_stop->setObjectName(QStringLiteral("stopButton"));
    m_numbers->setObjectName(QStringLiteral("jobNumbers"));
    m_percent->setWordWrap(false);
    m_stopNote->makeMuted();
    m_stepGrid->setHorizontalSpacing(kSpacing);
    m_stepGrid->setVerticalSpacing(kSpacing / 2);
    m_stepGrid->setColumnStretch(1, 1);
    connect(m_stop, &QPushButton::clicked, this, &JobPanel::stopRequested);

    auto *top = new QHBoxLayout;
    top->addWidget(m_title, 1);
    top->addWidget(m_percent);
    auto *bottom = new QHBoxLayout;
    bottom->setSpacing(kSpacing + kSpacing / 2);
    bottom->addWidget(m_stop);
    bottom->addWidget(m_stopNote, 1);

    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(kPadding, kPadding, kPadding, kPadding);
    layout->setSpacing(kSpacing);
    layout->addLayout(top);
    layout->addWidget(m_bar);
    layout->addWidget(m_numbers);
    layout->addLayout(m_stepGrid);
    layout->addSpacing(kSpacing / 2);
    layout->addLayout(bottom);
}

void JobPanel::show(const JobView &job)
{
    m_title->setText(job.title);
    m_percent->setText(tr("%1 %").arg(QLocale().toString(int(job.fraction * 100))));
    m_bar->show(job.fraction);
    QStringList numbers{job.amount, job.rate, job.timeLeft, job.limit};
    numbers.removeAll(QString());
    // A line that comes and goes would make everything below it jump.
    m_numbers->setText(numbers.isEmpty() ? QStringLiteral(" ") : numbers.join(QStringLiteral("  ·  ")));
    showSteps(job.steps);
    m_stop->setEnabled(job.canStop);
    m_stop->setToolTip(plainToolTip(job.stopNote));
    m_stop->setAccessibleDescription(job.stopNote);
    m_stopNote->setText(job.stopNote);
    setAccessibleName(job.title);
    setVisible(true);
}

void JobPanel::addStepRow()
{
    const int row = int(m_stepTexts.size());
    auto *sign = new QLabel;
    auto *text = new Label;
    m_stepGrid->addWidget(sign, row, 0, Qt::AlignVCenter);
    m_stepGrid->addWidget(text, row, 1);
    m_stepSigns.append(sign);
    m_stepTexts.append(text);
}

void JobPanel::showSteps(const QList<StepView> &steps)
{
    while (m_stepTexts.size() < steps.size())
        addStepRow();
    const int side = fontMetrics().ascent() + 4;
    for (qsizetype index = 0; index < m_stepTexts.size(); ++index) {
        Label *text = m_stepTexts[index];
        QLabel *sign = m_stepSigns[index];
        const bool isUsed = index < steps.size();
        text->setVisible(isUsed);
        sign->setVisible(isUsed);
        if (!isUsed)
            continue;
        const StepView &step = steps[index];
        const bool isNow = step.state == StepView::State::Now;
        const auto role = step.state == StepView::State::Later ? kMutedText : QPalette::WindowText;
        QFont face = font();
        face.setWeight(isNow ? QFont::DemiBold : QFont::Normal);
        text->setFont(face);
        text->setText(step.text);
        text->setForegroundRole(role);
        text->setAccessibleDescription(stateWord(step.state));
        const QColor ink = isNow ? palette().color(QPalette::Link) : palette().color(kMutedText);
        sign->setPixmap(iconPixmap(signOf(step.state), ink, side, devicePixelRatioF()));
    }
}

} // namespace gui
