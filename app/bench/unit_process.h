// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/bench/bench_file.h"

namespace bench {

/// What a virtual device is made of.
struct UnitRecipe {
    QString name;
    QString kind; // says what its flash holds when it is switched on for the first time
    QString serialNumber;
    Machine machine = Machine::Host;
    int baud = 0;
};

/// The kinds that `bench up --unit` knows: healthy, bricked, on-trial, blank.
QStringList unitKinds();

/// Writes the unit's flash under DIR/NAME as it leaves the factory.
core::Result<core::Done> makeUnit(const QDir &directory, const UnitRecipe &recipe);

/// Starts the process of a unit that was made, and waits until its line can be opened.
core::Result<BenchUnit> switchOn(const QDir &directory, const UnitRecipe &recipe);

/// Ends the unit's process when it is still the one that switchOn() started.
core::Result<core::Done> switchOff(const QDir &directory, const BenchUnit &unit);

/// The same without warning, at whatever instruction it is: a power cut.
core::Result<core::Done> cutPower(const QDir &directory, const BenchUnit &unit);

/// What images and units of a machine are made for.
QString productOf(Machine machine);
QString vendor();
QString hardwareRevision();

} // namespace bench
