// SPDX-License-Identifier: Apache-2.0
#include "device_protocols/transport/port_owner.h"

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QStringList>

#include <algorithm>

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

/// Whoever has the master of a pty is the device, not another user of it.
bool holds(const QString &process, dev_t device)
{
    const int pty = ptyNumber(device);
    const QDir descriptors(process + QStringLiteral("/fd"));
    // Links that lead nowhere for us (sockets, pipes) are "system" files.
    const QStringList names = descriptors.entryList(QDir::Files | QDir::System | QDir::NoDotAndDotDot);
    bool isHeld = false;
    for (const QString &name : names) {
        const dev_t open = deviceAt(QFile::encodeName(descriptors.filePath(name)));
        if (pty >= 0 && open == kPtyMaster && isMasterOf(pty, process, name))
            return false;
        isHeld = isHeld || open == device;
    }
    return isHeld;
}

QString commandOf(const QString &process)
{
    QFile file(process + QStringLiteral("/comm"));
    if (!file.open(QIODevice::ReadOnly))
        return {};
    return QString::fromUtf8(file.readAll()).trimmed();
}

} // namespace

QList<PortOwner> ownersOf(const QString &port)
{
    const dev_t device = deviceAt(QFile::encodeName(port));
    if (device == 0)
        return {};
    QList<PortOwner> owners;
    const QStringList processes = QDir(QStringLiteral("/proc")).entryList(QDir::Dirs | QDir::NoDotAndDotDot);
    for (const QString &name : processes) {
        bool isProcess = false;
        const qint64 pid = name.toLongLong(&isProcess);
        const QString process = QStringLiteral("/proc/") + name;
        if (isProcess && pid != QCoreApplication::applicationPid() && holds(process, device))
            owners.append({pid, commandOf(process)});
    }
    std::sort(owners.begin(), owners.end(),
              [](const PortOwner &one, const PortOwner &other) { return one.pid < other.pid; });
    return owners;
}

#else

QList<PortOwner> ownersOf(const QString &)
{
    return {};
}

#endif

QString toText(const QList<PortOwner> &owners)
{
    QStringList texts;
    for (const PortOwner &owner : owners)
        texts.append(QStringLiteral("%1 (pid %2)").arg(owner.command).arg(owner.pid));
    return texts.join(QStringLiteral(", "));
}

} // namespace transport
