// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/bench/process_identity.h"
#include "core/base/result.h"
#include "core/device/connector.h"

#include <QDir>

namespace bench {

/// What virtual devices run on: our bootloader as a process, or its RISC-V binary in QEMU.
enum class Machine { Host, Qemu };

QString machineName(Machine machine); // "host"
QStringList machineNames();
core::Result<Machine> machineNamed(const QString &name);

/// One virtual device of a bench.
struct BenchUnit {
    QString name; // "healthy-1": the name of its folder, too; [a-z0-9-]+
    QString kind; // "healthy"
    QString serialNumber;
    core::DeviceAddress address;
    ProcessIdentity process; // none while it is switched off
};

/// The content of DIR/bench.json (docs/formats/bench.md): what `bench up` started and `bench down` ends.
struct BenchFile {
    Machine machine = Machine::Host;
    int baud = 0; // speed of the units' lines; 0: as fast as the socket. QEMU's lines have no speed.
    QList<BenchUnit> units;
};

/// FileFailed when there is no bench in the directory, InvalidFile when its description is damaged.
core::Result<BenchFile> loadBench(const QDir &directory);
core::Result<core::Done> saveBench(const QDir &directory, const BenchFile &file);

QString benchFilePath(const QDir &directory);
QString releasesPath(const QDir &directory);
QString trustFilePath(const QDir &directory);
QString stateFolderPath(const QDir &directory); // what the command line keeps about this bench

} // namespace bench
