// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/cli/session.h"

#include <QEventLoop>
#include <QTimer>

#include <map>

namespace cli {

/// Tells of units that come and go, and asks each newcomer who it is, until the stop is raised. Ports tell of
/// themselves; only a bench is looked at once a second. Who does not answer is asked again now and then: it
/// may still be starting, and other programs take a port for themselves just after it came.
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
    using Change = Output::DeviceChange;
    struct Entry {
        core::FoundUnit unit;
        std::optional<core::BootStage> stage = {}; // once it was asked
        std::unique_ptr<core::Running<core::DeviceSnapshot>> asking = {};
    };

    void compare(Change changeOfNewcomers);
    void tellOfDepartures(const QList<core::FoundUnit> &found);
    void welcome(core::FoundUnit unit, Change change);
    void ask(Entry &entry);
    void askTheSilent();
    void takeAnswer(Entry &entry, const core::DeviceSnapshot &seen);

    Session &m_session;
    Scope m_scope;
    QEventLoop m_loop;
    QTimer m_benchTimer;
    QTimer m_silenceTimer;
    std::map<QString, Entry> m_entries; // by name
    std::optional<core::Error> m_error;
};

} // namespace cli
