// SPDX-License-Identifier: Apache-2.0
#include "device_protocols/transport/port_users.h"

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QSet>
#include <QStringList>

#ifdef Q_OS_LINUX
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>
#endif

namespace transport {

#ifdef Q_OS_LINUX

namespace {

/// The device that a path leads to; 0 for what is no device. It is not opened: O_PATH touches no driver
/// (open(2)), and so no line of a port.
dev_t deviceAt(const QByteArray &path)
{
    const int file = ::open(path.constData(), O_PATH | O_CLOEXEC);
    struct stat facts {
    };
    const bool isDevice = file >= 0 && ::fstat(file, &facts) == 0 && S_ISCHR(facts.st_mode);
    if (file >= 0)
        ::close(file);
    return isDevice ? facts.st_rdev : 0;
}

constexpr unsigned kPtyMajor = 136; // to 143, 256 ptys each (Documentation/admin-guide/devices.txt)
constexpr unsigned kPtyMajors = 8;
constexpr unsigned kPtysPerMajor = 256;
const dev_t kPtyMaster = makedev(5, 2); // /dev/ptmx

/// The number of a pty; -1 for another device.
int ptyNumber(dev_t device)
{
    const unsigned kind = major(device) - kPtyMajor; // wraps for smaller ones
    return kind < kPtyMajors ? int(kind * kPtysPerMajor + minor(device)) : -1;
}

/// Whether a descriptor is the master of that pty (proc(5), fdinfo: "tty-index").
bool isMasterOf(int pty, const QString &process, const QString &descriptor)
{
    QFile facts(QStringLiteral("%1/fdinfo/%2").arg(process, descriptor));
    if (!facts.open(QIODevice::ReadOnly))
        return false;
    for (const QByteArray &line : facts.readAll().split('\n'))
        if (line.startsWith("tty-index:"))
            return line.mid(10).trimmed().toInt() == pty;
    return false;
}

/// Which of the devices a process has open. Whoever has the master of a pty is the device, not a user of it.
QSet<dev_t> heldBy(const QString &process, const QSet<dev_t> &devices)
{
    const QDir descriptors(process + QStringLiteral("/fd"));
    // Links that lead nowhere for us (sockets, pipes) are "system" files.
    const QStringList names = descriptors.entryList(QDir::Files | QDir::System | QDir::NoDotAndDotDot);
    QSet<dev_t> held;
    QSet<dev_t> played;
    for (const QString &name : names) {
        const dev_t open = deviceAt(QFile::encodeName(descriptors.filePath(name)));
        if (devices.contains(open))
            held.insert(open);
        if (open != kPtyMaster)
            continue;
        for (const dev_t device : devices)
            if (isMasterOf(ptyNumber(device), process, name))
                played.insert(device);
    }
    return held - played;
}

QString commandOf(const QString &process)
{
    QFile file(process + QStringLiteral("/comm"));
    if (!file.open(QIODevice::ReadOnly))
        return {};
    return QString::fromUtf8(file.readAll()).trimmed();
}

} // namespace

QHash<QString, QList<PortUser>> usersOf(const QStringList &ports)
{
    QHash<QString, dev_t> devices; // by port
    for (const QString &port : ports)
        if (const dev_t device = deviceAt(QFile::encodeName(port)); device != 0)
            devices[port] = device;
    if (devices.isEmpty())
        return {};
    const QSet<dev_t> wanted(devices.cbegin(), devices.cend());
    QHash<QString, QList<PortUser>> users;
    const QStringList processes = QDir(QStringLiteral("/proc")).entryList(QDir::Dirs | QDir::NoDotAndDotDot);
    for (const QString &name : processes) {
        bool isProcess = false;
        const qint64 pid = name.toLongLong(&isProcess);
        const QString process = QStringLiteral("/proc/") + name;
        if (!isProcess || pid == QCoreApplication::applicationPid())
            continue;
        const QSet<dev_t> held = heldBy(process, wanted);
        for (const QString &port : ports)
            if (held.contains(devices.value(port)))
                users[port].append({pid, commandOf(process)});
    }
    return users;
}

#else

QHash<QString, QList<PortUser>> usersOf(const QStringList &)
{
    return {};
}

#endif

QList<PortUser> usersOf(const QString &port)
{
    return usersOf(QStringList{port}).value(port);
}

QString toText(const QList<PortUser> &users)
{
    QStringList texts;
    for (const PortUser &owner : users)
        texts.append(QStringLiteral("%1 (pid %2)").arg(owner.command).arg(owner.pid));
    return texts.join(QStringLiteral(", "));
}

} // namespace transport
