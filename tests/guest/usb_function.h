// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <vector>

namespace guest {

using Bytes = std::vector<uint8_t>;

/// A descriptor of <linux/usb/ch9.h> or <linux/usb/cdc.h>; those of endpoints are longer there than on the
/// wire.
template<class Descriptor>
Bytes bytesOf(const Descriptor &descriptor, size_t size = sizeof(Descriptor))
{
    Bytes bytes(size);
    std::memcpy(bytes.data(), &descriptor, size);
    return bytes;
}

/// A control request (USB 2.0, 9.3), with what the computer sends along.
struct Request {
    uint8_t type = 0;
    uint8_t code = 0;
    uint16_t value = 0;
    uint16_t index = 0;
    uint16_t length = 0;
    Bytes sent = {};
};

/// What the device descriptor and the strings say.
struct UsbIdentity {
    uint16_t vendor = 0x2fe3;
    uint16_t product = 0x0100;
    std::string maker = "Zephyr Project";
    std::string title = "Lamp";
    std::string serial = {};
};

/// What a USB device does beside being one: its interfaces, their requests and endpoints.
class UsbFunction
{
public:
    virtual ~UsbFunction() = default;

    virtual uint8_t deviceClass() const { return 0; } // 0: each interface has its own
    virtual uint8_t interfaceCount() const { return 1; }
    /// The interfaces' descriptors, with those of their class and endpoints, as they stand in the
    /// configuration.
    virtual Bytes interfaces() const = 0;

    /// A request of a class or of the maker; nothing stalls it.
    virtual std::optional<Bytes> answer(const Request &request) = 0;

    /// What the function waits for beside the computer, for poll(2); -1 when it waits for nothing.
    virtual int source() const { return -1; }
    /// How many of these bytes from the computer are taken now. The rest is offered again when source() is
    /// writable.
    virtual size_t take([[maybe_unused]] int endpoint, const uint8_t *, size_t size) { return size; }
    /// What the endpoint has for the computer; asked again when source() is readable.
    virtual std::optional<Bytes> give([[maybe_unused]] int endpoint, [[maybe_unused]] size_t most)
    {
        return {};
    }
};

} // namespace guest
