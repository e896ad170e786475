// SPDX-License-Identifier: Apache-2.0
#include "app/bench/unit_process.h"

#include "app/bench/installation.h"

#include <QDeadlineTimer>
#include <QFile>
#include <QFileInfo>
#include <QLocalSocket>
#include <QProcess>
#include <QThread>

#include <csignal>
#include <sys/un.h>

/// Qt wants this outside every namespace; a static library's resources are not loaded by themselves.
static void loadBootloaders()
{
    Q_INIT_RESOURCE(bootloaders);
}

namespace bench {

namespace {

constexpr qint64 kQemuFlashBytes = 32 * 1024 * 1024; // One pflash unit of the riscv "virt" machine.
constexpr int kStartMs = 10'000; // QEMU on a busy laptop; the host port needs a few milliseconds.
constexpr int kLookAgainMs = 5;

// What lies in a unit's folder.
constexpr const char *kFlash = "flash.img";
constexpr const char *kLine = "line";
constexpr const char *kLog = "log.txt";
constexpr const char *kBootloader = "boot.img";

QString flashPath(const QDir &unitDirectory)
{
    return unitDirectory.absoluteFilePath(QLatin1String(kFlash));
}

QString linePath(const QDir &unitDirectory)
{
    return unitDirectory.absoluteFilePath(QLatin1String(kLine));
}

QString logPath(const QDir &unitDirectory)
{
    return unitDirectory.absoluteFilePath(QLatin1String(kLog));
}

struct SlotContent {
    const char *kind;
    QStringList flashOptions; // for bootmend-flash; IMAGE:x stands for the path of an image
};

const QList<SlotContent> &contents()
{
    static const QList<SlotContent> list{
        {"healthy",
         {QStringLiteral("--slot-a"), QStringLiteral("IMAGE:1.0.0"), QStringLiteral("--confirmed")}},
        {"bricked",
         {QStringLiteral("--slot-a"), QStringLiteral("IMAGE:1.0.0"), QStringLiteral("--confirmed"),
          QStringLiteral("--slot-b"), QStringLiteral("IMAGE:1.1.0"), QStringLiteral("--corrupt-slot-a"),
          QStringLiteral("--corrupt-slot-b")}},
        {"on-trial",
         {QStringLiteral("--slot-a"), QStringLiteral("IMAGE:1.0.0"), QStringLiteral("--confirmed"),
          QStringLiteral("--slot-b"), QStringLiteral("IMAGE:1.1.0"), QStringLiteral("--on-trial")}},
        {"lying",
         {QStringLiteral("--slot-a"), QStringLiteral("IMAGE:1.0.0-lying"), QStringLiteral("--confirmed")}},
        {"blank", {}},
    };
    return list;
}

core::Result<QStringList> slotOptions(Machine machine, const QString &kind)
{
    for (const SlotContent &content : contents()) {
        if (QLatin1String(content.kind) != kind)
            continue;
        QStringList options;
        for (const QString &option : content.flashOptions) {
            if (!option.startsWith(QStringLiteral("IMAGE:"))) {
                options.append(option);
                continue;
            }
            const auto image =
                dataPath(QStringLiteral("bench/%1/%2.bin").arg(machineName(machine), option.mid(6)));
            if (!image)
                return core::passOn(image.error());
            options.append(*image);
        }
        return options;
    }
    return core::fail(core::ErrorKind::InvalidFile,
                      QStringLiteral("\"%1\" is no kind of unit; there are %2")
                          .arg(kind, unitKinds().join(QStringLiteral(", "))));
}

core::Result<core::Done> runToEnd(const QString &program, const QStringList &arguments)
{
    QProcess process;
    process.start(program, arguments);
    const bool hasEnded = process.waitForStarted() && process.waitForFinished(kStartMs);
    if (!hasEnded || process.exitStatus() != QProcess::NormalExit || process.exitCode() != 0)
        return core::fail(core::ErrorKind::Internal,
                          QStringLiteral("%1 failed: %2")
                              .arg(program, QString::fromUtf8(process.readAllStandardError()).trimmed()));
    return core::Done{};
}

core::Result<core::Done> writeFlash(const QString &flash, const UnitRecipe &recipe)
{
    const Machine machine = recipe.machine;
    const core::Result<QString> program = programPath(QStringLiteral("bootmend-flash"));
    if (!program)
        return core::passOn(program.error());
    const core::Result<QStringList> options = slotOptions(machine, recipe.kind);
    if (!options)
        return core::passOn(options.error());

    const QString geometry =
        machine == Machine::Host ? QStringLiteral("host") : QStringLiteral("qemu_riscv_virt");
    const QStringList identity{QStringLiteral("--flash"),    flash,
                               QStringLiteral("--geometry"), geometry,
                               QStringLiteral("--vendor"),   vendor(),
                               QStringLiteral("--product"),  productOf(machine),
                               QStringLiteral("--hw"),       hardwareRevision(),
                               QStringLiteral("--serial"),   recipe.serialNumber};
    return runToEnd(*program, identity + *options);
}

/// QEMU wants a file of exactly the flash's size; it stays sparse.
core::Result<QString> paddedBootloader(const QDir &unitDirectory)
{
    loadBootloaders();
    const QString image = QStringLiteral(":/bootloaders/qemu_riscv_virt.bin");
    if (!QFile::exists(image))
        return core::fail(core::ErrorKind::Unsupported,
                          QStringLiteral("this installation was built without the bootloader for QEMU"));
    const QString padded = unitDirectory.absoluteFilePath(QLatin1String(kBootloader));
    QFile file(padded);
    QFile::remove(padded); // From before a power cut.
    if (!QFile::copy(image, padded) || !file.setPermissions(QFile::ReadOwner | QFile::WriteOwner)
        || !file.open(QIODevice::ReadWrite) || !file.resize(kQemuFlashBytes))
        return core::fail(core::ErrorKind::FileFailed,
                          QStringLiteral("%1: %2").arg(padded, file.errorString()));
    return padded;
}

struct CommandLine {
    QString program;
    QStringList arguments;
};

core::Result<CommandLine> hostCommand(const QDir &unitDirectory, const QString &socket, int baud)
{
    const core::Result<QString> program = programPath(QStringLiteral("bootmend-unit"));
    if (!program)
        return core::passOn(program.error());
    return CommandLine{*program,
                       {QStringLiteral("--flash"), flashPath(unitDirectory), QStringLiteral("--line"),
                        QStringLiteral("unix:") + socket, QStringLiteral("--baud"), QString::number(baud)}};
}

core::Result<CommandLine> qemuCommand(const QDir &unitDirectory, const QString &socket)
{
    const core::Result<QString> bootloader = paddedBootloader(unitDirectory);
    if (!bootloader)
        return core::passOn(bootloader.error());
    const auto pflash = [](int unit, const QString &file, const char *more) {
        return QStringLiteral("if=pflash,unit=%1,format=raw,file=%2%3")
            .arg(unit)
            .arg(file, QLatin1String(more));
    };
    const QString flash = flashPath(unitDirectory);
    const QStringList arguments{QStringLiteral("-M"),
                                QStringLiteral("virt"),
                                QStringLiteral("-m"),
                                QStringLiteral("16M"),
                                QStringLiteral("-bios"),
                                QStringLiteral("none"),
                                QStringLiteral("-nodefaults"),
                                QStringLiteral("-display"),
                                QStringLiteral("none"),
                                QStringLiteral("-monitor"),
                                QStringLiteral("none"),
                                QStringLiteral("-drive"),
                                pflash(0, *bootloader, ",readonly=on"),
                                QStringLiteral("-drive"),
                                pflash(1, flash, ""),
                                QStringLiteral("-device"),
                                QStringLiteral("i6300esb,addr=01.0"),
                                QStringLiteral("-action"),
                                QStringLiteral("watchdog=reset"),
                                QStringLiteral("-chardev"),
                                QStringLiteral("socket,id=u0,server=on,wait=off,path=") + socket,
                                QStringLiteral("-serial"),
                                QStringLiteral("chardev:u0")};
    return CommandLine{QStringLiteral("qemu-system-riscv32"), arguments};
}

bool answersOn(const QString &socket)
{
    QLocalSocket probe;
    probe.connectToServer(socket);
    return probe.waitForConnected(kLookAgainMs);
}

core::Result<core::Done> waitForLine(const QString &socket, const QString &logFile,
                                     const ProcessIdentity &process)
{
    const QDeadlineTimer deadline(kStartMs);
    while (!deadline.hasExpired() && isRunning(process).value_or(false)) {
        if (QFileInfo::exists(socket) && answersOn(socket))
            return core::Done{};
        QThread::msleep(kLookAgainMs);
    }
    QFile log(logFile);
    const QByteArray said = log.open(QIODevice::ReadOnly) ? log.read(2000) : QByteArray();
    return core::fail(
        core::ErrorKind::Internal,
        QStringLiteral("the virtual device did not start: %1").arg(QString::fromUtf8(said).trimmed()));
}

core::Result<ProcessIdentity> launch(const CommandLine &command, const QString &logFile)
{
    QProcess process;
    process.setProgram(command.program);
    process.setArguments(command.arguments);
    process.setStandardInputFile(QProcess::nullDevice());
    process.setStandardOutputFile(logFile);
    process.setStandardErrorFile(logFile, QIODevice::Append);
    qint64 pid = 0;
    if (!process.startDetached(&pid))
        return core::fail(core::ErrorKind::FileFailed,
                          QStringLiteral("cannot start %1: %2").arg(command.program, process.errorString()));
    // One that has ended at once is missed when its line is waited for, where its log is told.
    return identityOf(pid).value_or(ProcessIdentity{});
}

} // namespace

QStringList unitKinds()
{
    QStringList kinds;
    for (const SlotContent &content : contents())
        kinds.append(QLatin1String(content.kind));
    return kinds;
}

QString vendor()
{
    return QStringLiteral("bootmend.example");
}

QString productOf(Machine machine)
{
    return machine == Machine::Host ? QStringLiteral("bench-sensor") : QStringLiteral("bench-sensor-rv32");
}

QString hardwareRevision()
{
    return QStringLiteral("revA");
}

core::Result<core::Done> makeUnit(const QDir &directory, const UnitRecipe &recipe)
{
    const QDir unitDirectory(directory.absoluteFilePath(recipe.name));
    if (!unitDirectory.mkpath(QStringLiteral(".")))
        return core::fail(core::ErrorKind::FileFailed,
                          QStringLiteral("cannot create %1").arg(unitDirectory.path()));
    return writeFlash(flashPath(unitDirectory), recipe);
}

BenchUnit switchedOff(const QDir &directory, const UnitRecipe &recipe)
{
    const QString socket = linePath(QDir(directory.absoluteFilePath(recipe.name)));
    return {recipe.name, recipe.kind, recipe.serialNumber, {core::DeviceAddress::Link::Unix, socket}, {}};
}

core::Result<core::Done> removeUnit(const QDir &directory, const QString &name)
{
    const QDir unitDirectory(directory.absoluteFilePath(name));
    if (!unitDirectory.exists())
        return core::Done{};
    for (const char *file : {kFlash, kLine, kLog, kBootloader}) {
        const QString path = unitDirectory.absoluteFilePath(QLatin1String(file));
        const bool isThere = QFileInfo::exists(path);
        if (isThere && !QFile::remove(path))
            return core::fail(core::ErrorKind::FileFailed, QStringLiteral("cannot remove %1").arg(path));
    }
    QDir().rmdir(unitDirectory.absolutePath()); // Fails, as it should, when something else is in it.
    return core::Done{};
}

core::Result<BenchUnit> switchOn(const QDir &directory, const UnitRecipe &recipe)
{
    const QDir unitDirectory(directory.absoluteFilePath(recipe.name));
    const QString socket = linePath(unitDirectory);
    if (QFile::encodeName(socket).size() >= qsizetype(sizeof(sockaddr_un::sun_path)))
        return core::fail(
            core::ErrorKind::FileFailed,
            QStringLiteral("%1 is too long for a socket; choose a shorter directory").arg(socket));
    const auto command = recipe.machine == Machine::Host ? hostCommand(unitDirectory, socket, recipe.baud)
                                                         : qemuCommand(unitDirectory, socket);
    if (!command)
        return core::passOn(command.error());

    QFile::remove(socket); // Of a process that was killed: what appears now is the new one's.
    const core::Result<ProcessIdentity> process = launch(*command, logPath(unitDirectory));
    if (!process)
        return core::passOn(process.error());
    BenchUnit unit = switchedOff(directory, recipe);
    unit.process = *process;
    return unit;
}

core::Result<core::Done> waitUntilUp(const QDir &directory, const BenchUnit &unit)
{
    const QDir unitDirectory(directory.absoluteFilePath(unit.name));
    return waitForLine(linePath(unitDirectory), logPath(unitDirectory), unit.process);
}

core::Result<core::Done> switchOff(const BenchUnit &unit)
{
    return endProcess(unit.process, SIGTERM);
}

core::Result<core::Done> cutPower(const BenchUnit &unit)
{
    return endProcess(unit.process, SIGKILL);
}

} // namespace bench
