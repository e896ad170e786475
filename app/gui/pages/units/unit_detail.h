// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/gui/pages/units/unit_view.h"

#include <QScrollArea>

class QGridLayout;
class QPushButton;

namespace gui {

class Chip;
class CopyButton;
class ErrorPanel;
class HistoryView;
class JobPanel;
class Label;
class LogView;
class SlotMap;
class VerdictBand;

/// One unit: who it is, what lies in its slots, what boots next, what can be done, and what happened.
class UnitDetail final : public QScrollArea
{
    Q_OBJECT

public:
    explicit UnitDetail(QWidget *parent = nullptr);

    void show(const UnitView &unit, bool isPreparing);

Q_SIGNALS:
    void chosen(const gui::ActionOffer &offer);
    void stopRequested();
    void outcomeDismissed();

private:
    QLayout *makeHeader();
    QWidget *makeSlotCard();
    QLayout *makeActions();
    void arrange();
    void arrangeIdentity(int count);
    void showIdentity(const QList<Labelled> &identity);
    void showActions(const UnitView &unit, bool isPreparing);
    void fillMenu(const QList<ActionOffer> &offers);

    Label *m_name;
    Chip *m_stage;
    CopyButton *m_copyIdentity;
    QGridLayout *m_identity;
    QList<Label *> m_identityLabels;
    QList<Label *> m_identityValues;
    int m_identityCount = 0;
    VerdictBand *m_verdict;
    ErrorPanel *m_error;
    SlotMap *m_slots;
    Label *m_sentence;
    QWidget *m_actions;
    QPushButton *m_primary;
    QPushButton *m_more;
    Label *m_idleNote;
    JobPanel *m_job;
    Label *m_historyTitle;
    HistoryView *m_history;
    LogView *m_log;
    std::optional<ActionOffer> m_offer;
};

} // namespace gui
