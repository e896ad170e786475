// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "device_protocols/smp/raw_framing.h"
#include "device_protocols/transport/byte_stream.h"
#include "device_protocols/transport/frame_channel.h"

#include <QQueue>

namespace smp {

/// SMP packets bare on a byte stream, without console and without check sums. Owns the stream.
class RawChannel final : public transport::FrameChannel
{
public:
    explicit RawChannel(std::unique_ptr<transport::ByteStream> stream) : m_stream(std::move(stream)) { }

    core::Task<core::Done> open() override;
    core::Task<core::Done> send(QByteArray frame) override;
    core::Task<QByteArray> receive() override;
    void close() override;

    /// Servers drop a half request after 3 s without a byte (Zephyr,
    /// MCUMGR_TRANSPORT_RAW_UART_INPUT_TIMEOUT_TIME_MS; MCUboot).
    core::Milliseconds quietAfterTrouble() const override { return core::Milliseconds(3'100); }
    void forgetHalfFrames() override { m_reader.reset(); }
    std::optional<std::chrono::microseconds> timeOnLine(qsizetype bytes) const override;

private:
    std::unique_ptr<transport::ByteStream> m_stream;
    RawReader m_reader;
    QQueue<QByteArray> m_packets;
};

} // namespace smp
