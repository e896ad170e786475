// SPDX-License-Identifier: Apache-2.0
#include "app/bench/bench.h"

#include "app/bench/bench_releases.h"
#include "app/bench/unit_process.h"

#include <QFile>
#include <QMap>

namespace bench {

namespace {

/// "healthy-1", "healthy-2", "bricked-1": a name says what to expect of the unit.
QList<UnitRecipe> recipesFor(const BenchOrder &order)
{
    QList<UnitRecipe> recipes;
    QMap<QString, int> counts;
    for (const QString &kind : order.kinds) {
        const int number = ++counts[kind];
        const QString serial = QStringLiteral("BM-%1").arg(recipes.size() + 1, 4, 10, QLatin1Char('0'));
        recipes.append(
            {QStringLiteral("%1-%2").arg(kind).arg(number), kind, serial, order.machine, order.baud});
    }
    return recipes;
}

core::Result<core::Done> checkKinds(const QStringList &kinds)
{
    for (const QString &kind : kinds)
        if (!unitKinds().contains(kind))
            return core::fail(core::ErrorKind::InvalidFile,
                              QStringLiteral("\"%1\" is no kind of unit; there are %2")
                                  .arg(kind, unitKinds().join(QStringLiteral(", "))));
    return core::Done{};
}

void removeFiles(const QDir &directory, const BenchFile &bench)
{
    for (const BenchUnit &unit : bench.units)
        QDir(directory.absoluteFilePath(unit.name)).removeRecursively();
    QDir(releasesPath(directory)).removeRecursively();
    QFile::remove(trustFilePath(directory));
    QFile::remove(benchFilePath(directory));
    QDir().rmdir(directory.absolutePath()); // Fails, as it should, when something else is in it.
}

core::Result<BenchUnit> start(const QDir &directory, const UnitRecipe &recipe)
{
    if (const auto made = makeUnit(directory, recipe); !made)
        return core::passOn(made.error());
    return switchOn(directory, recipe);
}

core::Result<core::Done> startAll(const QDir &directory, const QList<UnitRecipe> &recipes, BenchFile &bench)
{
    for (const UnitRecipe &recipe : recipes) {
        const core::Result<BenchUnit> unit = start(directory, recipe);
        if (!unit) {
            bench.units.append(
                {recipe.name, recipe.kind, recipe.serialNumber, {}, 0}); // Its files are to go too.
            return core::passOn(unit.error(), QStringLiteral("starting ") + recipe.name);
        }
        bench.units.append(*unit);
    }
    return saveBench(directory, bench);
}

core::Result<core::Done> stopAll(const QDir &directory, const BenchFile &bench)
{
    core::Result<core::Done> outcome = core::Done{};
    for (const BenchUnit &unit : bench.units)
        if (const auto stopped = switchOff(directory, unit); !stopped)
            outcome = core::passOn(stopped.error());
    return outcome;
}

} // namespace

core::Result<BenchFile> bringUp(const QDir &directory, const BenchOrder &order)
{
    if (QFile::exists(benchFilePath(directory)))
        return core::fail(
            core::ErrorKind::FileFailed,
            QStringLiteral("there is a bench in %1 already; end it with: bench down").arg(directory.path()));
    if (const auto known = checkKinds(order.kinds); !known)
        return core::passOn(known.error());
    if (!directory.mkpath(QStringLiteral(".")))
        return core::fail(core::ErrorKind::FileFailed,
                          QStringLiteral("cannot create %1").arg(directory.path()));

    BenchFile bench{order.machine, order.baud, {}};
    core::Result<core::Done> isUp = writeReleases(directory, order.machine);
    if (isUp)
        isUp = startAll(directory, recipesFor(order), bench);
    if (!isUp) {
        const auto stopped = stopAll(directory, bench);
        removeFiles(directory, bench);
        return core::passOn(isUp.error(), stopped ? QString() : stopped.error().detail);
    }
    return bench;
}

core::Result<core::Done> bringDown(const QDir &directory)
{
    const core::Result<BenchFile> bench = loadBench(directory);
    if (!bench)
        return core::passOn(bench.error());
    core::Result<core::Done> stopped = stopAll(directory, *bench);
    removeFiles(directory, *bench);
    return stopped;
}

core::Result<core::Done> powerCycle(const QDir &directory, const QString &name)
{
    core::Result<BenchFile> bench = loadBench(directory);
    if (!bench)
        return core::passOn(bench.error());
    for (BenchUnit &unit : bench->units) {
        if (unit.name != name)
            continue;
        if (const auto off = cutPower(directory, unit); !off)
            return off;
        const auto on =
            switchOn(directory, {unit.name, unit.kind, unit.serialNumber, bench->machine, bench->baud});
        if (!on)
            return core::passOn(on.error());
        unit = *on;
        return saveBench(directory, *bench);
    }
    return core::fail(core::ErrorKind::NoSuchDevice,
                      QStringLiteral("the bench has no unit \"%1\"").arg(name));
}

} // namespace bench
