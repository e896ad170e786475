// SPDX-License-Identifier: Apache-2.0
#include "app/gui/shell/main_window.h"

#include "app/gui/device_thread/unit_service.h"
#include "app/gui/pages/releases/releases_page.h"
#include "app/gui/pages/units/units_page.h"
#include "app/gui/shell/rail.h"
#include "app/gui/shell/sleep_guard.h"
#include "app/texts/foreign_text.h"

#include <QActionGroup>
#include <QCloseEvent>
#include <QCoreApplication>
#include <QDir>
#include <QFileDialog>
#include <QHBoxLayout>
#include <QMenuBar>
#include <QMessageBox>
#include <QPushButton>
#include <QSettings>
#include <QStackedWidget>

namespace gui {

namespace {

const QString kGeometryKey = QStringLiteral("window/geometry");
const QString kBenchesKey = QStringLiteral("benches/recent");
constexpr QSize kSmallest{1024, 640};
constexpr QSize kUsual{1180, 760};
constexpr int kRememberedBenches = 5;

} // namespace

MainWindow::MainWindow(UnitService &service, Theme &theme) :
    m_service(service), m_theme(theme), m_rail(new Rail), m_pages(new QStackedWidget), m_units(nullptr),
    m_sleepGuard(new SleepGuard(this))
{
    setWindowTitle(tr("Bootmend"));
    setMinimumSize(kSmallest);
    resize(kUsual);
    restoreGeometry(QSettings().value(kGeometryKey).toByteArray());

    auto *centre = new QWidget;
    auto *layout = new QHBoxLayout(centre);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_rail);
    layout->addWidget(m_pages, 1);
    setCentralWidget(centre);
    makePages();
    makeBenchMenu();
    makeUnitMenu();
    makeViewMenu();
    makeHelpMenu();
    m_units->setFocus(); // Arrow keys choose a unit from the start.
}

void MainWindow::makePages()
{
    m_units = new UnitsPage(m_service);
    m_pages->addWidget(m_units);
    m_rail->addPlace(tr("Units"), QStringLiteral("units"));
    m_pages->addWidget(new ReleasesPage(m_service));
    m_rail->addPlace(tr("Releases"), QStringLiteral("releases"));
    m_rail->setPlace(0);
    connect(m_rail, &Rail::placeChosen, m_pages, &QStackedWidget::setCurrentIndex);
    connect(m_units, &UnitsPage::openBenchRequested, this, &MainWindow::askForBench);
    connect(m_units, &UnitsPage::lookAgainRequested, this, [this] { m_service.lookAgain({}); });
    connect(&m_units->presenter(), &UnitsPresenter::listChanged, this, [this] {
        const bool isIdle = m_units->presenter().unitsAtWork().isEmpty();
        isIdle ? m_sleepGuard->letSleep() : m_sleepGuard->keepAwake();
    });
    connect(&m_units->presenter(), &UnitsPresenter::jobEnded, this, [this] {
        if (m_closesWhenIdle && m_units->presenter().unitsAtWork().isEmpty())
            close();
    });
}

void MainWindow::makeBenchMenu()
{
    QMenu *menu = menuBar()->addMenu(tr("&Bench"));
    QAction *open = menu->addAction(tr("&Open a bench…"), this, &MainWindow::askForBench);
    open->setShortcut(QKeySequence::Open);
    menu->addAction(tr("This computer's &ports"), this, [this] { openBench({}); });
    QMenu *recent = menu->addMenu(tr("&Recent benches"));
    connect(recent, &QMenu::aboutToShow, this, [this, recent] { fillRecentBenches(recent); });
    menu->addSeparator();
    QAction *quit = menu->addAction(tr("&Quit"), this, &MainWindow::close);
    quit->setShortcut(QKeySequence::Quit);
}

void MainWindow::makeUnitMenu()
{
    QMenu *menu = menuBar()->addMenu(tr("&Unit"));
    QAction *look =
        menu->addAction(tr("Look at all units &again"), this, [this] { m_service.lookAgain({}); });
    look->setShortcut(QKeySequence::Refresh);
}

