// SPDX-License-Identifier: Apache-2.0
#include "device_protocols/usb/system_facts.h"

#include "device_protocols/transport/port_users.h"

#include <QFile>
#include <QFileInfo>
#include <QtEndian>

namespace usb {

namespace {

constexpr qsizetype kDeviceDescriptor = 18; // USB 2.0, table 9-8
constexpr qsizetype kConfigurationHead = 9; // USB 2.0, table 9-10
constexpr qsizetype kTotalLengthAt = 2;
constexpr qsizetype kConfigurationValueAt = 5;

#ifdef Q_OS_LINUX

QString folderOf(const DeviceFacts &facts)
{
    return QStringLiteral("/sys/bus/usb/devices/") + facts.place;
}

QByteArray attribute(const QString &folder, const char *name)
{
    QFile file(folder + u'/' + QLatin1String(name));
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

QString text(const QString &folder, const char *name)
{
    return QString::fromUtf8(attribute(folder, name)).trimmed();
}

/// All of them stand behind the device descriptor.
QByteArray configuration(QByteArrayView descriptors, int value)
{
    QByteArrayView rest = descriptors.sliced(std::min(kDeviceDescriptor, descriptors.size()));
    while (rest.size() >= kConfigurationHead) {
        const qsizetype total = qFromLittleEndian<quint16>(rest.data() + kTotalLengthAt);
        const qsizetype length = std::min(std::max(total, kConfigurationHead), rest.size());
        if (quint8(rest[kConfigurationValueAt]) == value)
            return rest.first(length).toByteArray();
        rest = rest.sliced(length);
    }
    return {};
}

QString nodeOf(const DeviceFacts &facts)
{
    const int bus = facts.place.section(u'-', 0, 0).toInt();
    return QStringLiteral("/dev/bus/usb/%1/%2")
        .arg(bus, 3, 10, QLatin1Char('0'))
        .arg(facts.address, 3, 10, QLatin1Char('0'));
}

/// "usbfs" when it is a program's.
QString driverOf(const DeviceFacts &facts, quint8 interface)
{
    const int value = facts.configuration.size() > kConfigurationValueAt
        ? quint8(facts.configuration.at(kConfigurationValueAt))
        : 1;
    const QString link = folderOf(facts) + QStringLiteral(":%1.%2/driver").arg(value).arg(interface);
    return QFileInfo(QFile::symLinkTarget(link)).fileName();
}

#endif

} // namespace

#ifdef Q_OS_LINUX

void addSystemFacts(DeviceFacts &facts)
{
    const QString folder = folderOf(facts);
    facts.serialNumber = text(folder, "serial");
    facts.maker = text(folder, "manufacturer");
    facts.product = text(folder, "product");
    const int value = text(folder, "bConfigurationValue").toInt();
    const QByteArray active = configuration(attribute(folder, "descriptors"), value);
    if (!active.isEmpty())
        facts.configuration = active;
}

QString holderOf(const DeviceFacts &facts, quint8 interface)
{
    const QString driver = driverOf(facts, interface);
    if (!driver.isEmpty() && driver != QStringLiteral("usbfs"))
        return QStringLiteral("the system's driver %1 has the interface").arg(driver);
    const QList<transport::PortUser> users = transport::usersOf(nodeOf(facts));
    if (users.isEmpty())
        return QStringLiteral("another program has the interface");
    return QStringLiteral("used by another program: %1").arg(transport::toText(users));
}

#else

void addSystemFacts(DeviceFacts &) { }

QString holderOf(const DeviceFacts &, quint8)
{
    return QStringLiteral("another program or driver has the interface");
}

#endif

} // namespace usb
