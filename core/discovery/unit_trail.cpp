// SPDX-License-Identifier: Apache-2.0
#include "core/discovery/unit_trail.h"

#include <QStringList>

#include <algorithm>

namespace core {

namespace {

enum class Likeness { None, Possible, Certain };

bool isSame(const QString &one, const QString &other)
{
    return !one.isEmpty() && one == other;
}

bool differs(const QString &one, const QString &other)
{
    return !one.isEmpty() && !other.isEmpty() && one != other;
}

/// Another device with the same serial number. Where the system tells no topology, each port is one.
bool isClone(const Port &one, const Port &other)
{
    const bool isTold = !one.topology.isEmpty() && !other.topology.isEmpty();
    const bool isElsewhere = isTold ? one.topology != other.topology : one.location != other.location;
    return isSame(one.serialNumber, other.serialNumber) && isElsewhere;
}

Likeness likeness(const PortTraits &before, const Port &port)
{
    const bool isSameIds = before.port.usb == port.usb;
    const bool isSamePlace = isSame(before.port.topology, port.topology);
    if (isSame(before.port.serialNumber, port.serialNumber)) {
        // Makers give one number to many units, of which another may be plugged in meanwhile.
        const bool isElsewhere = differs(before.port.topology, port.topology);
        const bool isKnown = before.isSerialUnique && !isElsewhere;
        return isKnown || isSamePlace ? Likeness::Certain : Likeness::Possible;
    }
    if (differs(before.port.serialNumber, port.serialNumber))
        return isSamePlace && !isSameIds ? Likeness::Possible
                                         : Likeness::None; // Bootloaders may have their own.
    if (isSamePlace)
        return Likeness::Certain;
    const bool isSameName = before.port.location == port.location;
    if (before.port.topology.isEmpty() && isSameIds && isSameName)
        return Likeness::Possible; // Where the system tells no topology.
    return isSameIds ? Likeness::Possible : Likeness::None;
}

/// Of the ports of one device the one that it spoke on before. It may come after the others; only another
/// product may have another.
QList<Port> sameInterface(const Port &before, const QList<Port> &ports)
{
    QList<Port> same;
    QList<Port> ofOtherProducts;
    for (const Port &port : ports) {
        if (port.interface == before.interface || before.interface.isEmpty())
            same.append(port);
        else if (port.usb != before.usb)
            ofOtherProducts.append(port);
    }
    return same.isEmpty() ? ofOtherProducts : same;
}

QList<Port> portsThatAre(Likeness wanted, const PortTraits &before, const QList<Port> &arrived)
{
    QList<Port> ports;
    std::copy_if(arrived.cbegin(), arrived.cend(), std::back_inserter(ports),
                 [&](const Port &port) { return likeness(before, port) == wanted; });
    return sameInterface(before.port, ports);
}

/// Which of the ports that came since a unit left may be that unit. USB serial number counts before the place
/// on the bus; another serial number under the same ids is another unit. Certain ones only, when there are
/// any.
QList<UnitPlace> placesOf(const PortTraits &before, const QList<Port> &arrived)
{
    const QList<Port> certain = portsThatAre(Likeness::Certain, before, arrived);
    const QList<Port> candidates =
        certain.isEmpty() ? portsThatAre(Likeness::Possible, before, arrived) : certain;
    QList<UnitPlace> places;
    for (const Port &port : candidates)
        places.append({port, certain.size() == 1});
    return places;
}

} // namespace

UnitTrail::UnitTrail(PortMonitor &monitor, Port port) :
    m_monitor(monitor), m_before{std::move(port)},
    m_subscription(monitor.subscribe([this](PortChange change, const Port &one) { take(change, one); }))
{
    const QList<Port> present = m_monitor.ports();
    m_isAway = !present.contains(m_before.port); // It may have left since it was found.
    for (const Port &other : present)
        m_before.isSerialUnique = m_before.isSerialUnique && !isClone(m_before.port, other);
    m_name = nameOf(m_before.port, m_before.isSerialUnique ? SerialNumber::Unique : SerialNumber::Shared);
}

UnitTrail::~UnitTrail() = default;

void UnitTrail::take(PortChange change, const Port &port)
{
    if (change == PortChange::Arrived) {
        m_strangers.remove(port.location); // It is new, whatever was there.
        const bool isNewClone = !m_isAway && isClone(m_before.port, port);
        m_before.isSerialUnique = m_before.isSerialUnique && !isNewClone;
        return;
    }
    m_strangers.remove(port.location); // Whatever comes there is new.
    if (m_isAway || port.location != m_before.port.location)
        return;
    m_isAway = true;
    m_turn = 0;
    m_strangers.clear();
    for (const Port &other : m_monitor.ports())
        m_strangers.insert(other.location);
    if (m_onLeft)
        m_onLeft();
}

Result<UnitPlace> UnitTrail::next()
{
    m_lastPlace.reset();
    m_monitor.catchUp();
    if (!m_isAway) {
        m_lastPlace = UnitPlace{m_before.port, true};
        return *m_lastPlace;
    }
    QList<Port> arrived = m_monitor.ports();
    arrived.removeIf([this](const Port &port) { return m_strangers.contains(port.location); });
    const QList<UnitPlace> places = placesOf(m_before, arrived);
    if (places.isEmpty())
        return fail(ErrorKind::Disconnected,
                    QStringLiteral("the unit left %1 and has not come back").arg(m_before.port.location));
    const bool isClear = places.constFirst().isCertain;
    if (!isClear && !m_unitTellsItself) {
        QStringList locations;
        for (const UnitPlace &place : places)
            locations.append(place.port.location);
        return fail(ErrorKind::AmbiguousDevice, Reason::AmbiguousDevice,
                    QStringLiteral("the unit that was at %1 may be at %2, and does not say who it is")
                        .arg(m_before.port.location, locations.join(QStringLiteral(" or "))));
    }
    m_lastPlace = places.at(m_turn++ % places.size());
    return *m_lastPlace;
}

void UnitTrail::settle()
{
    if (!m_lastPlace)
        return;
    m_before.port = m_lastPlace->port;
    m_isAway = false;
    m_strangers.clear();
}

} // namespace core
