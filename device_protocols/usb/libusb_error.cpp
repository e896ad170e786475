// SPDX-License-Identifier: Apache-2.0
#include "device_protocols/usb/libusb_error.h"

#include "device_protocols/usb/usb_device.h"

#include <libusb-1.0/libusb.h>

namespace usb {

using core::Error;
using core::ErrorKind;
using core::Reason;

Error errorOf(int code, const char *during)
{
    const QString detail =
        QStringLiteral("%1: %2").arg(QLatin1String(during), QLatin1String(libusb_strerror(code)));
    switch (code) {
    case LIBUSB_ERROR_NO_DEVICE:
    case LIBUSB_ERROR_NOT_FOUND: // of a reset: it comes back as another device
        return {ErrorKind::Disconnected, detail};
    case LIBUSB_ERROR_ACCESS:
        return {ErrorKind::TransportFailed, detail, Reason::NotPermitted};
    case LIBUSB_ERROR_BUSY:
        return {ErrorKind::TransportFailed, detail, Reason::DeviceInUse};
    case LIBUSB_ERROR_NOT_SUPPORTED: // Windows: another driver than WinUSB, or none
        return {ErrorKind::TransportFailed, detail, Reason::DriverMissing};
    case LIBUSB_ERROR_PIPE:
        return {ErrorKind::RefusedByDevice, detail, {}, kStall};
    case LIBUSB_ERROR_TIMEOUT:
        return {ErrorKind::TimedOut, detail};
    default:
        return {ErrorKind::TransportFailed, detail};
    }
}

Error errorOfStatus(int status)
{
    switch (status) {
    case LIBUSB_TRANSFER_STALL:
        return {ErrorKind::RefusedByDevice, QStringLiteral("the device stalled the request"), {}, kStall};
    case LIBUSB_TRANSFER_NO_DEVICE:
        return {ErrorKind::Disconnected, QStringLiteral("the device has left the bus")};
    case LIBUSB_TRANSFER_OVERFLOW:
        return {ErrorKind::MalformedReply, QStringLiteral("the device sent more than was asked for")};
    case LIBUSB_TRANSFER_TIMED_OUT:
        return {ErrorKind::TimedOut, QStringLiteral("the device did not answer")};
    case LIBUSB_TRANSFER_CANCELLED:
        return {ErrorKind::TransportFailed, QStringLiteral("the system has taken the transfer back")};
    default:
        return {ErrorKind::TransportFailed, QStringLiteral("the transfer was disturbed")};
    }
}

} // namespace usb
