// SPDX-License-Identifier: Apache-2.0
#include "app/wiring/smp_unit.h"

#include "device_protocols/smp/console_channel.h"
#include "device_protocols/smp/raw_channel.h"
#include "device_protocols/smp/smp_driver.h"
#include "device_protocols/transport/serial_stream.h"
#include "device_protocols/transport/udp_channel.h"
#include "device_protocols/transport/unix_stream.h"

#include <QSerialPortInfo>

namespace wiring {

namespace {

// A local socket or port opens at once or never; a name on the network takes its servers a moment.
constexpr core::Milliseconds kOpening{5'000};

std::unique_ptr<transport::FrameChannel> onSerialPort(const core::DeviceAddress &address)
{
    auto stream = std::make_unique<transport::SerialStream>(
        transport::SerialSettings{.port = address.target, .baud = address.baud});
    if (address.framing == core::DeviceAddress::Framing::Raw)
        return std::make_unique<smp::RawChannel>(std::move(stream));
    return std::make_unique<smp::ConsoleChannel>(std::move(stream));
}

core::Result<std::unique_ptr<transport::FrameChannel>> channelTo(const core::DeviceAddress &address)
{
    using Link = core::DeviceAddress::Link;
    switch (address.link) {
    case Link::Serial:
        return onSerialPort(address);
    case Link::Unix:
        return std::make_unique<smp::ConsoleChannel>(std::make_unique<transport::UnixStream>(address.target));
    case Link::Udp:
        return std::make_unique<transport::UdpChannel>(address.target, quint16(address.port));
    case Link::Ble:
    case Link::Usb:
        break;
    }
    return core::fail(core::ErrorKind::Unsupported,
                      QStringLiteral("%1: only serial ports, UDP and unix sockets can be opened yet")
                          .arg(core::toText(address)));
}

QString usbSerialOf(const core::DeviceAddress &address)
{
    const bool isPort = address.link == core::DeviceAddress::Link::Serial;
    return isPort ? QSerialPortInfo(address.target).serialNumber() : QString();
}

/// Nothing under that address: what was asked for is not there.
core::Error named(core::Error error)
{
    if (error.kind == core::ErrorKind::Disconnected)
        return {core::ErrorKind::NoSuchDevice, error.detail, core::Reason::NoSuchDevice};
    return error;
}

} // namespace

core::Task<std::unique_ptr<core::Driver>> openSmpUnit(core::FoundUnit unit, core::Clock &clock)
{
    std::unique_ptr<transport::FrameChannel> channel = co_await channelTo(unit.address);
    smp::SmpDriver::Unit who{unit.name, unit.address, usbSerialOf(unit.address)};
    auto driver = std::make_unique<smp::SmpDriver>(std::move(who), std::move(channel), clock);
    const core::Result<core::Done> opened = co_await core::attempt(driver->open());
    if (!opened)
        co_return core::passOn(named(opened.error()));
    co_return std::unique_ptr<core::Driver>(std::move(driver));
}

core::Task<std::unique_ptr<smp::Client>> openSmpClient(core::FoundUnit unit, core::Clock &clock,
                                                       std::function<void(QByteArray)> onText)
{
    std::unique_ptr<transport::FrameChannel> channel = co_await channelTo(unit.address);
    auto client = std::make_unique<smp::Client>(std::move(channel), clock);
    client->showTextTo(std::move(onText));
    const core::Result<core::Done> opened =
        co_await core::attempt(core::within(kOpening, clock, client->open()));
    if (!opened)
        co_return core::passOn(named(opened.error()));
    co_return std::move(client);
}

} // namespace wiring
