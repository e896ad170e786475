// SPDX-License-Identifier: Apache-2.0
#include "app/cli/device_watch.h"
#include "app/cli/job_runner.h"
#include "app/cli/session.h"
#include "core/device/survey.h"

#include <QJsonObject>

namespace cli {

namespace {

struct DevicesOptions {
    bool isProbing = false; // --probe
    bool isWatching = false; // --watch
};

/// All at once: one silent unit must not make the others wait.
QList<core::DeviceSnapshot> lookAtAll(const QList<core::FoundUnit> &units, Session &session)
{
    std::vector<core::Task<core::DeviceSnapshot>> tasks;
    for (const core::FoundUnit &unit : units)
        tasks.push_back(core::lookAt(session.connector(), unit, session.clock()));
    QList<core::DeviceSnapshot> seen;
    for (core::Result<core::DeviceSnapshot> &snapshot : runAllToEnd(std::move(tasks)))
        if (snapshot)
            seen.append(*std::move(snapshot));
    return seen;
}

int watchDevices(const DevicesOptions &options, Session &session)
{
    const QString command = QStringLiteral("devices");
    const auto scope = options.isProbing ? DeviceWatch::Scope::Everything : DeviceWatch::Scope::Known;
    DeviceWatch watch(session, scope);
    const core::Result<int> count = watch.run();
    return count ? session.output().done(command, {{QStringLiteral("count"), *count}})
                 : session.output().result(command, count.error());
}

int listDevices(const DevicesOptions &options, Session &session)
{
    if (options.isWatching)
        return watchDevices(options, session);
    const QString command = QStringLiteral("devices");
    core::Result<QList<core::FoundUnit>> found = session.connector().find();
    if (!found)
        return session.output().result(command, found.error());

    for (core::FoundUnit &unit : *found)
        unit.isToBeAsked = unit.isToBeAsked || options.isProbing;
    const QList<core::DeviceSnapshot> units = lookAtAll(*found, session);
    for (const core::DeviceSnapshot &unit : units)
        session.output().device(unit);
    if (units.isEmpty()) {
        session.output().say(
            QStringLiteral("No unit found. Looked at: serial ports%1.")
                .arg(session.options.benchDirectory.isEmpty() ? QString() : QStringLiteral(", the bench")));
        session.output().say(QStringLiteral("Check the cable and the power, and that you may use the port."));
    }
    return session.output().done(command, {{QStringLiteral("count"), units.size()}});
}

} // namespace

void addDevices(CLI::App &app, Session &session)
{
    CLI::App *command = app.add_subcommand("devices", "lists the units that are attached, and what they run");
    const auto options = std::make_shared<DevicesOptions>();
    command->add_flag("--probe", options->isProbing,
                      "also ask ports that nothing is known of; may reset a board");
    command->add_flag("--watch", options->isWatching,
                      "go on, and tell of units that come and go; Ctrl-C ends it");
    command->callback(
        [options, &session] { session.command = [=, &session] { return listDevices(*options, session); }; });
}

} // namespace cli
