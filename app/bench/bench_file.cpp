// SPDX-License-Identifier: Apache-2.0
#include "app/bench/bench_file.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QRegularExpression>
#include <QSaveFile>

#include <array>
#include <limits>
#include <sys/types.h>

namespace bench {

namespace {

constexpr int kSchema = 1;
constexpr std::array kMachines{Machine::Host, Machine::Qemu};
constexpr qint64 kLargestFile = 1024 * 1024; // Thousands of units; anything larger is not ours.

QJsonObject toJson(const BenchUnit &unit)
{
    return {{QStringLiteral("name"), unit.name},
            {QStringLiteral("kind"), unit.kind},
            {QStringLiteral("serial"), unit.serialNumber},
            {QStringLiteral("address"), core::toText(unit.address)},
            {QStringLiteral("pid"), unit.process.pid},
            {QStringLiteral("started"), unit.process.started}};
}

/// A name becomes a path below the bench; one that leads out of it would let "down" remove foreign files.
bool isUnitName(const QString &name)
{
    static const QRegularExpression form(QStringLiteral("\\A[a-z0-9-]+\\z"));
    return form.match(name).hasMatch();
}

core::Result<BenchUnit> unitFrom(const QJsonObject &json)
{
    const core::Result<core::DeviceAddress> address =
        core::parseAddress(json[QStringLiteral("address")].toString());
    if (!address)
        return core::fail(core::ErrorKind::InvalidFile, address.error().detail);
    BenchUnit unit{json[QStringLiteral("name")].toString(),
                   json[QStringLiteral("kind")].toString(),
                   json[QStringLiteral("serial")].toString(),
                   *address,
                   {json[QStringLiteral("pid")].toInteger(), json[QStringLiteral("started")].toInteger()}};
    if (!isUnitName(unit.name))
        return core::fail(core::ErrorKind::InvalidFile,
                          QStringLiteral("\"%1\" is no name of a unit").arg(unit.name));
    if (unit.process.pid < 0 || unit.process.pid > std::numeric_limits<pid_t>::max())
        return core::fail(core::ErrorKind::InvalidFile,
                          QStringLiteral("%1 is no process number").arg(unit.process.pid));
    return unit;
}

} // namespace

QString machineName(Machine machine)
{
    return machine == Machine::Host ? QStringLiteral("host") : QStringLiteral("qemu");
}

QStringList machineNames()
{
    QStringList names;
    for (const Machine machine : kMachines)
        names.append(machineName(machine));
    return names;
}

core::Result<Machine> machineNamed(const QString &name)
{
    for (const Machine machine : kMachines)
        if (machineName(machine) == name)
            return machine;
    return core::fail(core::ErrorKind::InvalidFile,
                      QStringLiteral("\"%1\" is no machine; there are %2")
                          .arg(name, machineNames().join(QStringLiteral(", "))));
}

QString benchFilePath(const QDir &directory)
{
    return directory.absoluteFilePath(QStringLiteral("bench.json"));
}

QString releasesPath(const QDir &directory)
{
    return directory.absoluteFilePath(QStringLiteral("releases"));
}

QString stateFolderPath(const QDir &directory)
{
    return directory.absoluteFilePath(QStringLiteral("state"));
}

QString trustFilePath(const QDir &directory)
{
    return directory.absoluteFilePath(QStringLiteral("trust.json"));
}

core::Result<BenchFile> loadBench(const QDir &directory)
{
    QFile file(benchFilePath(directory));
    if (!file.open(QIODevice::ReadOnly))
        return core::fail(core::ErrorKind::FileFailed,
                          QStringLiteral("no bench in %1: %2").arg(directory.path(), file.errorString()));
    const QJsonDocument document = QJsonDocument::fromJson(file.read(kLargestFile));
    const core::Result<Machine> machine = machineNamed(document[QStringLiteral("machine")].toString());
    if (document[QStringLiteral("schema")].toInt() != kSchema || !machine)
        return core::fail(core::ErrorKind::InvalidFile,
                          QStringLiteral("%1 does not describe a bench").arg(file.fileName()));

    BenchFile bench{*machine, document[QStringLiteral("baud")].toInt(), {}};
    for (const QJsonValue &entry : document[QStringLiteral("units")].toArray()) {
        core::Result<BenchUnit> unit = unitFrom(entry.toObject());
        if (!unit)
            return core::passOn(unit.error(), QStringLiteral("reading ") + file.fileName());
        bench.units.append(*std::move(unit));
    }
    return bench;
}

core::Result<core::Done> saveBench(const QDir &directory, const BenchFile &bench)
{
    QJsonArray units;
    for (const BenchUnit &unit : bench.units)
        units.append(toJson(unit));
    const QJsonObject json{{QStringLiteral("schema"), kSchema},
                           {QStringLiteral("machine"), machineName(bench.machine)},
                           {QStringLiteral("baud"), bench.baud},
                           {QStringLiteral("units"), units}};

    QSaveFile file(benchFilePath(directory));
    const bool isWritten = file.open(QIODevice::WriteOnly) && file.write(QJsonDocument(json).toJson()) > 0;
    if (!isWritten || !file.commit())
        return core::fail(core::ErrorKind::FileFailed,
                          QStringLiteral("%1: %2").arg(file.fileName(), file.errorString()));
    return core::Done{};
}

} // namespace bench
