// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/cli/session.h"

#include <QEventLoop>
#include <QTimer>

#include <map>

namespace cli {

/// Tells of units that come and go, and asks each newcomer who it is, until the stop is raised. Ports tell of
/// themselves; only a bench is looked at once a second.
class DeviceWatch
{
public:
    enum class Scope { Known, Everything }; // which ports are asked

    DeviceWatch(Session &session, Scope scope);
    ~DeviceWatch();
    Q_DISABLE_COPY_MOVE(DeviceWatch)

    /// The number of units that are there at its end. FileFailed and the like when nothing can be found.
    core::Result<int> run();

private:
    struct Place {
        core::FoundUnit unit;
        std::unique_ptr<core::Running<core::DeviceSnapshot>> asking;
    };

    void compare(const QString &changeOfNewcomers);
    void tellOfDepartures(const QList<core::FoundUnit> &found);
    void welcome(core::FoundUnit unit, const QString &change);

    Session &m_session;
    Scope m_scope;
    QEventLoop m_loop;
    QTimer m_timer;
    std::map<QString, Place> m_places; // by name
    std::optional<core::Error> m_error;
};

} // namespace cli
