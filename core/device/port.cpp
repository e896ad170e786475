// SPDX-License-Identifier: Apache-2.0
#include "core/device/port.h"

#include <algorithm>

namespace core {

QString toText(const UsbIds &ids)
{
    return QStringLiteral("%1:%2").arg(ids.vendor, 4, 16, QChar(u'0')).arg(ids.product, 4, 16, QChar(u'0'));
}

QString nameOf(const Port &port, SerialNumber serial)
{
    const QString place = port.topology.isEmpty() ? QString() : QStringLiteral("usb-") + port.topology;
    QStringList parts{port.serialNumber, place};
    parts.removeAll(QString());
    return serial == SerialNumber::Unique ? parts.value(0) : parts.join(u'@');
}

namespace {

QString withInterface(const Port &port)
{
    const QString name = nameOf(port, SerialNumber::Shared);
    return port.interface.isEmpty() ? name : name + u'.' + port.interface;
}

/// Gives those that share a name a more precise one.
template<class Name>
void tellApart(QStringList &names, const QList<Port> &ports, Name preciseName)
{
    const QStringList before = names;
    for (qsizetype index = 0; index < ports.size(); ++index)
        if (before.count(before.at(index)) > 1)
            names[index] = preciseName(ports.at(index));
}

} // namespace

QStringList namesOf(const QList<Port> &ports)
{
    QStringList names;
    for (const Port &port : ports)
        names.append(nameOf(port, SerialNumber::Unique));
    tellApart(names, ports, [](const Port &port) { return nameOf(port, SerialNumber::Shared); });
    tellApart(names, ports, withInterface);
    tellApart(names, ports, [](const Port &) { return QString(); }); // Not even so: the address has to do.
    return names;
}

QStringList PortNames::of(const QList<Port> &ports)
{
    QStringList names = namesOf(ports);
    QList<std::pair<Port, QString>> given;
    for (qsizetype index = 0; index < ports.size(); ++index) {
        const auto before = std::find_if(m_given.cbegin(), m_given.cend(),
                                         [&](const auto &one) { return one.first == ports.at(index); });
        if (before != m_given.cend())
            names[index] = before->second;
        given.append({ports.at(index), names.at(index)});
    }
    m_given = given;
    return names;
}

} // namespace core
