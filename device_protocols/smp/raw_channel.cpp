// SPDX-License-Identifier: Apache-2.0
#include "device_protocols/smp/raw_channel.h"

namespace smp {

using core::Done;
using core::Task;

Task<Done> RawChannel::open()
{
    co_await m_stream->open();
    m_reader.reset();
    m_packets.clear();
    co_return Done{};
}

Task<Done> RawChannel::send(QByteArray frame)
{
    return m_stream->send(std::move(frame));
}

Task<QByteArray> RawChannel::receive()
{
    while (m_packets.isEmpty()) {
        const QByteArray bytes = co_await m_stream->receive();
        m_packets.append(m_reader.feed(bytes));
    }
    co_return m_packets.dequeue();
}

void RawChannel::close()
{
    m_stream->close();
}

std::optional<std::chrono::microseconds> RawChannel::timeOnLine(qsizetype bytes) const
{
    const std::optional<int> rate = m_stream->bytesPerSecond();
    if (!rate || *rate <= 0)
        return std::nullopt;
    return std::chrono::microseconds(bytes * std::micro::den / *rate);
}

} // namespace smp
