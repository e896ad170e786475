// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/async/mailbox.h"
#include "device_protocols/transport/byte_stream.h"

#include <QIODevice>

namespace transport {

/// What the streams over a QIODevice share: waking the reader, and remembering why the link went.
///
/// Nothing is read ahead of the reader, so a device that talks to nobody fills the system's buffer and not
/// our memory.
class IoDeviceStream : public ByteStream
{
public:
    core::Task<core::Done> send(QByteArray bytes) override;
    core::Task<QByteArray> receive() override;
    void close() override;

protected:
    /// Once, by the constructor of the derived class, which owns `device`.
    void watch(QIODevice &device);

    /// Hands what was written to the system at once, as far as it takes it; Qt would do it from the event
    /// loop, a turn later, while the line is idle.
    virtual void flush() = 0;

    void linkOpened();
    /// The first reason counts. What has arrived can still be read, also after the device is closed.
    void linkLost(const QString &why);
    bool isLinkOpen() const { return m_isOpen; }

private:
    void wakeReader();

    QIODevice *m_device = nullptr;
    core::Mailbox<core::Done> m_bell; // rings once for any number of arrivals
    QByteArray m_lastWords; // what had arrived when the link went
    bool m_isOpen = false;
    QString m_whyLost = QStringLiteral("the link was never opened");
};

} // namespace transport
