// SPDX-License-Identifier: Apache-2.0
#include "device_protocols/smp/open_unit.h"

#include "device_protocols/smp/console_channel.h"
#include "device_protocols/smp/smp_driver.h"
#include "device_protocols/transport/make_stream.h"

#include <QSerialPortInfo>

namespace smp {

namespace {

QString usbSerialOf(const core::DeviceAddress &address)
{
    if (address.link != core::DeviceAddress::Link::Serial)
        return {};
    for (const QSerialPortInfo &port : QSerialPortInfo::availablePorts())
        if (port.systemLocation() == address.target || port.portName() == address.target)
            return port.serialNumber();
    return {};
}

} // namespace

core::Task<std::unique_ptr<core::Driver>> openUnit(core::FoundUnit unit, core::Clock &clock,
                                                   std::function<void(QByteArray)> onConsoleText)
{
    std::unique_ptr<transport::ByteStream> stream = co_await transport::makeStream(unit.address);
    auto channel = std::make_unique<ConsoleChannel>(std::move(stream), std::move(onConsoleText));
    SmpDriver::Unit named{unit.name, unit.address, usbSerialOf(unit.address)};
    auto driver = std::make_unique<SmpDriver>(std::move(named), std::move(channel), clock);
    co_await driver->open();
    co_return std::unique_ptr<core::Driver>(std::move(driver));
}

} // namespace smp
