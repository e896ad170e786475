// SPDX-License-Identifier: Apache-2.0
#include "app/wiring/smp_unit.h"

#include "device_protocols/smp/console_channel.h"
#include "device_protocols/smp/smp_driver.h"
#include "device_protocols/transport/serial_stream.h"
#include "device_protocols/transport/unix_stream.h"

#include <QSerialPortInfo>

namespace wiring {

namespace {

core::Result<std::unique_ptr<transport::ByteStream>> streamTo(const core::DeviceAddress &address)
{
    using Link = core::DeviceAddress::Link;
    std::unique_ptr<transport::ByteStream> stream;
    if (address.link == Link::Unix)
        stream = std::make_unique<transport::UnixStream>(address.target);
    if (address.link == Link::Serial)
        stream = std::make_unique<transport::SerialStream>(
            transport::SerialSettings{.port = address.target, .baud = address.baud});
    if (!stream)
        return core::fail(core::ErrorKind::Unsupported,
                          QStringLiteral("%1: only serial ports and unix sockets can be opened yet")
                              .arg(core::toText(address)));
    return stream;
}

QString usbSerialOf(const core::DeviceAddress &address)
{
    const bool isPort = address.link == core::DeviceAddress::Link::Serial;
    return isPort ? QSerialPortInfo(address.target).serialNumber() : QString();
}

} // namespace

core::Task<std::unique_ptr<core::Driver>> openSmpUnit(core::FoundUnit unit, core::Clock &clock)
{
    std::unique_ptr<transport::ByteStream> stream = co_await streamTo(unit.address);
    auto channel = std::make_unique<smp::ConsoleChannel>(std::move(stream));
    smp::SmpDriver::Unit who{unit.name, unit.address, usbSerialOf(unit.address)};
    auto driver = std::make_unique<smp::SmpDriver>(std::move(who), std::move(channel), clock);
    const core::Result<core::Done> opened = co_await core::attempt(driver->open());
    if (!opened && opened.error().kind == core::ErrorKind::Disconnected) // Nothing is under that address.
        co_return core::fail(core::ErrorKind::NoSuchDevice, core::Reason::NoSuchDevice,
                             opened.error().detail);
    if (!opened)
        co_return core::passOn(opened.error());
    co_return std::unique_ptr<core::Driver>(std::move(driver));
}

} // namespace wiring
