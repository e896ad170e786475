// SPDX-License-Identifier: Apache-2.0
#include "core/update/update_recipe.h"

#include "app/cli/job_runner.h"
#include "app/cli/session.h"
#include "app/events/event_json.h"
#include "app/state/catalog_rules.h"
#include "app/state/restart_times.h"
#include "core/device/service_access.h"
#include "core/recovery/recovery_recipe.h"
#include "core/update/plan_catalog.h"
#include "core/update/plan_configuration.h"
#include "core/update/preflight.h"

#include <QDateTime>

namespace cli {

namespace {

struct InstallOptions {
    std::string device;
    std::string bundle;
    bool isTestOnly = false; // --test-only
    bool isDryRun = false; // --dry-run
    bool isForced = false; // --force
    bool isOnMains = false; // --on-mains
    std::string product; // --product, --hardware: what a unit is that does not say it
    std::string hardware;
    bool isToBeCalled = false; // --enter
    int callSeconds = 60; // --enter-seconds
};

/// What update and recover do differently.
struct Recipe {
    const char *name;
    core::Result<core::UpdatePlan> (*plan)(const core::VerifiedRelease &, const core::DeviceSnapshot &,
                                           const InstallOptions &);
    core::Task<core::Verdict> (*run)(core::Driver &, core::UpdatePlan, core::JobContext);
};

core::Result<core::UpdatePlan> planTheUpdate(const core::VerifiedRelease &release,
                                             const core::DeviceSnapshot &unit, const InstallOptions &options)
{
    using Ending = core::InstallOrder::Ending;
    return core::planUpdate(release, unit, QDateTime::currentDateTimeUtc(),
                            options.isTestOnly ? Ending::Staged : Ending::Confirmed);
}

core::Result<core::UpdatePlan> planTheRecovery(const core::VerifiedRelease &release,
                                               const core::DeviceSnapshot &unit, const InstallOptions &)
{
    return core::planRecovery(release, unit, QDateTime::currentDateTimeUtc());
}

int tellPlan(const QString &command, const core::UpdatePlan &plan, Session &session)
{
    const core::PreflightCheck *failure = core::hindrance(plan);
    if (failure)
        return session.output().result(command,
                                       core::Error{core::isPolicyReason(*failure->reason)
                                                       ? core::ErrorKind::NotAllowedNow
                                                       : core::ErrorKind::Untrusted,
                                                   failure->detail, failure->reason});
    session.output().say(QStringLiteral("Nothing was sent: this was a dry run."));
    return session.output().done(command, {{QStringLiteral("plan"), events::planJson(plan)}});
}

/// For a unit that does not answer, or whose application is not to run: a person switches it off and on.
core::Result<core::Done> callIntoRecovery(core::Driver &driver, const InstallOptions &options,
                                          Session &session)
{
    core::ServiceAccess *service = driver.serviceAccess();
    if (!service)
        return core::fail(core::ErrorKind::Unsupported, core::Reason::NoRecoveryPath,
                          QStringLiteral("units of this family cannot be called on the line"));
    const QString sentence =
        QStringLiteral("Switch the unit off and on now. It is called for %1 s; Ctrl-C stops.")
            .arg(options.callSeconds);
    session.output().note({sentence},
                          {{QStringLiteral("note"), QStringLiteral("switch_off_and_on")},
                           {QStringLiteral("sentence"), sentence},
                           {QStringLiteral("seconds"), options.callSeconds}});
    return runToEnd(
        service->callIntoRecovery(std::chrono::seconds(options.callSeconds), session.jobContext().stop));
}

/// What one unit rolled back shall not be tried on the next by accident.
void blockHere(const core::UpdatePlan &plan, const core::Verdict &verdict, Session &session)
{
    const QString folder = session.catalogFolder();
    const auto blocked = runToEnd(state::blockRolledBack(folder, plan.release, verdict));
    const core::ReleaseBlock block = blocked ? *blocked : core::ReleaseBlock{};
    const QString lift =
        blocked ? state::liftingCommands(folder, plan.release, {{block}, {}}).constFirst() : QString();
    const QString told = blocked
        ? QStringLiteral("This release is blocked on this computer now. Lift that with: %1").arg(lift)
        : QStringLiteral("This release could not be blocked on this computer: %1")
              .arg(blocked.error().detail);
    session.output().note(
        {told},
        {{QStringLiteral("note"),
          blocked ? QStringLiteral("release_blocked") : QStringLiteral("release_not_blocked")},
         {QStringLiteral("sentence"), told},
         {QStringLiteral("release"), QString::fromLatin1(plan.release.manifestDigest.toHex())},
         {QStringLiteral("command_line"), lift}});
}

int install(const Recipe &recipe, const InstallOptions &options, Session &session)
{
    const QString command = QString::fromLatin1(recipe.name);
    const auto release = session.fetchedRelease(QString::fromStdString(options.bundle));
    if (!release)
        return session.output().result(command, release.error());
    const auto driver = session.open(QString::fromStdString(options.device));
    if (!driver)
        return session.output().result(command, driver.error());
    if (options.isToBeCalled) {
        const auto called = callIntoRecovery(**driver, options, session);
        if (!called)
            return session.output().result(command, called.error());
    }
    const auto unit = runToEnd((*driver)->identify());
    if (!unit)
        return session.output().result(command, unit.error());
    auto plan = recipe.plan(*release, *unit, options);
    if (!plan)
        return session.output().result(command, plan.error());
    if (options.isForced)
        core::allowRolledBack(*plan);
    if (options.isOnMains)
        core::vouchForMainsPower(*plan);
    core::vouchForIdentity(*plan,
                           {QString::fromStdString(options.product), QString::fromStdString(options.hardware),
                            QStringLiteral("the operator")});
    plan = runToEnd(core::compareConfiguration(**driver, *plan));
    if (!plan)
        return session.output().result(command, plan.error());
    const auto rules = runToEnd(state::rulesIn(session.catalogFolder()));
    if (!rules)
        return session.output().result(command, rules.error());
    core::obeyCatalog(*plan, *rules, options.isForced ? state::unitName(*unit) : QString());

    session.output().plan(*plan);
    if (options.isDryRun)
        return tellPlan(command, *plan, session);
    core::JobContext job = session.jobContext();
    job.restartBefore = state::lastRestart(session.keptFolder(), state::unitName(*unit));
    const auto verdict = runToEnd(recipe.run(**driver, *plan, std::move(job)));
    if (verdict && verdict->restart)
        state::rememberRestart(session.keptFolder(), state::unitName(*unit), *verdict->restart);
    if (verdict && verdict->outcome == core::Outcome::Reverted)
        blockHere(*plan, *verdict, session);
    return verdict ? session.output().result(command, *verdict, events::trustJson(*plan))
                   : session.output().result(command, verdict.error());
}

CLI::App *addRecipe(CLI::App &app, const char *help, const Recipe &recipe,
                    std::shared_ptr<InstallOptions> options, Session &session)
{
    CLI::App *command = app.add_subcommand(recipe.name, help);
    command->add_option("DEVICE", options->device, "a name from 'devices', or an address")->required();
    command->add_option("BUNDLE", options->bundle, "the release, a .bmb file")->required();
    command->add_flag("--dry-run", options->isDryRun, "show what would be done, and send nothing");
    command->add_flag("--force", options->isForced,
                      "try a release that this unit has rolled back before; nothing else is forced");
    command->add_flag("--on-mains", options->isOnMains,
                      "the unit has mains power, for releases that ask for it");
    command->add_option("--product", options->product, "what the unit is, for one that does not say it");
    command->add_option("--hardware", options->hardware, "its hardware revision, the same");
    command->callback(
        [=, &session] { session.command = [=, &session] { return install(recipe, *options, session); }; });
    return command;
}

} // namespace

void addUpdate(CLI::App &app, Session &session)
{
    const auto options = std::make_shared<InstallOptions>();
    CLI::App *command = addRecipe(app, "installs a release on trial, and proves the outcome",
                                  {"update", planTheUpdate, core::runUpdate}, options, session);
    command->add_flag("--test-only", options->isTestOnly, "write it and leave it waiting for its trial");
}

void addRecover(CLI::App &app, Session &session)
{
    const auto options = std::make_shared<InstallOptions>();
    CLI::App *command = addRecipe(app, "brings back a unit that does not boot",
                                  {"recover", planTheRecovery, core::runRecovery}, options, session);
    CLI::Option *enter = command->add_flag("--enter", options->isToBeCalled,
                                           "call the unit into recovery mode while you switch it off and on");
    command->add_option("--enter-seconds", options->callSeconds, "how long it is called")
        ->check(CLI::Range(1, 3600))
        ->needs(enter);
}

} // namespace cli
