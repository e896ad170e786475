// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/async/task.h"

#include <QByteArray>

#include <optional>

namespace transport {

/// An ordered stream of bytes to and from one device: a serial port, a pty, a socket.
///
/// Owned by whoever constructs it, outlives the tasks it hands out, lives on the device thread. One reader at
/// a time. It frames nothing, retries nothing and times nothing: callers compose `core::within` around it.
class ByteStream
{
public:
    ByteStream() = default;
    virtual ~ByteStream() = default;
    Q_DISABLE_COPY_MOVE(ByteStream)

    /// Opens the link, or opens it anew: what the old link had left unread is dropped. TransportFailed with
    /// the system's reason when it cannot; Disconnected when there is nothing under that address.
    virtual core::Task<core::Done> open() = 0;

    /// Hands `bytes` to the system in one piece: bytes of two calls are never mixed. Does not wait until they
    /// are on the wire.
    virtual core::Task<core::Done> send(QByteArray bytes) = 0;

    /// At least one byte, as soon as there is one. Disconnected to whoever waits when the link goes, and to
    /// everyone afterwards until it is opened again.
    virtual core::Task<QByteArray> receive() = 0;

    /// Ends the link; a waiting reader gets Disconnected.
    virtual void close() = 0;

    /// What the line was set to carry each way; nothing where it has no such speed. USB's serial ports carry
    /// more than they were set to.
    virtual std::optional<int> bytesPerSecond() const { return std::nullopt; }
};

} // namespace transport
