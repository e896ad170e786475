// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/discovery/unit_trail.h"
#include "device_protocols/transport/byte_stream.h"

#include <functional>
#include <memory>

namespace transport {

/// The serial link of one unit, whatever its port is called: each open() goes where the unit's trail leads.
/// What opens under another product id gets the settings of that id.
class FollowingStream final : public ByteStream
{
public:
    /// The stream for a port; never null.
    using Maker = std::function<std::unique_ptr<ByteStream>(const core::Port &)>;

    FollowingStream(std::shared_ptr<core::UnitTrail> trail, Maker makeStream);
    ~FollowingStream() override;

    /// Disconnected while the unit is away, AmbiguousDevice as its trail says; otherwise as SerialStream.
    core::Task<core::Done> open() override;
    core::Task<core::Done> send(QByteArray bytes) override;
    core::Task<QByteArray> receive() override;
    void close() override;
    std::optional<int> bytesPerSecond() const override;

private:
    std::shared_ptr<core::UnitTrail> m_trail;
    Maker m_makeStream;
    std::optional<core::Port> m_port; // that m_stream goes to
    std::unique_ptr<ByteStream> m_stream;
    std::unique_ptr<ByteStream> m_retired; // its last reader may not have woken yet
};

} // namespace transport
