// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QList>
#include <QMetaType>
#include <QString>
#include <QStringList>

#include <optional>

namespace core {

/// The vendor's and product's id of a USB device descriptor (USB 2.0, table 9-8: idVendor, idProduct).
struct UsbIds {
    quint16 vendor = 0;
    quint16 product = 0;

    friend bool operator==(const UsbIds &, const UsbIds &) = default;
};

QString toText(const UsbIds &ids); // "2fe3:0100"

/// A serial port as the system sees it, before anybody has opened it. Texts are empty where the system does
/// not say. A value.
struct Port {
    QString location; // "/dev/ttyACM0", "COM7": what is opened
    std::optional<UsbIds> usb; // none for a port that is not on USB
    QString serialNumber; // of the USB device or adapter
    QString maker;
    QString product;
    QString topology; // the USB device's place, "1-4.2": it stays while the plug stays
    QString interface; // of the USB device, "00": tells the ports of one device apart

    friend bool operator==(const Port &, const Port &) = default;
};

/// How a port is called where its USB serial number is unique, or is not: by that number, or by its place on
/// the bus as well, "0001@usb-1-4.2". Empty when the bus tells neither.
enum class SerialNumber { Unique, Shared };
QString nameOf(const Port &port, SerialNumber serial);

/// A name for each port, as stable as the bus allows: the USB serial number, which stays wherever the unit is
/// plugged in; or its place on the bus, "usb-1-4.2", when it has no serial number; or both, when it shares it
/// with another port, and the interface as well where that does not do. Empty when the system tells none of
/// it. In the order of the ports.
QStringList namesOf(const QList<Port> &ports);

/// The names of the ports that are there, as namesOf(); a port keeps its own for as long as it stays,
/// whatever comes beside it.
class PortNames
{
public:
    QStringList of(const QList<Port> &ports);

private:
    QList<std::pair<Port, QString>> m_given;
};

} // namespace core

Q_DECLARE_METATYPE(core::Port)
