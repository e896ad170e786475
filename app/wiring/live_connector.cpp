// SPDX-License-Identifier: Apache-2.0
#include "app/wiring/live_connector.h"

#include "app/bench/bench_file.h"
#include "app/wiring/smp_unit.h"

#include <QSerialPortInfo>

#include <algorithm>

namespace wiring {

namespace {

/// Serial ports on USB: one appears when something is plugged in.
QList<core::FoundUnit> serialPorts()
{
    QList<core::FoundUnit> ports;
    for (const QSerialPortInfo &port : QSerialPortInfo::availablePorts()) {
        if (!port.hasVendorIdentifier())
            continue; // A port of the computer itself: it is there whether or not a unit is. Give its
                      // address.
        const core::DeviceAddress address{core::DeviceAddress::Link::Serial, port.systemLocation()};
        const QString what =
            port.description().isEmpty() ? QStringLiteral("serial port") : port.description();
        ports.append({core::toText(address), address,
                      QStringLiteral("%1; not asked who it is, because nothing is known of it").arg(what),
                      false});
    }
    return ports;
}

core::Result<QList<core::FoundUnit>> benchUnits(const QString &directory)
{
    const core::Result<bench::BenchFile> file = bench::loadBench(QDir(directory));
    if (!file)
        return core::passOn(file.error());
    QList<core::FoundUnit> units;
    for (const bench::BenchUnit &unit : file->units)
        units.append({unit.name, unit.address, QStringLiteral("virtual device")});
    return units;
}

} // namespace

core::Result<QList<core::FoundUnit>> LiveConnector::find()
{
    QList<core::FoundUnit> units = serialPorts();
    if (m_benchDirectory.isEmpty())
        return units;
    const core::Result<QList<core::FoundUnit>> virtualUnits = benchUnits(m_benchDirectory);
    if (!virtualUnits)
        return core::passOn(virtualUnits.error());
    return *virtualUnits + units;
}

core::Result<core::FoundUnit> LiveConnector::resolve(QString text)
{
    const core::Result<QList<core::FoundUnit>> units = find();
    if (!units)
        return core::passOn(units.error());
    const auto isNamed = [&text](const core::FoundUnit &unit) { return unit.name == text; };
    const auto matches = std::count_if(units->cbegin(), units->cend(), isNamed);
    if (matches > 1)
        return core::fail(core::ErrorKind::AmbiguousDevice, core::Reason::AmbiguousDevice,
                          QStringLiteral("%1 units are called \"%2\"").arg(matches).arg(text));
    if (matches == 1)
        return *std::find_if(units->cbegin(), units->cend(), isNamed);

    const core::Result<core::DeviceAddress> address = core::parseAddress(text);
    if (!address)
        return core::fail(core::ErrorKind::NoSuchDevice, core::Reason::NoSuchDevice, address.error().detail);
    return core::FoundUnit{text, *address};
}

core::Task<std::unique_ptr<core::Driver>> LiveConnector::open(core::FoundUnit unit)
{
    return openSmpUnit(std::move(unit), m_clock);
}

} // namespace wiring
