// SPDX-License-Identifier: Apache-2.0
#include "app/cli/job_runner.h"
#include "app/cli/session.h"
#include "core/update/update_recipe.h"

namespace cli {

namespace {

using EndTrial = core::Task<core::Verdict> (*)(core::Driver &, core::JobContext);

int endTrial(const QString &command, const QString &device, EndTrial endIt, Session &session)
{
    const auto driver = session.open(device);
    if (!driver)
        return session.output().result(command, driver.error());
    const auto verdict = runToEnd(endIt(**driver, session.jobContext()));
    return verdict ? session.output().result(command, *verdict)
                   : session.output().result(command, verdict.error());
}

struct TrialCommand {
    const char *name;
    const char *help;
    EndTrial endIt;
};

void addTrialCommand(CLI::App &app, Session &session, TrialCommand trial)
{
    CLI::App *command = app.add_subcommand(trial.name, trial.help);
    const auto device = std::make_shared<std::string>();
    command->add_option("DEVICE", *device, "a name from 'devices', or an address")->required();
    command->callback([device, trial, &session] {
        session.command = [=, &session] {
            return endTrial(QString::fromLatin1(trial.name), QString::fromStdString(*device), trial.endIt,
                            session);
        };
    });
}

} // namespace

void addConfirm(CLI::App &app, Session &session)
{
    addTrialCommand(app, session,
                    {"confirm", "makes the version on trial the one that boots", core::confirmByHand});
}

void addRevert(CLI::App &app, Session &session)
{
    addTrialCommand(app, session,
                    {"revert", "ends the trial: the previous version runs again", core::revertByHand});
}

} // namespace cli
