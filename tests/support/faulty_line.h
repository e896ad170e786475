// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/async/mailbox.h"
#include "device_protocols/smp/console_framing.h"
#include "device_protocols/transport/byte_stream.h"
#include "tests/support/manual_clock.h"
#include "tests/support/upload_server.h"

#include <QRandomGenerator>

#include <vector>

namespace testing {

/// A serial line with a server at its far end, in simulated time, on which everything goes wrong that can go
/// wrong on a line: by chance, but the same for the same seed. Both directions keep their order.
///
/// Several links may be opened on it, one after the other, as by a tool that is started again.
class FaultyLine
{
public:
    /// Chances are per mille of the frames of both directions.
    struct Faults {
        int loss = 0; // all of a frame, its beginning, its end, or a piece of it
        int corruption = 0; // up to two neighbouring characters, which the CRC promises to find
        int duplication = 0;
        int delay = 0; // up to 8 s, and everything behind it
        int noise = 0; // console text, also such as looks like a frame's beginning
        int refusal = 0; // "out of buffers"
        QList<int> cutAt = {}; // the cable is pulled while this frame is sent, counted from 1
        QList<int> restartAt = {}; // the device restarts instead of answering this packet
        bool holdsBytes = false; // an adapter keeps what it has through restarts and cuts
        core::Milliseconds erase{0}; // before the answer to a packet with offset 0
    };

    FaultyLine(UploadServer &server, ManualClock &clock, Faults faults, quint32 seed);
    ~FaultyLine();

    /// The host's end; the line outlives it.
    std::unique_ptr<transport::ByteStream> connectLink();

    int mostInDevice() const { return m_mostInDevice; } // packets, waiting or being worked on
    bool isBroken() const { return !m_isUp; }

private:
    friend class FaultyLink;
    class Direction;

    bool chance(int perMille) { return perMille > 0 && m_random.bounded(1000) < perMille; }
    int upTo(qsizetype bound) { return int(m_random.bounded(quint32(bound) + 1)); }
    QList<QByteArray> damage(const QByteArray &frame);
    QByteArray lose(const QByteArray &frame);
    QByteArray noise();
    void deliver(Direction &to, const QByteArray &frame);
    void later(core::Milliseconds at, std::function<void()> what);

    void open();
    core::Result<core::Done> sendFromHost(const QByteArray &frame);
    void cut();
    void arriveAtDevice(const QByteArray &bytes);
    void work();
    std::optional<QByteArray> answerTo(const QByteArray &packet);
    core::Milliseconds workOn(const QByteArray &packet);
    void restart();

    UploadServer &m_server;
    ManualClock &m_clock;
    Faults m_faults;
    QRandomGenerator m_random;
    core::Mailbox<QByteArray> m_toHost;
    bool m_isUp = false;
    quint32 m_link = 0; // what an older link had under way is lost, unless an adapter holds it
    int m_sent = 0;

    std::unique_ptr<Direction> m_down;
    std::unique_ptr<Direction> m_up;
    std::vector<std::unique_ptr<core::Clock::Alarm>> m_alarms;
    QList<QByteArray> m_held; // by the adapter, while there is no link
    QByteArray m_heldForDevice; // while it restarts

    smp::ConsoleReader m_reader;
    QList<QByteArray> m_queue;
    bool m_isWorking = false;
    int m_worked = 0;
    int m_mostInDevice = 0;
    quint32 m_boot = 0;
    core::Milliseconds m_deafUntil{0};
};

} // namespace testing
