// SPDX-License-Identifier: Apache-2.0
#include "app/bench/bench.h"

#include "app/bench/unit_process.h"
#include "app/cli/session.h"

#include <QJsonArray>

namespace cli {

namespace {

struct BenchOptions {
    std::string directory;
    std::vector<std::string> kinds;
    std::string machine = "host";
    std::string unit;
    int baud = 0;
};

int tellBench(const QString &command, const BenchOptions &options, const bench::BenchFile &file,
              Session &session)
{
    QJsonArray units;
    for (const bench::BenchUnit &unit : file.units) {
        session.output().say(QStringLiteral("%1  %2").arg(unit.name, core::toText(unit.address)));
        units.append(QJsonObject{{QStringLiteral("name"), unit.name},
                                 {QStringLiteral("kind"), unit.kind},
                                 {QStringLiteral("address"), core::toText(unit.address)},
                                 {QStringLiteral("pid"), unit.process.pid}});
    }
    session.output().say(QStringLiteral("Look at them with: bootmend devices --bench %1")
                             .arg(QString::fromStdString(options.directory)));
    return session.output().done(command, {{QStringLiteral("units"), units}});
}

int benchUp(const BenchOptions &options, Session &session)
{
    const QString command = QStringLiteral("bench up");
    const auto machine = bench::machineNamed(QString::fromStdString(options.machine));
    if (!machine)
        return session.output().result(command, machine.error());
    bench::BenchOrder order{*machine, options.baud, {}};
    for (const std::string &kind : options.kinds)
        order.kinds.append(QString::fromStdString(kind));
    if (order.kinds.isEmpty())
        order.kinds.append(QStringLiteral("healthy"));
    const auto file = bench::bringUp(QDir(QString::fromStdString(options.directory)), order);
    return file ? tellBench(command, options, *file, session)
                : session.output().result(command, file.error());
}

int benchDown(const BenchOptions &options, Session &session)
{
    const QString command = QStringLiteral("bench down");
    const auto down = bench::bringDown(QDir(QString::fromStdString(options.directory)));
    return down ? session.output().done(command) : session.output().result(command, down.error());
}

int benchPowerCycle(const BenchOptions &options, Session &session)
{
    const QString command = QStringLiteral("bench power-cycle");
    const auto cycled = bench::powerCycle(QDir(QString::fromStdString(options.directory)),
                                          QString::fromStdString(options.unit));
    return cycled ? session.output().done(command) : session.output().result(command, cycled.error());
}

int benchList(const BenchOptions &options, Session &session)
{
    const QString command = QStringLiteral("bench list");
    const auto file = bench::loadBench(QDir(QString::fromStdString(options.directory)));
    return file ? tellBench(command, options, *file, session)
                : session.output().result(command, file.error());
}

std::vector<std::string> asWords(const QStringList &list)
{
    std::vector<std::string> words;
    for (const QString &word : list)
        words.push_back(word.toStdString());
    return words;
}

using BenchAction = int (*)(const BenchOptions &, Session &);

CLI::App *addAction(CLI::App *parent, const char *name, const char *help, BenchAction action,
                    std::shared_ptr<BenchOptions> options, Session &session)
{
    CLI::App *command = parent->add_subcommand(name, help);
    command->add_option("DIR", options->directory, "the bench's directory")->required();
    command->callback(
        [=, &session] { session.command = [=, &session] { return action(*options, session); }; });
    return command;
}

} // namespace

void addBench(CLI::App &app, Session &session)
{
    CLI::App *parent = app.add_subcommand("bench", "virtual devices: real firmware, no hardware");
    parent->require_subcommand(1);
    const auto options = std::make_shared<BenchOptions>();
    CLI::App *up = addAction(parent, "up", "starts virtual devices", benchUp, options, session);
    up->add_option("--unit", options->kinds, "a unit to start, any number of times")
        ->allow_extra_args(false)
        ->check(CLI::IsMember(asWords(bench::unitKinds())));
    up->add_option("--machine", options->machine, "what they run on: a process of this computer, or QEMU")
        ->check(CLI::IsMember(asWords(bench::machineNames())));
    up->add_option("--baud", options->baud, "speed of the units' lines; as fast as it goes unless told")
        ->check(CLI::NonNegativeNumber);
    CLI::App *cycle = addAction(parent, "power-cycle", "cuts a unit's power, and switches it on again",
                                benchPowerCycle, options, session);
    cycle->add_option("UNIT", options->unit, "its name")->required();
    addAction(parent, "down", "ends them and removes what 'up' wrote", benchDown, options, session);
    addAction(parent, "list", "lists them", benchList, options, session);
}

} // namespace cli
