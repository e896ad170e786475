// SPDX-License-Identifier: Apache-2.0
#include "device_protocols/smp/upload_pace.h"

#include <algorithm>

namespace smp {

using core::Milliseconds;
using core::RateLimit;
using namespace std::chrono_literals;

namespace {

// The first rate costs time, as the line is idle between its packets; the clock counts in milliseconds.
constexpr int kFirstPackets = 3;
constexpr Milliseconds kFirstTime = 20ms;
// A line that is faster than this is not measured: what more packets bring is taken for granted.
constexpr int kFirstPacketsAtMost = 8;
// Later rates cost nothing. A sector's erase now and then is part of them.
constexpr int kPackets = 16;
constexpr Milliseconds kTime = 200ms;
// One more packet under way makes a loss dearer, so it has to bring something.
constexpr double kWorthIt = 1.005;

constexpr Milliseconds kSampleEvery = 50ms;
constexpr Milliseconds kSamplesSpan = 2s;
constexpr Milliseconds kJudgedFrom = 500ms;

// A line counts as full when it is busy for nine tenths of the time: the rest is the turn-around of one
// packet.
constexpr double kFull = 0.9;
// More than all of the time: the speed that was set is not the line's own, as on USB.
constexpr double kImpossible = 1.05;

double seconds(std::chrono::duration<double> time)
{
    return time.count();
}

} // namespace

UploadPace::UploadPace(Link link) : m_link(link), m_isSettled(link.mostUnderWay <= 1) { }

void UploadPace::taken(Milliseconds now, qsizetype bytes, std::optional<Microseconds> onLine)
{
    m_isLineKnown = m_isLineKnown && onLine;
    ++m_sum.packets;
    m_sum.bytes += bytes;
    m_sum.onLine += onLine.value_or(0us);
    sample(now);
    if (m_isSettled)
        return;
    if (m_toSkip > 0) {
        --m_toSkip;
        return;
    }
    if (!m_measuredFrom) {
        m_measuredFrom = now;
        return;
    }
    ++m_measuredPackets;
    m_measuredBytes += bytes;
    judgeWindow(now);
}

bool UploadPace::isMeasured(Milliseconds elapsed) const
{
    if (m_window > 1)
        return m_measuredPackets >= kPackets && elapsed >= kTime;
    return m_measuredPackets >= kFirstPacketsAtMost
        || (m_measuredPackets >= kFirstPackets && elapsed >= kFirstTime);
}

void UploadPace::judgeWindow(Milliseconds now)
{
    const Milliseconds elapsed = now - *m_measuredFrom;
    if (!isMeasured(elapsed))
        return;
    const double rate = elapsed >= kFirstTime ? double(m_measuredBytes) / seconds(elapsed) : 0;
    if (rate < m_rateBefore * kWorthIt)
        return settleAt(m_window - 1);
    if (m_window == m_link.mostUnderWay)
        return settleAt(m_window);
    m_rateBefore = rate;
    ++m_window;
    measureAnew();
}

void UploadPace::settleAt(int window)
{
    m_window = window;
    m_isSettled = true;
}

void UploadPace::measureAnew()
{
    m_measuredFrom.reset();
    m_toSkip = m_window - 1;
    m_measuredPackets = 0;
    m_measuredBytes = 0;
}

void UploadPace::stumbled()
{
    if (m_isSettled)
        return;
    if (m_window > 2)
        return settleAt(m_window - 1); // Perhaps it was one too many.
    measureAnew();
}

void UploadPace::fellSilent()
{
    settleAt(1);
}

void UploadPace::sample(Milliseconds now)
{
    m_sum.at = now;
    if (!m_samples.isEmpty() && now - m_samples.constLast().at < kSampleEvery)
        return;
    m_samples.append(m_sum);
    while (m_samples.constFirst().at < now - kSamplesSpan)
        m_samples.removeFirst();
}

std::optional<UploadPace::Sample> UploadPace::lately() const
{
    if (m_samples.isEmpty() || m_sum.at - m_samples.constFirst().at < kJudgedFrom)
        return std::nullopt;
    const Sample &first = m_samples.constFirst();
    return Sample{m_sum.at - first.at, m_sum.packets - first.packets, m_sum.bytes - first.bytes,
                  m_sum.onLine - first.onLine};
}

std::optional<qint64> UploadPace::bytesPerSecond() const
{
    const std::optional<Sample> span = lately();
    if (!span)
        return std::nullopt;
    return qint64(double(span->bytes) / seconds(span->at));
}

std::optional<RateLimit> UploadPace::limitedBy() const
{
    const std::optional<Sample> span = lately();
    if (!span || span->packets == 0)
        return std::nullopt;
    const double busy = seconds(span->onLine) / seconds(span->at);
    const bool isLineKnown = m_isLineKnown && busy <= kImpossible;
    if (isLineKnown && busy >= kFull)
        return RateLimit::Line;
    if (!m_link.turnAround || m_window < m_link.mostUnderWay)
        return isLineKnown && m_window > 1 ? std::optional(RateLimit::DeviceFlash) : std::nullopt;
    const RateLimit limit = limitBesideTheLine(isLineKnown ? *span : Sample{span->at, span->packets, 0, 0us});
    // Without the line's speed, its time cannot be told from that of the flash.
    return isLineKnown || limit == RateLimit::DeviceBuffers ? std::optional(limit) : std::nullopt;
}

/// A packet's share of the time: on the line, waiting for the turn-around that the packets under way do not
/// fill, and what is left, which is the device's work.
RateLimit UploadPace::limitBesideTheLine(const Sample &span) const
{
    const double each = seconds(span.at) / double(span.packets);
    const double onLine = seconds(span.onLine) / double(span.packets);
    const double waiting = std::max(0.0, (onLine + seconds(*m_link.turnAround)) / double(m_window) - onLine);
    return each - onLine - waiting > waiting ? RateLimit::DeviceFlash : RateLimit::DeviceBuffers;
}

} // namespace smp
