// SPDX-License-Identifier: Apache-2.0
#include "device_protocols/transport/make_stream.h"

#include "device_protocols/transport/serial_stream.h"
#include "device_protocols/transport/unix_stream.h"

namespace transport {

core::Result<std::unique_ptr<ByteStream>> makeStream(const core::DeviceAddress &address)
{
    using Link = core::DeviceAddress::Link;
    std::unique_ptr<ByteStream> stream;
    if (address.link == Link::Serial)
        stream = std::make_unique<SerialStream>(SerialSettings{.port = address.target, .baud = address.baud});
    else if (address.link == Link::Unix)
        stream = std::make_unique<UnixStream>(address.target);
    else
        return core::fail(core::ErrorKind::Unsupported,
                          QStringLiteral("%1: this kind of link is not supported").arg(toText(address)));
    return stream;
}

} // namespace transport
