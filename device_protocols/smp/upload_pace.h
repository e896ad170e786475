// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/async/clock.h"
#include "core/device/driver.h"

#include <QList>

#include <optional>

namespace smp {

/// How many packets an upload keeps under way, and what bounds its rate; both learnt from its answers.
///
/// Begins with one packet, for a rate to compare with. After that it takes one more for as long as each
/// brings a higher goodput, goes back by one when the last did not, and stays there. A loss while it tries
/// one more counts as "did not"; a silence brings it back to one for good. Knows no packets and no protocol.
class UploadPace
{
public:
    using Microseconds = std::chrono::microseconds;

    struct Link {
        int mostUnderWay = 1; // packets that the device can hold beside its answer
        /// From a small request, which makes the device write nothing, to its answer.
        std::optional<core::Milliseconds> turnAround = {};
    };

    explicit UploadPace(Link link);

    int window() const { return m_window; }

    /// The device has taken a packet with `bytes` of the file; `onLine` is the time that it occupied the
    /// line, where the line's speed is known.
    void taken(core::Milliseconds now, qsizetype bytes, std::optional<Microseconds> onLine);
    /// A packet was lost, cut or refused: what is being measured is no measure of the window.
    void stumbled();
    void fellSilent();

    /// Of the last seconds; nothing before there is half a second to judge by.
    std::optional<qint64> bytesPerSecond() const;
    std::optional<core::RateLimit> limitedBy() const;

private:
    struct Sample {
        core::Milliseconds at;
        qint64 packets;
        qint64 bytes;
        Microseconds onLine;
    };

    void judgeWindow(core::Milliseconds now);
    bool isMeasured(core::Milliseconds elapsed) const;
    void measureAnew();
    void settleAt(int window);
    void sample(core::Milliseconds now);
    std::optional<Sample> lately() const;
    core::RateLimit limitBesideTheLine(const Sample &span) const;

    Link m_link;
    int m_window = 1;
    bool m_isSettled = false;
    std::optional<core::Milliseconds> m_measuredFrom;
    int m_toSkip = 0; // answers to packets that were sent under the window before
    qint64 m_measuredBytes = 0;
    int m_measuredPackets = 0;
    double m_rateBefore = 0; // with one packet less; 0 when it was too high to measure

    bool m_isLineKnown = true;
    Sample m_sum{};
    QList<Sample> m_samples; // oldest first
};

} // namespace smp
