// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/gui/device_thread/values.h"
#include "app/gui/look/theme.h"

#include <QMainWindow>

class QStackedWidget;

namespace gui {

class Rail;
class SleepGuard;
class UnitService;
class UnitsPage;

/// The frame: menus, the rail of places, and their pages. The pages own themselves.
class MainWindow final : public QMainWindow
{
    Q_OBJECT

public:
    /// `service` and `theme` outlive the window.
    MainWindow(UnitService &service, Theme &theme);

    /// Looks at the units of a bench; at this computer's ports when empty.
    void openBench(const QString &directory);

protected:
    void closeEvent(QCloseEvent *event) override;

private:
    void makePages();
    void makeBenchMenu();
    void makeUnitMenu();
    void makeViewMenu();
    void makeHelpMenu();
    void askForBench();
    void fillRecentBenches(QMenu *menu);
    bool mayClose();
    void showAbout();

    UnitService &m_service;
    Theme &m_theme;
    Rail *m_rail;
    QStackedWidget *m_pages;
    UnitsPage *m_units;
    SleepGuard *m_sleepGuard;
    bool m_closesWhenIdle = false;
};

} // namespace gui
