// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/gui/pages/units/units_presenter.h"

#include <QWidget>

class QLineEdit;
class QListView;
class QSplitter;
class QStackedWidget;

namespace gui {

class EmptyPanel;
class SheetHost;
class UnitDetail;
class UnitListModel;

/// The units as a list and a detail. Draws what the presenter knows and hands it what the operator does.
class UnitsPage final : public QWidget
{
    Q_OBJECT

public:
    explicit UnitsPage(UnitService &service, QWidget *parent = nullptr);

    UnitsPresenter &presenter() { return *m_presenter; }

Q_SIGNALS:
    void lookAgainRequested();
    void openBenchRequested();

protected:
    void dragEnterEvent(QDragEnterEvent *event) override;
    void dropEvent(QDropEvent *event) override;

private:
    QWidget *makeList();
    void connectPresenter();
    void showList();
    void showDetail();
    void showPlan();
    void askForFile(JobKind kind);

    UnitsPresenter *m_presenter;
    UnitListModel *m_model;
    QListView *m_list;
    UnitDetail *m_detail;
    EmptyPanel *m_empty;
    QSplitter *m_split;
    QStackedWidget *m_stack;
    SheetHost *m_sheetHost;
};

} // namespace gui
