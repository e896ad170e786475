// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/gui/pages/units/unit_view.h"
#include "app/gui/widgets/card.h"

class QCheckBox;
class QGridLayout;
class QPushButton;
class QScrollArea;

namespace gui {

class ErrorPanel;
class Label;

/// What will be done, shown before anything is written. Enter starts, Escape leaves; a plan that is refused
/// says why and cannot be started, and one that takes a promise of the operator not without it.
class PlanSheet final : public Card
{
    Q_OBJECT

public:
    explicit PlanSheet(QWidget *parent = nullptr);

    void show(const PlanView &plan);

    /// The height that shows everything without scrolling.
    int heightForWidth(int width) const override;

Q_SIGNALS:
    void started();
    void left();

protected:
    void keyPressEvent(QKeyEvent *event) override;

private:
    QWidget *makeBody();
    QLayout *makeButtons();
    void showFacts(const QList<Labelled> &facts);
    void showChecks(const QList<CheckView> &checks);
    void showPromise(const QString &promise);
    bool mayStart() const;
    void showWhetherItMayStart();

    Label *m_title;
    QScrollArea *m_scroll;
    QGridLayout *m_facts;
    Label *m_checksTitle;
    QGridLayout *m_checks;
    Label *m_powerLoss;
    Label *m_notice;
    ErrorPanel *m_refusal;
    Label *m_hint;
    QCheckBox *m_promise;
    QPushButton *m_start;
    QPushButton *m_leave;
    bool m_canStart = false;
};

} // namespace gui
