// SPDX-License-Identifier: Apache-2.0
#include "device_protocols/smp/console_channel.h"

namespace smp {

using core::Done;
using core::Task;

Task<Done> ConsoleChannel::open()
{
    co_await m_stream->open();
    m_reader.reset();
    m_packets.clear();
    // Servers look for a marker at the start of a line only; the last user may have left half a line behind.
    QByteArray lineEnd("\n");
    co_return co_await m_stream->send(std::move(lineEnd));
}

Task<Done> ConsoleChannel::send(QByteArray frame)
{
    return m_stream->send(toConsoleLines(frame));
}

Task<Done> ConsoleChannel::sendText(QByteArray text)
{
    return m_stream->send(std::move(text));
}

Task<QByteArray> ConsoleChannel::receive()
{
    while (m_packets.isEmpty()) {
        const QByteArray bytes = co_await m_stream->receive();
        ConsoleReader::Found found = m_reader.feed(bytes);
        m_packets.append(std::move(found.packets));
        if (m_onText && !found.text.isEmpty())
            m_onText(std::move(found.text));
    }
    co_return m_packets.dequeue();
}

void ConsoleChannel::close()
{
    m_stream->close();
}

int ConsoleChannel::bytesAddedToBuffer() const
{
    return 4; // Servers decode the length and the CRC into the same buffer.
}

std::optional<std::chrono::microseconds> ConsoleChannel::timeOnLine(qsizetype bytes) const
{
    const std::optional<int> rate = m_stream->bytesPerSecond();
    if (!rate || *rate <= 0)
        return std::nullopt;
    return std::chrono::microseconds(consoleSize(bytes) * std::micro::den / *rate);
}

} // namespace smp
