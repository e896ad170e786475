// SPDX-License-Identifier: Apache-2.0
#include "device_protocols/transport/following_stream.h"

namespace transport {

using core::Done;
using core::ErrorKind;
using core::Result;
using core::Task;

FollowingStream::FollowingStream(std::shared_ptr<core::UnitTrail> trail, Maker makeStream) :
    m_trail(std::move(trail)), m_makeStream(std::move(makeStream))
{
    m_trail->whenLeft([this] { close(); });
}

FollowingStream::~FollowingStream()
{
    m_trail->whenLeft({});
}

Task<Done> FollowingStream::open()
{
    close();
    const core::UnitPlace place = co_await m_trail->next();
    if (m_port != place.port) {
        m_retired = std::move(m_stream);
        m_stream = m_makeStream(place.port);
        m_port = place.port;
    }
    co_return co_await m_stream->open();
}

Task<Done> FollowingStream::send(QByteArray bytes)
{
    if (!m_stream)
        co_return core::fail(ErrorKind::Disconnected, QStringLiteral("the link was never opened"));
    co_return co_await m_stream->send(std::move(bytes));
}

Task<QByteArray> FollowingStream::receive()
{
    if (!m_stream)
        co_return core::fail(ErrorKind::Disconnected, QStringLiteral("the link was never opened"));
    co_return co_await m_stream->receive();
}

void FollowingStream::close()
{
    if (m_stream)
        m_stream->close();
}

std::optional<int> FollowingStream::bytesPerSecond() const
{
    return m_stream ? m_stream->bytesPerSecond() : std::nullopt;
}

} // namespace transport
