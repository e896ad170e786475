// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/gui/shell/main_window.h"

class QListView;
class QPushButton;

namespace testing {

/// Hands and eyes on the real window: finds what a person sees, clicks it, types, waits for what comes.
class WindowDriver
{
public:
    explicit WindowDriver(gui::MainWindow &window) : m_window(window) { }

    /// Clicks the row of a unit, once it is there. False when it does not come.
    bool selectUnit(const QString &name);

    /// The word on the stage chip of a unit's row; empty when there is no such row.
    QString stageOf(const QString &name) const;

    QPushButton *button(const QString &objectName) const;
    bool click(const QString &objectName);

    /// Opens the menu beside the action, and picks the entry that contains `text`.
    bool chooseFromMenu(const QString &text);

    void press(Qt::Key key, Qt::KeyboardModifiers modifiers = Qt::NoModifier);

    bool isShown(const QString &objectName) const;
    QString text(const QString &objectName) const; // of a label that is shown
    QString verdict() const { return text(QStringLiteral("verdictWord")); }

    /// Writes what is seen to <build>/screenshots/<name>.png.
    bool shoot(const QString &name) const;

private:
    QListView *list() const;

    gui::MainWindow &m_window;
};

} // namespace testing
