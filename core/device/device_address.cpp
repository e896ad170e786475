// SPDX-License-Identifier: Apache-2.0
#include "core/device/device_address.h"

#include <QUrlQuery>

#include <array>

namespace core {

namespace {

struct Scheme {
    DeviceAddress::Link link;
    const char *name;
};

constexpr std::array kSchemes{
    Scheme{DeviceAddress::Link::Serial, "serial"}, Scheme{DeviceAddress::Link::Unix, "unix"},
    Scheme{DeviceAddress::Link::Udp, "udp"},       Scheme{DeviceAddress::Link::Ble, "ble"},
    Scheme{DeviceAddress::Link::Usb, "usb"},
};

constexpr int kDefaultBaud = 115200;
constexpr int kHighestBaud = 12'000'000; // What the fastest USB serial converters offer.

Result<int> baudOf(const QString &options)
{
    const QUrlQuery query(options);
    if (!query.hasQueryItem(QStringLiteral("baud")))
        return kDefaultBaud;
    bool isNumber = false;
    const int baud = query.queryItemValue(QStringLiteral("baud")).toInt(&isNumber);
    if (!isNumber || baud <= 0 || baud > kHighestBaud)
        return fail(ErrorKind::NoSuchDevice, QStringLiteral("\"%1\" is not a baud rate").arg(options));
    return baud;
}

Result<DeviceAddress> parseSerial(const QString &rest)
{
    const Result<int> baud = baudOf(rest.section(u'?', 1));
    if (!baud)
        return passOn(baud.error());
    return DeviceAddress{DeviceAddress::Link::Serial, rest.section(u'?', 0, 0), *baud};
}

} // namespace

Result<DeviceAddress> parseAddress(const QString &text)
{
    for (const Scheme &scheme : kSchemes) {
        const QString prefix = QLatin1String(scheme.name) + u':';
        if (!text.startsWith(prefix) || text.size() == prefix.size())
            continue;
        const QString rest = text.mid(prefix.size());
        if (scheme.link == DeviceAddress::Link::Serial)
            return parseSerial(rest);
        return DeviceAddress{scheme.link, rest, kDefaultBaud};
    }
    return fail(
        ErrorKind::NoSuchDevice,
        QStringLiteral("\"%1\" is neither a unit that was found nor an address like serial:/dev/ttyACM0 "
                       "or unix:/path/socket")
            .arg(text));
}

QString toText(const DeviceAddress &address)
{
    for (const Scheme &scheme : kSchemes) {
        if (scheme.link != address.link)
            continue;
        const QString text = QLatin1String(scheme.name) + u':' + address.target;
        const bool tellsBaud = address.link == DeviceAddress::Link::Serial && address.baud != kDefaultBaud;
        return tellsBaud ? text + QStringLiteral("?baud=%1").arg(address.baud) : text;
    }
    Q_UNREACHABLE();
}

} // namespace core
