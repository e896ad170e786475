// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QDBusUnixFileDescriptor>
#include <QObject>

namespace gui {

/// Keeps the computer awake while units are worked on, by an inhibitor lock of systemd-logind
/// (org.freedesktop.login1.Manager.Inhibit). Without logind it does nothing. The lock goes with the process.
class SleepGuard final : public QObject
{
    Q_OBJECT

public:
    using QObject::QObject;

    void keepAwake();
    void letSleep();

private:
    bool m_isWanted = false;
    QDBusUnixFileDescriptor m_lock; // closing it is what gives the lock back
};

} // namespace gui
