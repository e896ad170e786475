// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "device_protocols/usb/usb_device.h"

#include <QList>

namespace usb {

/// bDescriptorType (USB 2.0, table 9-5).
enum class DescriptorType : quint8 { Device = 1, Configuration = 2, String = 3, Interface = 4 };

/// One descriptor where it stands; borrows its bytes.
struct Descriptor {
    quint8 type = 0;
    QByteArrayView bytes; // with its length and its type

    bool is(DescriptorType wanted) const { return type == quint8(wanted); }
};

/// The descriptors of a configuration, one after the other. Ends at the first that cannot be one: shorter
/// than its own head, or reaching beyond the end.
QList<Descriptor> descriptorsIn(QByteArrayView configuration);

/// A string descriptor in the device's first language (USB 2.0, section 9.6.7); empty for index 0. Whatever
/// follows a zero is dropped, and so are characters that no text has. MalformedReply for what is no string.
core::Task<QString> readString(UsbDevice &device, quint8 index, core::Clock &clock);

/// The text of a string descriptor. MalformedReply.
core::Result<QString> stringIn(QByteArrayView descriptor);

} // namespace usb
