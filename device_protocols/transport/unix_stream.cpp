// SPDX-License-Identifier: Apache-2.0
#include "device_protocols/transport/unix_stream.h"

namespace transport {

using core::Done;
using core::ErrorKind;
using core::Task;

namespace {

// A device that talks faster than we read is stopped by its full socket, not by our memory.
constexpr qint64 kReadBuffer = 16 * 1024;

ErrorKind kindOf(QLocalSocket::LocalSocketError error)
{
    switch (error) {
    case QLocalSocket::ServerNotFoundError:
    case QLocalSocket::ConnectionRefusedError:
    case QLocalSocket::PeerClosedError:
        return ErrorKind::Disconnected;
    default:
        return ErrorKind::TransportFailed;
    }
}

} // namespace

UnixStream::UnixStream(QString path) : m_path(std::move(path))
{
    watch(m_socket);
    m_socket.setReadBufferSize(kReadBuffer);
    QObject::connect(&m_socket, &QLocalSocket::stateChanged, &m_socket, [this] { report(); });
}

UnixStream::~UnixStream()
{
    m_socket.disconnect(); // Closing must not call back into what is being destroyed.
}

Task<Done> UnixStream::open()
{
    close();
    m_socket.abort();
    m_opening.clear();
    m_socket.connectToServer(m_path);
    if (m_socket.state() == QLocalSocket::ConnectingState)
        co_await m_opening.next();
    if (m_socket.state() != QLocalSocket::ConnectedState)
        co_return core::fail(kindOf(m_socket.error()),
                             QStringLiteral("%1: %2").arg(m_path, m_socket.errorString()));
    linkOpened();
    co_return Done{};
}

void UnixStream::report()
{
    const QLocalSocket::LocalSocketState state = m_socket.state();
    if (state == QLocalSocket::ConnectedState || state == QLocalSocket::UnconnectedState)
        m_opening.put(Done{});
    if (state == QLocalSocket::UnconnectedState)
        linkLost(QStringLiteral("the other end of %1 is gone").arg(m_path));
}

} // namespace transport
