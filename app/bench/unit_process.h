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

/// The kinds that `bench up --unit` knows, "healthy" first.
QStringList unitKinds();

/// Writes the unit's flash under DIR/NAME as it leaves the factory.
core::Result<core::Done> makeUnit(const QDir &directory, const UnitRecipe &recipe);

/// Removes what makeUnit() and switchOn() wrote under DIR/NAME, and the folder when nothing else is in it.
core::Result<core::Done> removeUnit(const QDir &directory, const QString &name);

/// How a unit is entered before its process runs.
BenchUnit switchedOff(const QDir &directory, const UnitRecipe &recipe);

/// Starts the process of a unit that was made. It answers when waitUntilUp() says so; whoever starts it
/// writes down its process first, so that it can be ended even if the program is killed while it waits.
core::Result<BenchUnit> switchOn(const QDir &directory, const UnitRecipe &recipe);

/// Waits until the unit's line can be opened; Internal, with what its process said, after 10 seconds.
core::Result<core::Done> waitUntilUp(const QDir &directory, const BenchUnit &unit);

/// Ends the unit's process; see endProcess().
core::Result<core::Done> switchOff(const BenchUnit &unit);

/// The same without warning, at whatever instruction it is: a power cut.
core::Result<core::Done> cutPower(const BenchUnit &unit);

/// What images and units of a machine are made for.
QString productOf(Machine machine);
QString vendor();
QString hardwareRevision();

} // namespace bench
