// SPDX-License-Identifier: Apache-2.0
#include "tests/gui/window_driver.h"

#include "app/gui/models/unit_list_model.h"

#include <QApplication>
#include <QDir>
#include <QLabel>
#include <QListView>
#include <QMenu>
#include <QPushButton>
#include <QTest>

namespace testing {

namespace {

/// A page and a sheet may have the same parts: the one that is seen counts, and any while none is.
template<class Part>
Part *seenOf(const QWidget &window, const QString &objectName)
{
    const QList<Part *> parts = window.findChildren<Part *>(objectName);
    const auto seen =
        std::find_if(parts.cbegin(), parts.cend(), [](const Part *part) { return part->isVisible(); });
    return seen != parts.cend() ? *seen : parts.value(0);
}

} // namespace

QListView *WindowDriver::list() const
{
    return m_window.findChild<QListView *>(QStringLiteral("unitList"));
}

bool WindowDriver::selectUnit(const QString &name)
{
    const auto *model = static_cast<gui::UnitListModel *>(list()->model());
    if (!QTest::qWaitFor([&] { return model->indexOf(name).isValid() && list()->isVisible(); }))
        return false;
    const QRect row = list()->visualRect(model->indexOf(name));
    QTest::mouseClick(list()->viewport(), Qt::LeftButton, {}, row.center());
    return text(QStringLiteral("unitName")) == name;
}

QString WindowDriver::stageOf(const QString &name) const
{
    const auto *model = static_cast<gui::UnitListModel *>(list()->model());
    const QModelIndex index = model->indexOf(name);
    return index.isValid() ? model->row(index.row()).stage : QString();
}

QPushButton *WindowDriver::button(const QString &objectName) const
{
    return seenOf<QPushButton>(m_window, objectName);
}

bool WindowDriver::click(const QString &objectName)
{
    QPushButton *found = button(objectName);
    if (!found || !QTest::qWaitFor([found] { return found->isVisible() && found->isEnabled(); }))
        return false;
    QTest::mouseClick(found, Qt::LeftButton);
    return true;
}

bool WindowDriver::chooseFromMenu(const QString &text)
{
    QPushButton *more = button(QStringLiteral("moreActions"));
    QAction *entry = nullptr;
    const bool isThere = QTest::qWaitFor([&] {
        for (QAction *action : more->menu()->actions())
            if (action->text().contains(text))
                entry = action;
        return entry && more->isVisible() && more->isEnabled();
    });
    if (!isThere)
        return false;
    more->menu()->popup(more->mapToGlobal(more->rect().bottomLeft()));
    QTest::mouseClick(more->menu(), Qt::LeftButton, {}, more->menu()->actionGeometry(entry).center());
    return true;
}

void WindowDriver::press(Qt::Key key, Qt::KeyboardModifiers modifiers)
{
    m_window.activateWindow(); // A menu that closed leaves the offscreen platform without an active window.
    QWidget *focused = m_window.focusWidget();
    QTest::keyClick(focused ? focused : &m_window, key, modifiers);
}

bool WindowDriver::isShown(const QString &objectName) const
{
    const auto *widget = m_window.findChild<QWidget *>(objectName);
    return widget && widget->isVisible();
}

QString WindowDriver::text(const QString &objectName) const
{
    const auto *label = seenOf<QLabel>(m_window, objectName);
    return label && label->isVisible() ? label->text() : QString();
}

bool WindowDriver::shoot(const QString &name) const
{
    const QString folder = QStringLiteral(SCREENSHOT_DIR);
    return QDir().mkpath(folder) && m_window.grab().save(QStringLiteral("%1/%2.png").arg(folder, name));
}

} // namespace testing
