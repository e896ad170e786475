// SPDX-License-Identifier: Apache-2.0
#include "core/discovery/port.h"

namespace core {

QString toText(const UsbIds &ids)
{
    return QStringLiteral("%1:%2").arg(ids.vendor, 4, 16, QChar(u'0')).arg(ids.product, 4, 16, QChar(u'0'));
}

namespace {

QString placeOf(const Port &port)
{
    return port.topology.isEmpty() ? QString() : QStringLiteral("usb-") + port.topology;
}

/// More precise with each step.
QString nameOf(const Port &port, int step)
{
    QStringList parts{port.serialNumber, placeOf(port)};
    parts.removeAll(QString());
    if (step == 0)
        return parts.value(0);
    const QString whole = parts.join(u'@');
    return step == 1 || port.interface.isEmpty() ? whole : whole + u'.' + port.interface;
}

} // namespace

QStringList namesOf(const QList<Port> &ports)
{
    QStringList names;
    for (const Port &port : ports)
        names.append(nameOf(port, 0));
    for (const int step : {1, 2}) {
        const QStringList before = names;
        for (qsizetype index = 0; index < ports.size(); ++index)
            if (before.count(before.at(index)) > 1)
                names[index] = nameOf(ports.at(index), step);
    }
    const QStringList last = names;
    for (QString &name : names)
        if (last.count(name) > 1)
            name.clear(); // Not even so: the address has to do.
    return names;
}

} // namespace core
