// SPDX-License-Identifier: Apache-2.0
#include "app/gui/look/theme.h"

#include "app/gui/look/calm_style.h"
#include "app/gui/look/palette.h"

#include <QApplication>
#include <QDBusConnection>
#include <QDBusMessage>
#include <QDBusPendingCallWatcher>
#include <QDBusPendingReply>

namespace gui {

namespace {

constexpr uint kPrefersDark = 1;

// Qt learns the desktop's colour scheme only in 6.5; the portal serves every desktop and every Qt.
const QString kService = QStringLiteral("org.freedesktop.portal.Desktop");
const QString kPath = QStringLiteral("/org/freedesktop/portal/desktop");
const QString kInterface = QStringLiteral("org.freedesktop.portal.Settings");
const QString kSpace = QStringLiteral("org.freedesktop.appearance");
const QString kKey = QStringLiteral("color-scheme");

/// The answer to Read is a variant in a variant; the newer ReadOne gives one.
QVariant unwrapped(QVariant value)
{
    while (value.canConvert<QDBusVariant>())
        value = value.value<QDBusVariant>().variant();
    return value;
}

} // namespace

Theme::Theme(QApplication &application, ThemeChoice choice) :
    QObject(&application), m_application(application), m_choice(choice),
    m_systemIsDark(isDark(application.palette()))
{
    application.setStyle(new CalmStyle);
    apply();
    askSystem();
}

void Theme::choose(ThemeChoice choice)
{
    m_choice = choice;
    apply();
}

void Theme::askSystem()
{
    QDBusConnection bus = QDBusConnection::sessionBus();
    if (!bus.isConnected())
        return;
    bus.connect(kService, kPath, kInterface, QStringLiteral("SettingChanged"), this,
                SLOT(takeSystemChange(QString, QString, QDBusVariant)));

    QDBusMessage question =
        QDBusMessage::createMethodCall(kService, kPath, kInterface, QStringLiteral("Read"));
    question << kSpace << kKey;
    auto *watcher = new QDBusPendingCallWatcher(bus.asyncCall(question), this);
    connect(watcher, &QDBusPendingCallWatcher::finished, this, [this](QDBusPendingCallWatcher *finished) {
        const QDBusPendingReply<QDBusVariant> reply = *finished;
        if (reply.isValid())
            takeSystemChange(kSpace, kKey, reply.value());
        finished->deleteLater();
    });
}

void Theme::takeSystemChange(const QString &space, const QString &key, const QDBusVariant &value)
{
    if (space != kSpace || key != kKey)
        return;
    m_systemIsDark = unwrapped(value.variant()).toUInt() == kPrefersDark;
    apply();
}

void Theme::apply()
{
    const bool wantsDark =
        m_choice == ThemeChoice::Dark || (m_choice == ThemeChoice::FollowSystem && m_systemIsDark);
    m_application.setPalette(wantsDark ? darkPalette() : lightPalette());
}

} // namespace gui
