// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "device_protocols/usb/libusb_loop.h"
#include "device_protocols/usb/usb_bus.h"

#include <map>

namespace usb {

/// The bus by libusb 1.0 and its hot-plug, which on Linux is udev's: a device is told of once its rules have
/// run and it has its permissions.
class LibusbBus final : public UsbBus
{
public:
    /// Null where libusb cannot be initialised or has no hot-plug (Windows).
    static std::unique_ptr<LibusbBus> create();
    ~LibusbBus() override;

    QList<DeviceFacts> devices() override;
    core::Task<std::unique_ptr<UsbDevice>> open(DeviceFacts device) override;

private:
    explicit LibusbBus(std::unique_ptr<LibusbLoop> loop) : m_loop(std::move(loop)) { }
    bool listen();
    void arrived(libusb_device *device);
    void left(libusb_device *device);
    libusb_device *find(const DeviceFacts &facts) const;

    std::unique_ptr<LibusbLoop> m_loop;
    std::map<libusb_device *, DeviceFacts> m_devices; // each referenced once
    int m_listening = 0; // libusb's handle of the hot-plug
    bool m_isListening = false;
};

} // namespace usb
