// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/bench/bench_file.h"

namespace bench {

/// Virtual devices in one directory: real firmware in processes of their own, with releases and keys to try
/// on them.
///
/// The devices outlive the program that started them; bringDown() ends them and removes what bringUp() wrote,
/// and nothing else.

struct BenchOrder {
    Machine machine = Machine::Host;
    int baud = 0; // 0: as fast as the socket
    QStringList kinds; // of the units, see unitKinds()
};

/// FileFailed when the directory exists and is not empty; what was started before a failure is ended again.
core::Result<BenchFile> bringUp(const QDir &directory, const BenchOrder &order);

core::Result<core::Done> bringDown(const QDir &directory);

/// Cuts a unit's power at whatever instruction it is, and switches it on again. NoSuchDevice for an unknown
/// name.
core::Result<core::Done> powerCycle(const QDir &directory, const QString &name);

} // namespace bench
