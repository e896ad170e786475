// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "device_protocols/usb/usb_bus.h"

namespace usb {

/// The bus of this operating system: libusb with its hot-plug on Linux and macOS. Null where there is no back
/// end yet (Windows: libusb has no hot-plug there, so that CM_Register_Notification has to tell of devices
/// with the WinUSB interface, and libusb or WinUSB to open them), and where libusb cannot be used.
std::unique_ptr<UsbBus> systemUsbBus();

} // namespace usb
