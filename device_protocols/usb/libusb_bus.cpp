// SPDX-License-Identifier: Apache-2.0
#include "device_protocols/usb/libusb_bus.h"

#include "device_protocols/usb/libusb_device.h"
#include "device_protocols/usb/libusb_error.h"
#include "device_protocols/usb/system_facts.h"

#include <libusb-1.0/libusb.h>

#include <algorithm>
#include <array>

namespace usb {

using core::ErrorKind;
using core::Task;

namespace {

constexpr int kMostHubs = 7; // USB 2.0, section 4.1.1: tiers

/// As Linux writes it. Empty for a root hub, which hangs on nothing.
QString placeOf(libusb_device *device)
{
    std::array<uint8_t, kMostHubs> ports{};
    const int count = libusb_get_port_numbers(device, ports.data(), int(ports.size()));
    QString place;
    for (int at = 0; at < count; ++at)
        place += (at == 0 ? QStringLiteral("%1-").arg(libusb_get_bus_number(device)) : QStringLiteral("."))
            + QString::number(ports[std::size_t(at)]);
    return place;
}

QByteArray bytesOf(const unsigned char *bytes, int count)
{
    return QByteArray(reinterpret_cast<const char *>(bytes), count);
}

/// The descriptors in the order in which libusb has found them, without those of endpoints.
QByteArray configurationOf(libusb_device *device)
{
    libusb_config_descriptor *read = nullptr;
    if (libusb_get_active_config_descriptor(device, &read) != LIBUSB_SUCCESS)
        return {};
    QByteArray bytes = QByteArray::fromHex("0902000000000000") + char(read->MaxPower);
    bytes[4] = char(read->bNumInterfaces);
    bytes[5] = char(read->bConfigurationValue);
    bytes += bytesOf(read->extra, read->extra_length);
    for (int at = 0; at < read->bNumInterfaces; ++at) {
        const libusb_interface &interface = read->interface[at];
        for (int alternate = 0; alternate < interface.num_altsetting; ++alternate) {
            const libusb_interface_descriptor &each = interface.altsetting[alternate];
            for (const int field :
                 {9, 4, int(each.bInterfaceNumber), int(each.bAlternateSetting), 0, int(each.bInterfaceClass),
                  int(each.bInterfaceSubClass), int(each.bInterfaceProtocol), int(each.iInterface)})
                bytes.append(char(field));
            bytes += bytesOf(each.extra, each.extra_length);
        }
    }
    libusb_free_config_descriptor(read);
    return bytes;
}

/// Nothing for hubs.
std::optional<DeviceFacts> factsOf(libusb_device *device)
{
    libusb_device_descriptor descriptor{};
    if (libusb_get_device_descriptor(device, &descriptor) != LIBUSB_SUCCESS
        || descriptor.bDeviceClass == LIBUSB_CLASS_HUB)
        return std::nullopt;
    DeviceFacts facts;
    facts.place = placeOf(device);
    facts.address = libusb_get_device_address(device);
    facts.ids = {descriptor.idVendor, descriptor.idProduct};
    facts.release = descriptor.bcdDevice;
    facts.configuration = configurationOf(device);
    addSystemFacts(facts);
    return facts.place.isEmpty() ? std::nullopt : std::optional(facts);
}

} // namespace

std::unique_ptr<LibusbBus> LibusbBus::create()
{
    std::unique_ptr<LibusbLoop> loop = LibusbLoop::create();
    if (!loop || libusb_has_capability(LIBUSB_CAP_HAS_HOTPLUG) == 0)
        return nullptr;
    std::unique_ptr<LibusbBus> bus(new LibusbBus(std::move(loop)));
    return bus->listen() ? std::move(bus) : nullptr;
}

LibusbBus::~LibusbBus()
{
    if (m_isListening)
        libusb_hotplug_deregister_callback(m_loop->context(), m_listening);
    for (const auto &[device, facts] : m_devices)
        libusb_unref_device(device);
}

bool LibusbBus::listen()
{
    const libusb_hotplug_callback_fn told = [](libusb_context *, libusb_device *device,
                                               libusb_hotplug_event event, void *self) {
        auto *bus = static_cast<LibusbBus *>(self);
        libusb_ref_device(device);
        bus->m_loop->later([bus, device, event] {
            if (event == LIBUSB_HOTPLUG_EVENT_DEVICE_ARRIVED)
                bus->arrived(device);
            else
                bus->left(device);
            libusb_unref_device(device);
        });
        return 0; // Go on listening.
    };
    const int code = libusb_hotplug_register_callback(
        m_loop->context(), LIBUSB_HOTPLUG_EVENT_DEVICE_ARRIVED | LIBUSB_HOTPLUG_EVENT_DEVICE_LEFT,
        LIBUSB_HOTPLUG_ENUMERATE, LIBUSB_HOTPLUG_MATCH_ANY, LIBUSB_HOTPLUG_MATCH_ANY,
        LIBUSB_HOTPLUG_MATCH_ANY, told, this, &m_listening);
    m_isListening = code == LIBUSB_SUCCESS;
    m_loop->handleEvents(); // What is here already, before anybody asks.
    return m_isListening;
}

void LibusbBus::arrived(libusb_device *device)
{
    const std::optional<DeviceFacts> facts = factsOf(device);
    if (!facts || m_devices.count(device) > 0)
        return; // libusb may tell of one twice while it lists them.
    m_devices[libusb_ref_device(device)] = *facts;
    tell(DeviceChange::Arrived, *facts);
}

void LibusbBus::left(libusb_device *device)
{
    const auto found = m_devices.find(device);
    if (found == m_devices.end())
        return;
    const DeviceFacts facts = found->second;
    m_devices.erase(found);
    libusb_unref_device(device);
    tell(DeviceChange::Left, facts);
}

QList<DeviceFacts> LibusbBus::devices()
{
    QList<DeviceFacts> facts;
    for (const auto &[device, each] : m_devices)
        facts.append(each);
    std::sort(facts.begin(), facts.end(),
              [](const DeviceFacts &left, const DeviceFacts &right) { return left.place < right.place; });
    return facts;
}

libusb_device *LibusbBus::find(const DeviceFacts &facts) const
{
    for (const auto &[device, each] : m_devices)
        if (each.place == facts.place && each.address == facts.address)
            return device;
    return nullptr;
}

Task<std::unique_ptr<UsbDevice>> LibusbBus::open(DeviceFacts device)
{
    libusb_device *found = find(device);
    if (!found)
        co_return core::fail(ErrorKind::Disconnected,
                             QStringLiteral("there is no device at %1 any more").arg(device.place));
    libusb_device_handle *handle = nullptr;
    const int code = libusb_open(found, &handle);
    if (code != LIBUSB_SUCCESS)
        co_return tl::unexpected(errorOf(code, "opening the device"));
    m_loop->hold(handle);
    std::unique_ptr<UsbDevice> open = std::make_unique<LibusbDevice>(*m_loop, handle, std::move(device));
    co_return open;
}

} // namespace usb
