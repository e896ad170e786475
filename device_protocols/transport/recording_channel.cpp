// SPDX-License-Identifier: Apache-2.0
#include "device_protocols/transport/recording_channel.h"

namespace transport {

using core::Done;
using core::Milliseconds;
using core::Result;
using core::Task;

namespace {

constexpr Milliseconds kWorthNoting{100};

QString hex(const QByteArray &bytes)
{
    return QString::fromLatin1(bytes.toHex());
}

} // namespace

RecordingChannel::RecordingChannel(std::unique_ptr<FrameChannel> channel, core::Clock &clock,
                                   LineSink write) :
    m_channel(std::move(channel)),
    m_clock(clock), m_write(std::move(write)), m_lastNote(clock.now())
{
}

Task<Done> RecordingChannel::open()
{
    return m_channel->open();
}

Task<Done> RecordingChannel::send(QByteArray frame)
{
    note(u'>', hex(frame));
    return m_channel->send(std::move(frame));
}

Task<QByteArray> RecordingChannel::receive()
{
    Result<QByteArray> frame = co_await core::attempt(m_channel->receive());
    if (frame)
        note(u'<', hex(*frame));
    else
        note(u'!',
             frame.error().kind == core::ErrorKind::Disconnected ? QStringLiteral("disconnect")
                                                                 : frame.error().detail);
    co_return frame;
}

void RecordingChannel::close()
{
    m_channel->close();
}

void RecordingChannel::note(QChar mark, const QString &what)
{
    const Milliseconds now = m_clock.now();
    const Milliseconds pause = now - std::exchange(m_lastNote, now);
    if (pause > kWorthNoting)
        m_write(QStringLiteral("@ +%1ms").arg(pause.count()));
    m_write(mark + QStringLiteral(" ") + what);
}

} // namespace transport
