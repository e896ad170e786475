// SPDX-License-Identifier: Apache-2.0
#include "device_protocols/usb/system_usb.h"

#include "device_protocols/usb/libusb_bus.h"

namespace usb {

std::unique_ptr<UsbBus> systemUsbBus()
{
    return LibusbBus::create();
}

} // namespace usb
