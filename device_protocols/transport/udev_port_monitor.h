// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/discovery/port_monitor.h"

#include <QMap>
#include <QSocketNotifier>
#include <QTimer>

struct udev;
struct udev_device;
struct udev_monitor;

namespace transport {

/// Hot-plug on Linux: the events that udev sends once its rules have run, so that a port that is told of has
/// its name and its permissions (libudev, udev_monitor_new_from_netlink(3)). Nothing is polled.
class UdevPortMonitor final : public core::PortMonitor
{
public:
    /// Null when udev cannot be reached.
    static std::unique_ptr<UdevPortMonitor> create();
    ~UdevPortMonitor() override;

    QList<core::Port> ports() override { return m_ports.values(); }
    void catchUp() override { takeEvents(); }

private:
    struct Release {
        void operator()(udev *context) const;
        void operator()(udev_device *device) const;
        void operator()(udev_monitor *monitor) const;
    };
    using Context = std::unique_ptr<udev, Release>;
    using Device = std::unique_ptr<udev_device, Release>;
    using Source = std::unique_ptr<udev_monitor, Release>;

    UdevPortMonitor(Context context, Source source);
    static std::optional<core::Port> portOf(udev_device *device);
    QMap<QString, core::Port> attachedPorts() const;
    void relist();
    void takeEvents();
    void take(udev_device *device);

    Context m_context;
    Source m_source;
    QMap<QString, core::Port> m_ports; // by location
    QSocketNotifier m_notifier;
    QTimer m_relisting; // where no udevd runs, and nobody tells
    bool m_isTaking = false; // an event: the next one waits until all have heard of it
};

} // namespace transport
