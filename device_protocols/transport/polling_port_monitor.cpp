// SPDX-License-Identifier: Apache-2.0
#include "device_protocols/transport/polling_port_monitor.h"

#include <QSerialPortInfo>

#include <algorithm>

namespace transport {

using core::Port;
using core::PortChange;

namespace {

constexpr core::Milliseconds kBetweenLooks{1'000}; // what a person takes for "at once" after plugging in

QList<Port> portsNow()
{
    QList<Port> ports;
    for (const QSerialPortInfo &info : QSerialPortInfo::availablePorts()) {
        if (!info.hasVendorIdentifier())
            continue; // A port of the computer itself: it is there whether or not a unit is.
        ports.append({.location = info.systemLocation(),
                      .usb = core::UsbIds{info.vendorIdentifier(), info.productIdentifier()},
                      .serialNumber = info.serialNumber(),
                      .maker = info.manufacturer(),
                      .product = info.description()});
    }
    std::sort(ports.begin(), ports.end(),
              [](const Port &one, const Port &other) { return one.location < other.location; });
    return ports;
}

} // namespace

PollingPortMonitor::PollingPortMonitor(core::Clock &clock) : PollingPortMonitor(clock, portsNow) { }

PollingPortMonitor::PollingPortMonitor(core::Clock &clock, Lister list) :
    m_clock(clock), m_list(std::move(list))
{
}

QList<Port> PollingPortMonitor::ports()
{
    return m_alarm ? m_known : m_list(); // Whoever listens is not told later of what was listed already.
}

std::unique_ptr<core::Subscription> PollingPortMonitor::subscribe(Listener listener)
{
    auto subscription = PortMonitor::subscribe(std::move(listener));
    if (!m_alarm) {
        m_known = m_list();
        lookLater();
    }
    return subscription;
}

void PollingPortMonitor::lookLater()
{
    m_alarm = m_clock.alarmIn(kBetweenLooks, [this] { look(); });
}

void PollingPortMonitor::look()
{
    if (!hasListeners()) {
        m_alarm.reset();
        return;
    }
    const QList<Port> before = std::exchange(m_known, m_list());
    lookLater();
    const QList<Port> now = m_known;
    for (const Port &port : before)
        if (!now.contains(port))
            tell(PortChange::Left, port);
    for (const Port &port : now)
        if (!before.contains(port))
            tell(PortChange::Arrived, port);
}

} // namespace transport
