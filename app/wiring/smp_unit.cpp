// SPDX-License-Identifier: Apache-2.0
#include "app/wiring/smp_unit.h"

#include "app/wiring/link_record.h"
#include "device_protocols/smp/console_channel.h"
#include "device_protocols/smp/raw_channel.h"
#include "device_protocols/smp/smp_driver.h"
#include "device_protocols/transport/following_stream.h"
#include "device_protocols/transport/serial_stream.h"
#include "device_protocols/transport/udp_channel.h"
#include "device_protocols/transport/unix_stream.h"

namespace wiring {

namespace {

using core::DeviceAddress;
using transport::ByteStream;
using transport::FrameChannel;

// A local socket or port opens at once or never; a name on the network takes its servers a moment.
constexpr core::Milliseconds kOpening{5'000};

transport::SerialSettings settingsOf(const QString &location, int baud, const core::DeviceProfile *profile)
{
    transport::SerialSettings settings{.port = location, .baud = baud};
    if (profile) {
        settings.dtr = profile->dtr;
        settings.rts = profile->rts;
    }
    return settings;
}

/// On the port that the address names the address has the say in the speed; where the unit comes back as
/// another product, its profile has.
transport::FollowingStream::Maker portOpener(const core::FoundUnit &unit, const core::ProfileBook &profiles)
{
    return [unit, profiles](const core::Port &port) {
        const core::DeviceProfile *profile = profiles.profileFor(port);
        const bool isSameProduct = port.usb == unit.attachment->port.usb;
        const int baud = isSameProduct || !profile ? unit.address.baud : profile->baud;
        return std::make_unique<transport::SerialStream>(settingsOf(port.location, baud, profile));
    };
}

std::unique_ptr<ByteStream> onSerialPort(const core::FoundUnit &unit, const core::ProfileBook &profiles,
                                         const std::shared_ptr<core::UnitTrail> &trail)
{
    if (trail)
        return std::make_unique<transport::FollowingStream>(trail, portOpener(unit, profiles));
    return std::make_unique<transport::SerialStream>(
        settingsOf(unit.address.target, unit.address.baud, nullptr));
}

std::unique_ptr<FrameChannel> framed(std::unique_ptr<ByteStream> stream, DeviceAddress::Framing framing)
{
    if (framing == DeviceAddress::Framing::Raw)
        return std::make_unique<smp::RawChannel>(std::move(stream));
    return std::make_unique<smp::ConsoleChannel>(std::move(stream));
}

core::Result<std::unique_ptr<FrameChannel>> bareChannelTo(const core::FoundUnit &unit, const LinkTools &tools,
                                                          const std::shared_ptr<core::UnitTrail> &trail)
{
    const DeviceAddress &address = unit.address;
    switch (address.link) {
    case DeviceAddress::Link::Serial:
        return framed(onSerialPort(unit, tools.profiles, trail), address.framing);
    case DeviceAddress::Link::Unix:
        return framed(std::make_unique<transport::UnixStream>(address.target), address.framing);
    case DeviceAddress::Link::Udp:
        return std::make_unique<transport::UdpChannel>(address.target, quint16(address.port));
    case DeviceAddress::Link::Ble:
    case DeviceAddress::Link::Usb:
        break;
    }
    return core::fail(core::ErrorKind::Unsupported,
                      QStringLiteral("%1: only serial ports, UDP and unix sockets can be opened yet")
                          .arg(core::toText(address)));
}

/// With a recorder in it where one is asked for.
core::Result<std::unique_ptr<FrameChannel>> channelTo(const core::FoundUnit &unit, const LinkTools &tools,
                                                      const std::shared_ptr<core::UnitTrail> &trail)
{
    core::Result<std::unique_ptr<FrameChannel>> channel = bareChannelTo(unit, tools, trail);
    if (!channel || tools.recordFile.isEmpty())
        return channel;
    return recorded(*std::move(channel), {tools.recordFile, unit.name, unit.address}, tools.clock);
}

std::shared_ptr<core::UnitTrail> trailOf(const core::FoundUnit &unit, const LinkTools &tools)
{
    return unit.attachment ? std::make_shared<core::UnitTrail>(tools.monitor, unit.attachment->port)
                           : nullptr;
}

/// Nothing under that address: what was asked for is not there.
core::Error named(core::Error error)
{
    if (error.kind == core::ErrorKind::Disconnected)
        return {core::ErrorKind::NoSuchDevice, error.detail, core::Reason::NoSuchDevice};
    return error;
}

} // namespace

core::Task<std::unique_ptr<core::Driver>> openSmpUnit(core::FoundUnit unit, LinkTools tools)
{
    const std::shared_ptr<core::UnitTrail> trail = trailOf(unit, tools);
    std::unique_ptr<FrameChannel> channel = co_await channelTo(unit, tools, trail);
    smp::SmpDriver::Unit who{unit.name, unit.address, unit.attachment, trail};
    auto driver = std::make_unique<smp::SmpDriver>(std::move(who), std::move(channel), tools.clock);
    const core::Result<core::Done> opened = co_await core::attempt(driver->open());
    if (!opened)
        co_return core::passOn(named(opened.error()));
    co_return std::unique_ptr<core::Driver>(std::move(driver));
}

core::Task<std::unique_ptr<smp::Client>> openSmpClient(core::FoundUnit unit, LinkTools tools,
                                                       std::function<void(QByteArray)> onText)
{
    std::unique_ptr<FrameChannel> channel = co_await channelTo(unit, tools, trailOf(unit, tools));
    auto client = std::make_unique<smp::Client>(std::move(channel), tools.clock);
    client->showTextTo(std::move(onText));
    const core::Result<core::Done> opened =
        co_await core::attempt(core::within(kOpening, tools.clock, client->open()));
    if (!opened)
        co_return core::passOn(named(opened.error()));
    co_return std::move(client);
}

} // namespace wiring
