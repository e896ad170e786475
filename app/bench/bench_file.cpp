// SPDX-License-Identifier: Apache-2.0
#include "app/bench/bench_file.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QSaveFile>

namespace bench {

namespace {

constexpr int kSchema = 1;
constexpr qint64 kLargestFile = 1024 * 1024; // Thousands of units; anything larger is not ours.

QJsonObject toJson(const BenchUnit &unit)
{
    return {{QStringLiteral("name"), unit.name},
            {QStringLiteral("kind"), unit.kind},
            {QStringLiteral("serial"), unit.serialNumber},
            {QStringLiteral("address"), core::toText(unit.address)},
            {QStringLiteral("pid"), unit.pid}};
}

core::Result<BenchUnit> unitFrom(const QJsonObject &json)
{
    const core::Result<core::DeviceAddress> address =
        core::parseAddress(json[QStringLiteral("address")].toString());
    if (!address)
        return core::fail(core::ErrorKind::InvalidFile, address.error().detail);
    BenchUnit unit{json[QStringLiteral("name")].toString(), json[QStringLiteral("kind")].toString(),
                   json[QStringLiteral("serial")].toString(), *address,
                   json[QStringLiteral("pid")].toInteger()};
    if (unit.name.isEmpty() || unit.pid <= 0)
        return core::fail(core::ErrorKind::InvalidFile, QStringLiteral("a unit without a name or a process"));
    return unit;
}

} // namespace

QString machineName(Machine machine)
{
    return machine == Machine::Host ? QStringLiteral("host") : QStringLiteral("qemu");
}

core::Result<Machine> machineNamed(const QString &name)
{
    for (const Machine machine : {Machine::Host, Machine::Qemu})
        if (machineName(machine) == name)
            return machine;
    return core::fail(core::ErrorKind::InvalidFile,
                      QStringLiteral("\"%1\" is neither host nor qemu").arg(name));
}

QString benchFilePath(const QDir &directory)
{
    return directory.absoluteFilePath(QStringLiteral("bench.json"));
}

QString releasesPath(const QDir &directory)
{
    return directory.absoluteFilePath(QStringLiteral("releases"));
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
