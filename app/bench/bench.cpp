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

/// Nothing but what bringUp() wrote, file by file: a bench may lie in a folder that holds other things by
/// now.
core::Result<core::Done> removeFiles(const QDir &directory, const BenchFile &bench)
{
    for (const BenchUnit &unit : bench.units)
        if (const auto removed = removeUnit(directory, unit.name); !removed)
            return removed;
    const QDir releases(releasesPath(directory));
    for (const QString &name : releaseFileNames())
        QFile::remove(releases.absoluteFilePath(name));
    QDir(stateFolderPath(directory) + QStringLiteral("/catalog")).removeRecursively();
    QDir().rmdir(stateFolderPath(directory));
    QFile::remove(trustFilePath(directory));
    QFile::remove(benchFilePath(directory));
    // These fail, as they should, when something else is in the folder.
    QDir().rmdir(releases.absolutePath());
    QDir().rmdir(directory.absolutePath());
    return core::Done{};
}

/// The bench's file says which process it is before anything is waited for: this program may be killed then.
core::Result<core::Done> start(const QDir &directory, const UnitRecipe &recipe, BenchFile &bench,
                               BenchUnit &unit)
{
    core::Result<BenchUnit> started = switchOn(directory, recipe);
    if (!started)
        return core::passOn(started.error());
    unit = *std::move(started);
    if (const auto saved = saveBench(directory, bench); !saved)
        return saved;
    return waitUntilUp(directory, unit);
}

core::Result<core::Done> startAll(const QDir &directory, const QList<UnitRecipe> &recipes, BenchFile &bench)
{
    for (const UnitRecipe &recipe : recipes) {
        bench.units.append(switchedOff(directory, recipe));
        core::Result<core::Done> isUp = saveBench(directory, bench);
        if (isUp)
            isUp = makeUnit(directory, recipe);
        if (isUp)
            isUp = start(directory, recipe, bench, bench.units.last());
        if (!isUp)
            return core::passOn(isUp.error(), QStringLiteral("starting ") + recipe.name);
    }
    return core::Done{};
}

/// Files stay when a process does: they say which one it is.
core::Result<core::Done> takeDown(const QDir &directory, const BenchFile &bench)
{
    core::Result<core::Done> outcome = core::Done{};
    for (const BenchUnit &unit : bench.units)
        if (const auto stopped = switchOff(unit); !stopped)
            outcome = core::passOn(stopped.error(), QStringLiteral("ending ") + unit.name);
    return outcome ? removeFiles(directory, bench) : outcome;
}

/// The folder, made if need be: "down" could not tell foreign files from the bench's own.
core::Result<QDir> emptyFolder(const QDir &directory)
{
    if (QFile::exists(benchFilePath(directory)))
        return core::fail(
            core::ErrorKind::FileFailed,
            QStringLiteral("there is a bench in %1 already; end it with: bench down").arg(directory.path()));
    if (!directory.mkpath(QStringLiteral(".")))
        return core::fail(core::ErrorKind::FileFailed,
                          QStringLiteral("cannot create %1").arg(directory.path()));
    if (!directory.isEmpty(QDir::AllEntries | QDir::Hidden | QDir::System | QDir::NoDotAndDotDot))
        return core::fail(
            core::ErrorKind::FileFailed,
            QStringLiteral("%1 is not empty; a bench wants a folder of its own: name one that does not exist")
                .arg(directory.path()));
    return QDir(directory.canonicalPath());
}

} // namespace

core::Result<BenchFile> bringUp(const QDir &directory, const BenchOrder &order)
{
    const core::Result<QDir> folder = emptyFolder(directory);
    if (!folder)
        return core::passOn(folder.error());

    BenchFile bench{order.machine, order.baud, {}};
    core::Result<core::Done> isUp = saveBench(*folder, bench);
    if (isUp)
        isUp = writeReleases(*folder, order.machine);
    if (isUp)
        isUp = startAll(*folder, recipesFor(order), bench);
    if (!isUp) {
        const auto down = takeDown(*folder, bench);
        return core::passOn(isUp.error(), down ? QString() : down.error().detail);
    }
    return bench;
}

core::Result<core::Done> bringDown(const QDir &directory)
{
    const core::Result<BenchFile> bench = loadBench(directory);
    if (!bench)
        return core::passOn(bench.error());
    return takeDown(QDir(directory.canonicalPath()), *bench);
}

core::Result<core::Done> powerCycle(const QDir &directory, const QString &name)
{
    core::Result<BenchFile> bench = loadBench(directory);
    if (!bench)
        return core::passOn(bench.error());
    const QDir folder(directory.canonicalPath());
    for (BenchUnit &unit : bench->units) {
        if (unit.name != name)
            continue;
        if (const auto off = cutPower(unit); !off)
            return off;
        const UnitRecipe recipe{unit.name, unit.kind, unit.serialNumber, bench->machine, bench->baud};
        return start(folder, recipe, *bench, unit);
    }
    return core::fail(core::ErrorKind::NoSuchDevice,
                      QStringLiteral("the bench has no unit \"%1\"").arg(name));
}

} // namespace bench
