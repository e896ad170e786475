// SPDX-License-Identifier: Apache-2.0
#include "device_protocols/transport/udev_port_monitor.h"

#include <QFile>

#include <libudev.h>

namespace transport {

using core::Port;
using core::PortChange;

namespace {

const char *const kSubsystem = "tty";
const auto kDaemon = QStringLiteral("/run/udev/control"); // of udevd, systemd-udevd.service(8)
constexpr std::chrono::seconds kBetweenLists{1};

QString property(udev_device *device, const char *name)
{
    return QString::fromUtf8(udev_device_get_property_value(device, name));
}

QString attribute(udev_device *device, const char *name)
{
    return device ? QString::fromUtf8(udev_device_get_sysattr_value(device, name)).trimmed() : QString();
}

QString firstOf(const QString &one, const QString &other)
{
    return one.isEmpty() ? other : one;
}

std::optional<core::UsbIds> usbIds(const QString &vendor, const QString &product)
{
    bool isVendor = false;
    bool isProduct = false;
    const core::UsbIds ids{vendor.toUShort(&isVendor, 16), product.toUShort(&isProduct, 16)};
    return isVendor && isProduct ? std::optional(ids) : std::nullopt;
}

} // namespace

void UdevPortMonitor::Release::operator()(udev *context) const
{
    udev_unref(context);
}

void UdevPortMonitor::Release::operator()(udev_device *device) const
{
    udev_device_unref(device);
}

void UdevPortMonitor::Release::operator()(udev_monitor *monitor) const
{
    udev_monitor_unref(monitor);
}

std::unique_ptr<UdevPortMonitor> UdevPortMonitor::create()
{
    Context context(udev_new());
    if (!context)
        return nullptr;
    Source source(udev_monitor_new_from_netlink(context.get(), "udev"));
    if (!source || udev_monitor_filter_add_match_subsystem_devtype(source.get(), kSubsystem, nullptr) < 0
        || udev_monitor_enable_receiving(source.get()) < 0)
        return nullptr;
    return std::unique_ptr<UdevPortMonitor>(new UdevPortMonitor(std::move(context), std::move(source)));
}

UdevPortMonitor::UdevPortMonitor(Context context, Source source) :
    m_context(std::move(context)), m_source(std::move(source)),
    m_notifier(udev_monitor_get_fd(m_source.get()), QSocketNotifier::Read)
{
    QObject::connect(&m_notifier, &QSocketNotifier::activated, &m_notifier, [this] { takeEvents(); });
    m_ports = attachedPorts(); // After listening began: what comes in between is told twice and taken once.
    QObject::connect(&m_relisting, &QTimer::timeout, &m_relisting, [this] { relist(); });
    if (!QFile::exists(kDaemon))
        m_relisting.start(kBetweenLists);
}

UdevPortMonitor::~UdevPortMonitor()
{
    m_notifier.setEnabled(false); // Before its descriptor is closed.
}

QMap<QString, Port> UdevPortMonitor::attachedPorts() const
{
    const std::unique_ptr<udev_enumerate, udev_enumerate *(*)(udev_enumerate *)> search(
        udev_enumerate_new(m_context.get()), udev_enumerate_unref);
    if (!search || udev_enumerate_add_match_subsystem(search.get(), kSubsystem) < 0
        || udev_enumerate_scan_devices(search.get()) < 0)
        return {};
    QMap<QString, Port> ports;
    for (udev_list_entry *entry = udev_enumerate_get_list_entry(search.get()); entry;
         entry = udev_list_entry_get_next(entry)) {
        const Device device(udev_device_new_from_syspath(m_context.get(), udev_list_entry_get_name(entry)));
        if (const auto port = device ? portOf(device.get()) : std::nullopt)
            ports[port->location] = *port;
    }
    return ports;
}

void UdevPortMonitor::relist()
{
    const QMap<QString, Port> now = attachedPorts();
    const QMap<QString, Port> before = std::exchange(m_ports, now);
    for (const Port &port : before)
        if (now.value(port.location) != port)
            tell(PortChange::Left, port);
    for (const Port &port : now)
        if (before.value(port.location) != port)
            tell(PortChange::Arrived, port);
}

/// Nothing for a port that is not on USB. Udev's database knows names that rules have made; the attributes of
/// the USB device are what it says itself.
std::optional<Port> UdevPortMonitor::portOf(udev_device *device)
{
    udev_device *unit = udev_device_get_parent_with_subsystem_devtype(device, "usb", "usb_device");
    udev_device *interface = udev_device_get_parent_with_subsystem_devtype(device, "usb", "usb_interface");
    const bool isUsb = unit || property(device, "ID_BUS") == QStringLiteral("usb");
    const auto ids = usbIds(firstOf(attribute(unit, "idVendor"), property(device, "ID_VENDOR_ID")),
                            firstOf(attribute(unit, "idProduct"), property(device, "ID_MODEL_ID")));
    const QString location = QString::fromUtf8(udev_device_get_devnode(device));
    if (!isUsb || !ids || location.isEmpty())
        return std::nullopt;
    Port port{.location = location, .usb = ids};
    port.serialNumber = firstOf(attribute(unit, "serial"), property(device, "ID_SERIAL_SHORT"));
    port.maker = firstOf(attribute(unit, "manufacturer"), property(device, "ID_VENDOR"));
    port.product = firstOf(attribute(unit, "product"), property(device, "ID_MODEL"));
    port.topology = unit ? QString::fromUtf8(udev_device_get_sysname(unit)) : QString();
    port.interface =
        firstOf(attribute(interface, "bInterfaceNumber"), property(device, "ID_USB_INTERFACE_NUM"));
    return port;
}

void UdevPortMonitor::takeEvents()
{
    if (m_isTaking)
        return;
    m_isTaking = true;
    while (const Device device{udev_monitor_receive_device(m_source.get())})
        take(device.get());
    m_isTaking = false;
}

void UdevPortMonitor::take(udev_device *device)
{
    const QByteArray action(udev_device_get_action(device));
    const QString location = QString::fromUtf8(udev_device_get_devnode(device));
    if (action == "remove") {
        const auto known = m_ports.constFind(location);
        if (known == m_ports.cend())
            return;
        const Port port = *known;
        m_ports.erase(known);
        tell(PortChange::Left, port);
        return;
    }
    const std::optional<Port> port = action == "add" ? portOf(device) : std::nullopt;
    if (!port || m_ports.value(location) == *port)
        return;
    if (m_ports.contains(location)) // Its departure was missed: another device has the name now.
        tell(PortChange::Left, m_ports.take(location));
    m_ports[location] = *port;
    tell(PortChange::Arrived, *port);
}

} // namespace transport
