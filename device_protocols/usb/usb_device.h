// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/async/clock.h"
#include "core/device/port.h"

#include <QByteArray>

namespace usb {

/// What the system knows of a device before anybody has opened it. Texts are empty where it does not say. A
/// value.
struct DeviceFacts {
    QString place; // number of the bus and the ports of its hubs, "1-4.2": it stays while the plug stays
    int address = 0; // another one after each enumeration: a device that restarted is told by it
    core::UsbIds ids;
    quint16 release = 0; // bcdDevice
    QByteArray configuration; // the active one with all that belongs to it (USB 2.0, section 9.6.3)
    QString serialNumber;
    QString maker;
    QString product;

    friend bool operator==(const DeviceFacts &, const DeviceFacts &) = default;
};

/// The fixed part of a control transfer without its length (USB 2.0, section 9.3).
struct Setup {
    quint8 type = 0; // bmRequestType
    quint8 request = 0; // bRequest
    quint16 value = 0; // wValue
    quint16 index = 0; // wIndex
};

/// One open device. Closed when it is destroyed, which withdraws what is under way.
///
/// Lives on the device thread and outlives the tasks it hands out. Retries nothing and times nothing: callers
/// compose `core::within` around a task, and destroying one takes its transfer back. Errors of every task:
/// Disconnected once the device has left the bus, RefusedByDevice with kStall for a request that it does not
/// take, TransportFailed with the system's words for the rest.
class UsbDevice
{
public:
    UsbDevice() = default;
    virtual ~UsbDevice() = default;
    Q_DISABLE_COPY_MOVE(UsbDevice)

    virtual const DeviceFacts &facts() const = 0;

    /// A control transfer to the device, at most 4096 bytes: more does not pass through every system.
    virtual core::Task<core::Done> send(Setup setup, QByteArray data) = 0;

    /// A control transfer from the device: at most `length` bytes, fewer when the device has no more.
    virtual core::Task<QByteArray> ask(Setup setup, quint16 length) = 0;

    /// Takes an interface for this program alone. TransportFailed with DEVICE_IN_USE, and who has it.
    virtual core::Task<core::Done> claim(quint8 interface) = 0;

    /// Of an interface that was claimed.
    virtual core::Task<core::Done> select(quint8 interface, quint8 alternate) = 0;

    /// A bus reset. Done when the device is still the same; Disconnected when it comes back as another one.
    virtual core::Task<core::Done> reset() = 0;
};

/// The code of a STALL: "this is not for me" (USB 2.0, section 8.5.3.4). Its group is none of a protocol's.
constexpr core::DeviceCode kStall{0x05b0, 0};

inline bool isStall(const core::Error &error)
{
    return error.deviceCode == kStall;
}

} // namespace usb
