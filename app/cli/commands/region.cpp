// SPDX-License-Identifier: Apache-2.0
#include "app/cli/job_runner.h"
#include "app/cli/session.h"
#include "core/base/file_access.h"
#include "core/device/service_access.h"

#include <QJsonArray>

namespace cli {

namespace {

struct RegionOptions {
    std::string device;
    std::string region;
    std::string file;
    std::string confirmation;
};

/// What one of the commands does with an open unit; the members of its result.
using RegionWork = core::Result<QJsonObject> (*)(const RegionOptions &, core::ServiceAccess &, Session &);

core::Result<core::FlashRegion> regionNamed(const RegionOptions &options, core::ServiceAccess &service)
{
    const auto regions = runToEnd(service.listRegions());
    if (!regions)
        return core::passOn(regions.error());
    const QString name = QString::fromStdString(options.region);
    QStringList names;
    for (const core::FlashRegion &region : *regions) {
        if (region.name == name)
            return region;
        names.append(region.name);
    }
    return core::fail(core::ErrorKind::Unsupported,
                      QStringLiteral("the unit has no region \"%1\"; it has %2")
                          .arg(name, names.join(QStringLiteral(", "))));
}

core::Result<QJsonObject> list(const RegionOptions &, core::ServiceAccess &service, Session &session)
{
    const auto regions = runToEnd(service.listRegions());
    if (!regions)
        return core::passOn(regions.error());
    QJsonArray json;
    for (const core::FlashRegion &region : *regions) {
        session.output().say(QStringLiteral("%1  %2 bytes from 0x%3, in sectors of %4")
                                 .arg(region.name.leftJustified(10))
                                 .arg(region.size, 8)
                                 .arg(region.offset, 8, 16, QLatin1Char('0'))
                                 .arg(region.sector));
        json.append(QJsonObject{{QStringLiteral("name"), region.name},
                                {QStringLiteral("offset"), qint64(region.offset)},
                                {QStringLiteral("bytes"), qint64(region.size)},
                                {QStringLiteral("sector"), qint64(region.sector)}});
    }
    return QJsonObject{{QStringLiteral("regions"), json}};
}

core::Result<QJsonObject> dump(const RegionOptions &options, core::ServiceAccess &service, Session &session)
{
    const auto region = regionNamed(options, service);
    if (!region)
        return core::passOn(region.error());
    const core::JobContext job = session.jobContext();
    core::WriteControl control{[job](const core::WriteProgressed &progress) { job.report(progress); },
                               job.stop};
    const auto content = runToEnd(service.readRegion(*region, std::move(control)));
    if (!content)
        return core::passOn(content.error());
    const auto written = core::replaceFile(QString::fromStdString(options.file), *content);
    if (!written)
        return core::passOn(written.error());
    return QJsonObject{{QStringLiteral("region"), region->name}, {QStringLiteral("bytes"), content->size()}};
}

/// The words have to name the region, so that no key is pressed too often.
core::Result<QJsonObject> erase(const RegionOptions &options, core::ServiceAccess &service, Session &session)
{
    const QString words = QStringLiteral("erase %1").arg(QString::fromStdString(options.region));
    if (QString::fromStdString(options.confirmation) != words)
        return core::fail(core::ErrorKind::NotAllowedNow,
                          QStringLiteral("to erase it, add: --confirm \"%1\"").arg(words));
    const auto region = regionNamed(options, service);
    if (!region)
        return core::passOn(region.error());
    const auto erased = runToEnd(service.eraseRegion(*region));
    if (!erased)
        return core::passOn(erased.error());
    session.output().say(QStringLiteral("%1 is erased.").arg(region->name));
    return QJsonObject{{QStringLiteral("region"), region->name}};
}

int run(const QString &command, RegionWork work, const RegionOptions &options, Session &session)
{
    const auto driver = session.openForService(QString::fromStdString(options.device));
    if (!driver)
        return session.output().result(command, driver.error());
    const auto members = work(options, *(*driver)->serviceAccess(), session);
    return members ? session.output().done(command, *members)
                   : session.output().result(command, members.error());
}

} // namespace

void addRegion(CLI::App &app, Session &session)
{
    CLI::App *parent = app.add_subcommand("region", "the regions of a unit's flash; see 'unlock'");
    parent->require_subcommand(1);
    const auto options = std::make_shared<RegionOptions>();
    const auto add = [&](const char *name, const char *help, RegionWork work) {
        CLI::App *command = parent->add_subcommand(name, help);
        command->add_option("DEVICE", options->device, "a name from 'devices', or an address")->required();
        const QString words = QStringLiteral("region %1").arg(QLatin1String(name));
        command->callback([=, &session] {
            session.command = [=, &session] { return run(words, work, *options, session); };
        });
        return command;
    };
    add("list", "which regions there are", list);
    CLI::App *dumping = add("dump", "reads a region into a file; unlocked units only", dump);
    dumping->add_option("REGION", options->region, "a name from 'region list'")->required();
    dumping->add_option("-o,--output", options->file, "the file to write")->required();
    CLI::App *erasing =
        add("erase", "erases the evidence, a configuration or a slot; unlocked, in recovery mode", erase);
    erasing->add_option("REGION", options->region, "a name from 'region list'")->required();
    erasing->add_option("--confirm", options->confirmation, "the words \"erase REGION\"");
}

} // namespace cli
