// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QList>
#include <QString>

namespace transport {

/// A program that has a port open.
struct PortOwner {
    qint64 pid = 0;
    QString command; // as the process calls itself, proc(5) "comm"

    friend bool operator==(const PortOwner &, const PortOwner &) = default;
};

/// The other programs that have the port open, by pid: Linux, from /proc/PID/fd (proc(5)). Programs of other
/// users are seen by the superuser only, so an empty list does not say that the port is free. The process
/// that plays the device on a pty is none of them. Empty on other systems.
QList<PortOwner> ownersOf(const QString &port);

/// "minicom (pid 812)"; several with commas between; empty when there is none.
QString toText(const QList<PortOwner> &owners);

} // namespace transport
