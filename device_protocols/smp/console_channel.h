// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "device_protocols/smp/console_framing.h"
#include "device_protocols/transport/byte_stream.h"
#include "device_protocols/transport/frame_channel.h"

#include <QQueue>

namespace smp {

/// SMP packets over a byte stream that is also the device's console. Owns the stream.
class ConsoleChannel final : public transport::FrameChannel
{
public:
    explicit ConsoleChannel(std::unique_ptr<transport::ByteStream> stream) : m_stream(std::move(stream)) { }

    core::Task<core::Done> open() override;
    core::Task<core::Done> send(QByteArray frame) override;
    core::Task<QByteArray> receive() override;
    void close() override;
    core::Task<core::Done> sendText(QByteArray text) override;
    void showTextTo(TextSink sink) override { m_onText = std::move(sink); }
    int bytesAddedToBuffer() const override;
    std::optional<std::chrono::microseconds> timeOnLine(qsizetype bytes) const override;

private:
    std::unique_ptr<transport::ByteStream> m_stream;
    TextSink m_onText;
    ConsoleReader m_reader;
    QQueue<QByteArray> m_packets;
};

} // namespace smp
