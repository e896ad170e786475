// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/discovery/port_monitor.h"

#include <QMap>

namespace testing {

/// The computer's ports, as a test plugs them.
class ModelPorts final : public core::PortMonitor
{
public:
    QList<core::Port> ports() override { return m_ports.values(); }

    void plug(const core::Port &port)
    {
        m_ports[port.location] = port;
        tell(core::PortChange::Arrived, port);
    }

    void unplug(const QString &location)
    {
        const core::Port port = m_ports.take(location);
        tell(core::PortChange::Left, port);
    }

    /// A port of a USB device, its only one.
    static core::Port port(const char *location, const char *serial, const char *topology,
                           quint16 product = 0x0100)
    {
        return {.location = QLatin1String(location),
                .usb = core::UsbIds{0x2fe3, product},
                .serialNumber = QLatin1String(serial),
                .topology = QLatin1String(topology),
                .interface = QStringLiteral("00")};
    }

private:
    QMap<QString, core::Port> m_ports;
};

} // namespace testing
