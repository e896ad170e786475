// SPDX-License-Identifier: Apache-2.0
#include "core/device/device_address.h"

#include <QRegularExpression>
#include <QStringList>
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
constexpr int kSmpPort = 1337; // Zephyr, CONFIG_MCUMGR_TRANSPORT_UDP_PORT
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

Result<DeviceAddress::Framing> framingOf(const QString &options)
{
    const QString framing = QUrlQuery(options).queryItemValue(QStringLiteral("framing"));
    if (framing.isEmpty() || framing == QLatin1String("console"))
        return DeviceAddress::Framing::Console;
    if (framing == QLatin1String("raw"))
        return DeviceAddress::Framing::Raw;
    return fail(ErrorKind::NoSuchDevice, QStringLiteral("\"%1\" is neither console nor raw").arg(framing));
}

Result<DeviceAddress> parseSerial(const QString &rest)
{
    const Result<int> baud = baudOf(rest.section(u'?', 1));
    const Result<DeviceAddress::Framing> framing = framingOf(rest.section(u'?', 1));
    if (!baud || !framing)
        return passOn(baud ? framing.error() : baud.error());
    return DeviceAddress{DeviceAddress::Link::Serial, rest.section(u'?', 0, 0), *baud, *framing};
}

/// `HOST`, `HOST:PORT`, and for numbers of IPv6, which have colons of their own, `[HOST]:PORT`.
Result<DeviceAddress> parseUdp(const QString &rest)
{
    static const QRegularExpression form(
        QStringLiteral(R"(^(?:\[([^\[\]]+)\]|([^:\[\]]+))(?::(\d{1,5}))?$)"));
    const QRegularExpressionMatch match = form.match(rest);
    const int port = match.captured(3).isEmpty() ? kSmpPort : match.captured(3).toInt();
    if (!match.hasMatch() || port < 1 || port > 65535)
        return fail(ErrorKind::NoSuchDevice,
                    QStringLiteral("\"%1\" is not of the form HOST:PORT or [HOST]:PORT").arg(rest));
    const QString host = match.captured(1).isEmpty() ? match.captured(2) : match.captured(1);
    return DeviceAddress{.link = DeviceAddress::Link::Udp, .target = host, .port = port};
}

QString serialOptions(const DeviceAddress &address)
{
    QStringList options;
    if (address.baud != kDefaultBaud)
        options.append(QStringLiteral("baud=%1").arg(address.baud));
    if (address.framing == DeviceAddress::Framing::Raw)
        options.append(QStringLiteral("framing=raw"));
    return options.isEmpty() ? QString() : u'?' + options.join(u'&');
}

QString udpText(const DeviceAddress &address)
{
    const bool isNumber = address.target.contains(u':');
    return QStringLiteral("udp:%1:%2")
        .arg(isNumber ? u'[' + address.target + u']' : address.target)
        .arg(address.port);
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
        if (scheme.link == DeviceAddress::Link::Udp)
            return parseUdp(rest);
        return DeviceAddress{scheme.link, rest, kDefaultBaud};
    }
    return fail(
        ErrorKind::NoSuchDevice,
        QStringLiteral("\"%1\" is neither a unit that was found nor an address like serial:/dev/ttyACM0, "
                       "udp:HOST or unix:/path/socket")
            .arg(text));
}

QString toText(const DeviceAddress &address)
{
    for (const Scheme &scheme : kSchemes) {
        if (scheme.link != address.link)
            continue;
        if (address.link == DeviceAddress::Link::Udp)
            return udpText(address);
        const QString text = QLatin1String(scheme.name) + u':' + address.target;
        return address.link == DeviceAddress::Link::Serial ? text + serialOptions(address) : text;
    }
    Q_UNREACHABLE();
}

} // namespace core
