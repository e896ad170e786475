// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/gui/pages/units/unit_view.h"

#include <QWidget>

class QLabel;
class QPushButton;

namespace gui {

class Label;

/// Instead of an empty list: what was checked, and the next step.
class EmptyPanel final : public QWidget
{
    Q_OBJECT

public:
    explicit EmptyPanel(QWidget *parent = nullptr);

    void show(const EmptyView &empty);

Q_SIGNALS:
    void lookAgainRequested();
    void openBenchRequested();

protected:
    void changeEvent(QEvent *event) override;

private:
    void drawSign();

    QLabel *m_sign;
    Label *m_title;
    Label *m_checked;
    Label *m_nextStep;
    QPushButton *m_look;
    QPushButton *m_bench;
};

} // namespace gui
