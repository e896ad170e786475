// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QHash>
#include <QList>
#include <QStringList>

namespace transport {

/// A program that has a port open.
struct PortUser {
    qint64 pid = 0;
    QString command; // as the process calls itself, proc(5) "comm"

    friend bool operator==(const PortUser &, const PortUser &) = default;
};

/// The other programs that have the port open, by pid: Linux, from /proc/PID/fd (proc(5)). Programs of other
/// users are seen by the superuser only, so an empty list does not say that the port is free. The process
/// that plays the device on a pty is none of them. Empty on other systems.
QList<PortUser> usersOf(const QString &port);

/// The same of several ports in one look; ports that nobody has are left out.
QHash<QString, QList<PortUser>> usersOf(const QStringList &ports);

/// "minicom (pid 812)"; several with commas between; empty when there is none.
QString toText(const QList<PortUser> &users);

} // namespace transport
