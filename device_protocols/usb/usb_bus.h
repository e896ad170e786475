// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/async/listeners.h"
#include "device_protocols/usb/usb_device.h"

#include <QList>

namespace usb {

enum class DeviceChange { Arrived, Left };

/// Knows the USB devices that are attached, tells of those that come and go, and opens them.
///
/// The seam between the operating system and everything else; system_usb.h names the back ends. Lives on the
/// device thread, outlives its subscriptions and the devices that it opened, and tells from the event loop,
/// never from inside a call.
class UsbBus
{
public:
    using Listener = core::Listeners<DeviceChange, const DeviceFacts &>::Listener;

    UsbBus() = default;
    virtual ~UsbBus() = default;
    Q_DISABLE_COPY_MOVE(UsbBus)

    /// Without hubs. By place.
    virtual QList<DeviceFacts> devices() = 0;

    std::unique_ptr<core::Subscription> subscribe(Listener listener)
    {
        return m_listeners.add(std::move(listener));
    }

    /// The device with this place and address. Disconnected when it is not there any more; TransportFailed
    /// with NOT_PERMITTED, DRIVER_MISSING or DEVICE_IN_USE.
    virtual core::Task<std::unique_ptr<UsbDevice>> open(DeviceFacts device) = 0;

protected:
    void tell(DeviceChange change, const DeviceFacts &device) { m_listeners.tell(change, device); }

private:
    core::Listeners<DeviceChange, const DeviceFacts &> m_listeners;
};

} // namespace usb
