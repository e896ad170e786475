// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "device_protocols/transport/frame_channel.h"

#include <functional>
#include <memory>

namespace transport {

/// Writes down what goes over another channel, which it owns, in the form of tests/sessions: `>` what the
/// host sent, `<` what the device sent, in hex, `!` an end of the link, and `@ +Nms` where nothing happened
/// for longer than 100 ms. A report from the field can so become a test.
class RecordingChannel final : public FrameChannel
{
public:
    using LineSink = std::function<void(QString)>;

    RecordingChannel(std::unique_ptr<FrameChannel> channel, core::Clock &clock, LineSink write);

    core::Task<core::Done> open() override;
    core::Task<core::Done> send(QByteArray frame) override;
    core::Task<QByteArray> receive() override;
    void close() override;
    core::Task<core::Done> sendText(QByteArray text) override { return m_channel->sendText(std::move(text)); }
    void showTextTo(TextSink sink) override { m_channel->showTextTo(std::move(sink)); }
    core::Milliseconds quietAfterTrouble() const override { return m_channel->quietAfterTrouble(); }
    void forgetHalfFrames() override { m_channel->forgetHalfFrames(); }
    int largestFrame() const override { return m_channel->largestFrame(); }
    int bytesAddedToBuffer() const override { return m_channel->bytesAddedToBuffer(); }
    std::optional<std::chrono::microseconds> timeOnLine(qsizetype bytes) const override
    {
        return m_channel->timeOnLine(bytes);
    }

private:
    void note(QChar mark, const QString &what);

    std::unique_ptr<FrameChannel> m_channel;
    core::Clock &m_clock;
    LineSink m_write;
    core::Milliseconds m_lastNote;
};

} // namespace transport
