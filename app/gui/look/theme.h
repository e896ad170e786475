// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QDBusVariant>
#include <QObject>

class QApplication;

namespace gui {

enum class ThemeChoice { FollowSystem, Light, Dark };

/// Gives the application its style and palette, and keeps the palette in step with the desktop's light or
/// dark setting when told to follow it. Lives on the GUI thread as long as the application.
class Theme final : public QObject
{
    Q_OBJECT

public:
    /// To be made before the first window: it looks at the palette that the platform came with.
    Theme(QApplication &application, ThemeChoice choice);

    ThemeChoice choice() const { return m_choice; }
    void choose(ThemeChoice choice);

public Q_SLOTS:
    /// Answers of the desktop portal: 1 prefers dark, 2 prefers light, 0 does not care
    /// (org.freedesktop.portal.Settings, namespace org.freedesktop.appearance, key color-scheme).
    void takeSystemChange(const QString &space, const QString &key, const QDBusVariant &value);

private:
    void askSystem();
    void apply();

    QApplication &m_application;
    ThemeChoice m_choice;
    bool m_systemIsDark;
};

} // namespace gui
