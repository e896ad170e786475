// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/async/mailbox.h"
#include "device_protocols/transport/frame_channel.h"

#include <QUdpSocket>

namespace transport {

/// One frame a datagram, to and from one host and port. Datagrams get lost, are doubled and overtake each
/// other: whoever uses it repeats and tells answers apart. Nothing is encrypted, and nobody proves who they
/// are.
class UdpChannel final : public FrameChannel
{
public:
    UdpChannel(QString host, quint16 port);
    ~UdpChannel() override;

    /// Takes the host's IPv4 number where its name has one. Disconnected when the name is not known. That
    /// nobody listens shows with the first answer that does not come, or at once when the host says so.
    core::Task<core::Done> open() override;
    core::Task<core::Done> send(QByteArray frame) override;
    core::Task<QByteArray> receive() override;
    void close() override;

    /// An Ethernet frame less the headers of IPv6 and UDP: small servers do not put fragments together.
    int largestFrame() const override { return 1500 - 48; }

private:
    core::Task<core::Done> connectBy(QAbstractSocket::NetworkLayerProtocol protocol);
    void onState();
    void onError();
    void onReadyRead();
    void linkLost(const QString &why);

    QString m_host;
    quint16 m_port;
    QHostAddress m_peer; // since the first opening: the name may lead to another device later
    QUdpSocket m_socket;
    core::Mailbox<core::Done> m_opening;
    core::Mailbox<QByteArray> m_incoming; // with the error at the end
    bool m_isOpen = false;
    QString m_whyLost = QStringLiteral("the link was never opened");
};

} // namespace transport
