// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QByteArray>
#include <QString>

#include <atomic>
#include <chrono>
#include <memory>
#include <thread>
#include <vector>

namespace testing {

/// Serial lines with their speed and their delay, between the sockets of virtual devices and sockets that a
/// host opens: one thread for all of them, by the monotonic clock. No ptys: the kernel moves their bytes in a
/// worker of its own, which takes milliseconds to get a turn on a busy machine.
///
/// A byte takes ten bits of the line each way. An answer's first byte leaves `delay` behind the last byte of
/// its request, so that the device's own work is part of the delay; a device that takes longer is waited for.
/// When this thread gets its turn late, what comes back counts as come earlier by as much.
/// What the host writes is taken as of hostSends(), as the driver of a port does, and paced behind that.
class LineThrottle
{
public:
    struct Line {
        QString device; // path of its socket
        int baud = 115200; // 0: as fast as it goes
        std::chrono::microseconds delay{0};
    };

    struct Counts {
        qint64 up = 0; // bytes from the host
        qint64 down = 0;
        qint64 answers = 0;
    };

    LineThrottle();
    ~LineThrottle();
    Q_DISABLE_COPY_MOVE(LineThrottle)

    /// Path of the host's socket of a new line; empty when the device does not answer. Before start().
    QString add(const Line &line);
    void start();

    /// To be said by the host when it sends, on any thread: from then on the bytes are in the line's driver.
    void hostSends(int line);

    /// Since the start of the line.
    Counts counts(int line) const;
    /// Processor time of the emulation itself, which is no part of what is measured.
    double processorSeconds() const;

private:
    class Channel;

    void run();

    std::vector<std::unique_ptr<Channel>> m_channels;
    std::thread m_thread;
    int m_wakeUp = -1;
    std::atomic<bool> m_isOver{false};
};

} // namespace testing
