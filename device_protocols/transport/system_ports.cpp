// SPDX-License-Identifier: Apache-2.0
#include "device_protocols/transport/system_ports.h"

#include "device_protocols/transport/polling_port_monitor.h"
#ifdef Q_OS_LINUX
#include "device_protocols/transport/udev_port_monitor.h"
#endif

namespace transport {

std::unique_ptr<core::PortMonitor> systemPortMonitor(core::Clock &clock)
{
#ifdef Q_OS_LINUX
    if (std::unique_ptr<core::PortMonitor> udev = UdevPortMonitor::create())
        return udev;
#endif
    return std::make_unique<PollingPortMonitor>(clock);
}

} // namespace transport
