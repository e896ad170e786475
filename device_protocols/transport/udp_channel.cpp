// SPDX-License-Identifier: Apache-2.0
#include "device_protocols/transport/udp_channel.h"

#include <QNetworkDatagram>

namespace transport {

using core::Done;
using core::ErrorKind;
using core::Task;

namespace {

// More are dropped, as any network does: the sender repeats.
constexpr qsizetype kMostWaiting = 64;
constexpr qint64 kLargestDatagram = 65535;

} // namespace

UdpChannel::UdpChannel(QString host, quint16 port) : m_host(std::move(host)), m_port(port)
{
    QObject::connect(&m_socket, &QUdpSocket::stateChanged, &m_socket, [this] { onState(); });
    QObject::connect(&m_socket, &QUdpSocket::errorOccurred, &m_socket, [this] { onError(); });
    QObject::connect(&m_socket, &QUdpSocket::readyRead, &m_socket, [this] { onReadyRead(); });
}

UdpChannel::~UdpChannel()
{
    m_socket.disconnect(); // Closing must not call back into what is being destroyed.
}

/// A name may have numbers of both kinds, and a datagram to the wrong one just vanishes. Small devices have
/// one of IPv4, and so has what is forwarded to an emulator.
Task<Done> UdpChannel::open()
{
    close();
    for (const auto protocol : {QAbstractSocket::IPv4Protocol, QAbstractSocket::IPv6Protocol}) {
        co_await connectBy(protocol);
        if (m_socket.error() != QAbstractSocket::HostNotFoundError)
            break;
    }
    if (m_socket.state() != QAbstractSocket::ConnectedState)
        co_return core::fail(m_socket.error() == QAbstractSocket::HostNotFoundError
                                 ? ErrorKind::Disconnected
                                 : ErrorKind::TransportFailed,
                             QStringLiteral("%1: %2").arg(m_host, m_socket.errorString()));
    m_peer = m_socket.peerAddress();
    m_isOpen = true;
    co_return Done{};
}

Task<Done> UdpChannel::connectBy(QAbstractSocket::NetworkLayerProtocol protocol)
{
    m_socket.abort();
    m_opening.clear();
    m_incoming.clear();
    if (m_peer.isNull())
        m_socket.connectToHost(m_host, m_port, QIODevice::ReadWrite, protocol);
    else
        m_socket.connectToHost(m_peer, m_port);
    while (m_socket.state() == QAbstractSocket::HostLookupState
           || m_socket.state() == QAbstractSocket::ConnectingState)
        co_await m_opening.next();
    co_return Done{};
}

Task<Done> UdpChannel::send(QByteArray frame)
{
    if (!m_isOpen)
        co_return core::fail(ErrorKind::Disconnected, m_whyLost);
    if (m_socket.write(frame) == frame.size())
        co_return Done{};
    // The host's word that nobody listens comes with the next datagram, whichever that is.
    if (!m_isOpen)
        co_return core::fail(ErrorKind::Disconnected, m_whyLost);
    co_return core::fail(ErrorKind::TransportFailed, m_socket.errorString());
}

Task<QByteArray> UdpChannel::receive()
{
    if (m_incoming.isEmpty() && !m_isOpen)
        co_return core::fail(ErrorKind::Disconnected, m_whyLost);
    co_return co_await m_incoming.next();
}

void UdpChannel::close()
{
    linkLost(QStringLiteral("closed by this program"));
    m_socket.close();
}

void UdpChannel::onState()
{
    const QAbstractSocket::SocketState state = m_socket.state();
    if (state == QAbstractSocket::ConnectedState || state == QAbstractSocket::UnconnectedState)
        m_opening.put(Done{});
    if (state == QAbstractSocket::UnconnectedState)
        linkLost(QStringLiteral("the link to %1 is gone").arg(m_host));
}

void UdpChannel::onError()
{
    const QAbstractSocket::SocketError error = m_socket.error();
    if (error == QAbstractSocket::ConnectionRefusedError || error == QAbstractSocket::RemoteHostClosedError)
        linkLost(QStringLiteral("nothing listens on port %1 of %2").arg(m_port).arg(m_host));
    else if (error == QAbstractSocket::NetworkError)
        linkLost(QStringLiteral("%1: %2").arg(m_host, m_socket.errorString()));
}

/// Reads before it asks whether there is anything to read, and how much: asking would swallow the word that
/// nobody listens, and a socket whose call was not followed by a read does not call again.
void UdpChannel::onReadyRead()
{
    do {
        QByteArray bytes = m_socket.receiveDatagram(kLargestDatagram).data();
        bytes.squeeze();
        if (!bytes.isEmpty() && m_incoming.size() < kMostWaiting)
            m_incoming.put(std::move(bytes));
    } while (m_isOpen && m_socket.hasPendingDatagrams());
}

void UdpChannel::linkLost(const QString &why)
{
    if (!m_isOpen)
        return;
    m_isOpen = false;
    m_whyLost = why;
    m_incoming.put(core::fail(ErrorKind::Disconnected, why));
}

} // namespace transport
