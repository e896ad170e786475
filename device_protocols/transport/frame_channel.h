// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/async/clock.h"

#include <QByteArray>

#include <chrono>
#include <functional>
#include <optional>

namespace transport {

/// Carries whole frames to and from one device. Serial, BLE and UDP each have one.
///
/// Same rules as for ByteStream: one reader, no retries, no time-outs, Disconnected when the link goes.
class FrameChannel
{
public:
    FrameChannel() = default;
    virtual ~FrameChannel() = default;
    Q_DISABLE_COPY_MOVE(FrameChannel)

    /// Opens the link, or opens it anew; half-received frames are dropped.
    virtual core::Task<core::Done> open() = 0;
    virtual core::Task<core::Done> send(QByteArray frame) = 0;
    virtual core::Task<QByteArray> receive() = 0;
    virtual void close() = 0;

    /// Bytes beside the frames, where the link is a console as well; Unsupported elsewhere.
    virtual core::Task<core::Done> sendText(QByteArray)
    {
        co_return core::fail(core::ErrorKind::Unsupported, QStringLiteral("the link carries frames only"));
    }

    /// Who gets what the device prints beside the frames, in pieces as they arrive, while somebody receives.
    /// Links that carry frames only have nothing for it.
    using TextSink = std::function<void(QByteArray)>;
    virtual void showTextTo(TextSink) { }

    /// How long nobody may send before both ends are at the start of a frame again, once something went
    /// wrong. 0 where frames mark their beginning, and nothing needs to be waited for.
    virtual core::Milliseconds quietAfterTrouble() const { return core::Milliseconds(0); }
    /// Forgets what was received of a frame that has not ended, as after such a silence.
    virtual void forgetHalfFrames() { }

    /// The largest frame that the link carries. Bytes.
    virtual int largestFrame() const { return 65535; }

    /// Bytes that the framing occupies, besides the frame itself, in the device's receive buffer.
    virtual int bytesAddedToBuffer() const { return 0; }

    /// How long a frame of `bytes` occupies the line, with its framing; nothing where the line's speed is not
    /// known.
    virtual std::optional<std::chrono::microseconds> timeOnLine(qsizetype /*bytes*/) const
    {
        return std::nullopt;
    }
};

} // namespace transport
