// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "device_protocols/transport/io_device_stream.h"

#include <QLocalSocket>

namespace transport {

/// A unix socket: a virtual device, or the serial line of an emulated machine.
class UnixStream final : public IoDeviceStream
{
public:
    /// `path` of the socket that the device listens on.
    explicit UnixStream(QString path);
    ~UnixStream() override;

    core::Task<core::Done> open() override;

private:
    void flush() override { m_socket.flush(); }
    void report();

    QString m_path;
    QLocalSocket m_socket;
    core::Mailbox<core::Done> m_opening;
};

} // namespace transport
