// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/gui/pages/units/unit_view.h"
#include "app/gui/widgets/card.h"

class QGridLayout;
class QLabel;
class QPushButton;

namespace gui {

class Label;
class WeightedBar;

/// What a job does now: its steps, how far it is, how fast, how long yet, and whether it can be stopped.
class JobPanel final : public Card
{
    Q_OBJECT

public:
    explicit JobPanel(QWidget *parent = nullptr);

    void show(const JobView &job);

Q_SIGNALS:
    void stopRequested();

private:
    void showSteps(const QList<StepView> &steps);
    void addStepRow();

    Label *m_title;
    Label *m_percent;
    WeightedBar *m_bar;
    Label *m_numbers;
    QGridLayout *m_stepGrid;
    QList<QLabel *> m_stepSigns;
    QList<Label *> m_stepTexts;
    QPushButton *m_stop;
    Label *m_stopNote;
};

} // namespace gui
