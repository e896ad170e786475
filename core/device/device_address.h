// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.h"

#include <QString>

namespace core {

/// Where a unit can be reached, in the form that users type (docs/formats/addresses.md):
/// `serial:/dev/ttyACM0?baud=115200&framing=raw`, `unix:/path/socket`, `udp:HOST[:PORT]`, `ble:AA:BB:…`,
/// `usb:VID:PID[:SERIAL]`.
struct DeviceAddress {
    enum class Link { Serial, Unix, Udp, Ble, Usb };
    /// How packets lie in a stream of bytes: as lines of text between a console's, or bare.
    enum class Framing { Console, Raw };

    Link link = Link::Serial;
    QString target; // what follows the scheme, without options; of UDP the host's name or number
    int baud = 115200; // serial links only
    Framing framing = Framing::Console; // serial links only
    int port = 0; // UDP only

    friend bool operator==(const DeviceAddress &, const DeviceAddress &) = default;
};

/// NoSuchDevice when the text has no known scheme or nothing after it; the detail says which forms there are.
Result<DeviceAddress> parseAddress(const QString &text);

/// The text that parseAddress() reads back.
QString toText(const DeviceAddress &address);

} // namespace core