void MainWindow::makeViewMenu()
{
    QMenu *menu = menuBar()->addMenu(tr("&View"));
    auto *choices = new QActionGroup(this);
    const auto add = [this, menu, choices](const QString &text, ThemeChoice choice) {
        QAction *action = menu->addAction(text, this, [this, choice] { m_theme.choose(choice); });
        action->setCheckable(true);
        action->setChecked(m_theme.choice() == choice);
        choices->addAction(action);
    };
    add(tr("Theme of the &system"), ThemeChoice::FollowSystem);
    add(tr("&Light theme"), ThemeChoice::Light);
    add(tr("&Dark theme"), ThemeChoice::Dark);
}

void MainWindow::makeHelpMenu()
{
    menuBar()->addMenu(tr("&Help"))->addAction(tr("&About Bootmend"), this, &MainWindow::showAbout);
}

void MainWindow::openBench(const QString &directory)
{
    m_service.openBench(directory);
    if (directory.isEmpty()) {
        setWindowTitle(tr("Bootmend"));
        return;
    }
    setWindowTitle(tr("%1 – Bootmend").arg(QDir(directory).dirName()));
    QStringList benches = QSettings().value(kBenchesKey).toStringList();
    const QString path = QDir(directory).absolutePath();
    benches.removeAll(path);
    benches.prepend(path);
    QSettings().setValue(kBenchesKey, QStringList(benches.mid(0, kRememberedBenches)));
}

void MainWindow::askForBench()
{
    const QString directory = QFileDialog::getExistingDirectory(this, tr("Open a bench"));
    if (!directory.isEmpty())
        openBench(directory);
}

void MainWindow::fillRecentBenches(QMenu *menu)
{
    menu->clear();
    const QStringList benches = QSettings().value(kBenchesKey).toStringList();
    for (const QString &bench : benches)
        if (QDir(bench).exists())
            menu->addAction(bench, this, [this, bench] { openBench(bench); });
    if (menu->isEmpty())
        menu->addAction(tr("None yet"))->setEnabled(false);
}

bool MainWindow::mayClose()
{
    const QStringList working = m_units->presenter().unitsAtWork();
    if (working.isEmpty())
        return true;
    QMessageBox question(this);
    question.setObjectName(QStringLiteral("closeQuestion"));
    question.setIcon(QMessageBox::Warning);
    question.setWindowTitle(tr("Bootmend"));
    question.setTextFormat(Qt::PlainText);
    question.setText(tr("Work is going on: %1").arg(texts::harmlessLine(working.join(QStringLiteral(", ")))));
    question.setInformativeText(tr("Stopping waits for a safe point: each unit is left in a state that boots "
                                   "or can be recovered. Then the window closes."));
    QPushButton *stay = question.addButton(tr("&Keep working"), QMessageBox::RejectRole);
    question.addButton(tr("&Stop and close"), QMessageBox::DestructiveRole);
    question.setDefaultButton(stay);
    question.setEscapeButton(stay);
    question.exec();
    if (question.clickedButton() == stay)
        return false;
    m_closesWhenIdle = true;
    m_units->presenter().stopAll();
    return m_units->presenter().unitsAtWork().isEmpty();
}

void MainWindow::closeEvent(QCloseEvent *event)
{
    const bool closes = m_closesWhenIdle ? m_units->presenter().unitsAtWork().isEmpty() : mayClose();
    event->setAccepted(closes);
    if (closes)
        QSettings().setValue(kGeometryKey, saveGeometry());
}

void MainWindow::showAbout()
{
    QMessageBox::about(this, tr("About Bootmend"),
                       tr("Bootmend %1\n\nInstalls verified firmware, proves the outcome, and brings units "
                          "back.\n\nLicensed under the Apache License 2.0.")
                           .arg(QCoreApplication::applicationVersion()));
}

} // namespace gui
