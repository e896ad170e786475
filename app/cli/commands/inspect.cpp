// SPDX-License-Identifier: Apache-2.0
#include "app/cli/job_runner.h"
#include "app/cli/session.h"
#include "app/events/event_json.h"

namespace cli {

namespace {

void tellEvidence(core::Driver &driver, Session &session)
{
    const auto evidence = runToEnd(driver.readEvidence());
    if (evidence) // A unit without a record has nothing to tell; a broken link has shown itself before.
        session.output().jobEvent(core::EvidenceRead{*evidence});
}

int inspect(const QString &device, Session &session)
{
    const QString command = QStringLiteral("inspect");
    const auto driver = session.open(device);
    if (!driver)
        return session.output().result(command, driver.error());
    const auto unit = runToEnd((*driver)->identify());
    if (!unit)
        return session.output().result(command, unit.error());
    session.output().device(*unit);
    tellEvidence(**driver, session);
    return session.output().done(command, {{QStringLiteral("device"), events::deviceJson(*unit)}});
}

} // namespace

void addInspect(CLI::App &app, Session &session)
{
    CLI::App *command = app.add_subcommand("inspect", "identity, slots, boot record, and what boots next");
    const auto device = std::make_shared<std::string>();
    command->add_option("DEVICE", *device, "a name from 'devices', or an address")->required();
    command->callback([device, &session] {
        session.command = [=, &session] { return inspect(QString::fromStdString(*device), session); };
    });
}

} // namespace cli
