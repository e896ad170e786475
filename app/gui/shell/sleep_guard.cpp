// SPDX-License-Identifier: Apache-2.0
#include "app/gui/shell/sleep_guard.h"

#include <QDBusConnection>
#include <QDBusMessage>
#include <QDBusPendingCallWatcher>
#include <QDBusPendingReply>

namespace gui {

void SleepGuard::keepAwake()
{
    if (m_isWanted)
        return;
    m_isWanted = true;
    const QDBusConnection bus = QDBusConnection::systemBus();
    if (!bus.isConnected())
        return;
    QDBusMessage question = QDBusMessage::createMethodCall(
        QStringLiteral("org.freedesktop.login1"), QStringLiteral("/org/freedesktop/login1"),
        QStringLiteral("org.freedesktop.login1.Manager"), QStringLiteral("Inhibit"));
    question << QStringLiteral("sleep:idle") << QStringLiteral("Bootmend") << tr("A unit is being worked on")
             << QStringLiteral("block");
    auto *watcher = new QDBusPendingCallWatcher(bus.asyncCall(question), this);
    connect(watcher, &QDBusPendingCallWatcher::finished, this, [this](QDBusPendingCallWatcher *finished) {
        const QDBusPendingReply<QDBusUnixFileDescriptor> reply = *finished;
        if (reply.isValid() && m_isWanted)
            m_lock = reply.value();
        finished->deleteLater();
    });
}

void SleepGuard::letSleep()
{
    m_isWanted = false;
    m_lock = QDBusUnixFileDescriptor();
}

} // namespace gui
