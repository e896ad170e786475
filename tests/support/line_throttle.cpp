// SPDX-License-Identifier: Apache-2.0
#include "tests/support/line_throttle.h"

#include <QFile>

#include <algorithm>
#include <cstring>
#include <deque>
#include <limits>
#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace testing {

namespace {

using Nanoseconds = qint64;

constexpr Nanoseconds kSecond = 1'000'000'000;
constexpr Nanoseconds kNever = std::numeric_limits<Nanoseconds>::max();
constexpr int kBitsAByte = 10;
const QByteArray kPacketStart("\x06\x09");

Nanoseconds now()
{
    timespec time{};
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * kSecond + time.tv_nsec;
}

using Attach = int (*)(int, const sockaddr *, socklen_t);

/// A socket that was bound or connected to a path; -1 when that failed.
int socketAt(const QString &path, Attach attach)
{
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const QByteArray name = QFile::encodeName(path);
    if (std::size_t(name.size()) >= sizeof address.sun_path)
        return -1;
    std::memcpy(address.sun_path, name.constData(), std::size_t(name.size()));
    const int socket = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (attach(socket, reinterpret_cast<const sockaddr *>(&address), sizeof address) == 0)
        return socket;
    ::close(socket);
    return -1;
}

/// One way of a line: bytes leave it in their order, each after its time.
class Pipe
{
public:
    explicit Pipe(int baud) : m_perByte(baud > 0 ? kSecond * kBitsAByte / baud : 0) { }

    void put(const QByteArray &bytes, Nanoseconds at)
    {
        m_paid = m_bytes.isEmpty() ? std::max(m_paid, at) : m_paid;
        m_bytes += bytes;
    }

    /// When the next line of text, or what there is of it, is through.
    Nanoseconds nextAt() const { return m_bytes.isEmpty() ? kNever : m_paid + m_perByte * nextSize(); }

    QByteArray takeNext()
    {
        const QByteArray taken = m_bytes.first(nextSize());
        m_paid += m_perByte * taken.size();
        m_bytes.remove(0, taken.size());
        return taken;
    }

    bool isAtPacketEnd() const { return m_bytes.isEmpty() || m_bytes.startsWith(kPacketStart); }
    Nanoseconds paidUntil() const { return m_paid; }

private:
    qsizetype nextSize() const
    {
        const qsizetype end = m_bytes.indexOf('\n');
        return end < 0 ? m_bytes.size() : end + 1;
    }

    Nanoseconds m_perByte;
    QByteArray m_bytes;
    Nanoseconds m_paid = 0; // what came before is through
};

void writeAll(int descriptor, QByteArray bytes)
{
    while (!bytes.isEmpty()) {
        const ssize_t count = ::send(descriptor, bytes.constData(), size_t(bytes.size()), MSG_NOSIGNAL);
        if (count < 0 && errno != EAGAIN && errno != EINTR)
            return;
        bytes.remove(0, std::max<ssize_t>(count, 0));
        pollfd room{descriptor, POLLOUT, 0};
        if (count < 0)
            ::poll(&room, 1, 10);
    }
}

} // namespace

class LineThrottle::Channel
{
public:
    explicit Channel(const Line &line) :
        m_delay(std::chrono::nanoseconds(line.delay).count()), m_up(line.baud), m_down(line.baud),
        m_device(socketAt(line.device, ::connect))
    {
        const QString hostPath = line.device + QStringLiteral(".host");
        m_listener = m_device < 0 ? -1 : socketAt(hostPath, ::bind);
        if (m_listener >= 0 && ::listen(m_listener, 1) == 0)
            path = hostPath;
    }
    ~Channel()
    {
        for (const int descriptor : {m_device, m_listener, m_host})
            if (descriptor >= 0)
                ::close(descriptor);
    }
    Q_DISABLE_COPY_MOVE(Channel)

    int hostEnd() const { return m_host >= 0 ? m_host : m_listener; }
    int deviceEnd() const { return m_device; }

    void readHost()
    {
        if (m_host < 0) {
            m_host = ::accept4(m_listener, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
            return;
        }
        const QByteArray bytes = read(m_host);
        up += bytes.size();
        const Nanoseconds sent = sentAt.exchange(0);
        m_up.put(bytes, (sent > 0 ? sent : now()) - m_hostLateness);
    }

    void readDevice()
    {
        const QByteArray bytes = read(m_device);
        const Nanoseconds arrived = now() - m_deviceLateness;
        down += bytes.size();
        for (qsizetype begin = 0; begin < bytes.size();) {
            const qsizetype next = bytes.indexOf(kPacketStart, begin + 1);
            const QByteArray piece = bytes.sliced(begin, (next < 0 ? bytes.size() : next) - begin);
            begin += piece.size();
            // Text, and the further lines of an answer, keep their order.
            m_lastLeaves =
                piece.startsWith(kPacketStart) ? answerLeaves(arrived) : std::max(arrived, m_lastLeaves);
            m_delayed.push_back({m_lastLeaves, piece});
        }
    }

    void move()
    {
        const Nanoseconds at = now();
        while (!m_delayed.empty() && m_delayed.front().leaves <= at) {
            m_down.put(m_delayed.front().bytes, m_delayed.front().leaves);
            m_delayed.pop_front();
        }
        while (m_up.nextAt() <= at) {
            m_deviceLateness = at - m_up.nextAt();
            const QByteArray line = m_up.takeNext();
            writeAll(m_device, line);
            m_isInPacket = m_isInPacket || line.startsWith(kPacketStart);
            if (m_isInPacket && m_up.isAtPacketEnd())
                m_requestEnds.push_back(m_up.paidUntil());
            m_isInPacket = m_isInPacket && !m_up.isAtPacketEnd();
        }
        while (m_down.nextAt() <= at) {
            m_hostLateness = at - m_down.nextAt();
            writeAll(m_host, m_down.takeNext());
        }
    }

    Nanoseconds nextAt() const
    {
        const Nanoseconds delayed = m_delayed.empty() ? kNever : m_delayed.front().leaves;
        return std::min({m_up.nextAt(), m_down.nextAt(), delayed});
    }

    QString path;
    std::atomic<Nanoseconds> sentAt{0}; // what has not been read yet; 0 when there is nothing
    std::atomic<qint64> up{0};
    std::atomic<qint64> down{0};
    std::atomic<qint64> answers{0};

private:
    struct Delayed {
        Nanoseconds leaves;
        QByteArray bytes;
    };

    Nanoseconds answerLeaves(Nanoseconds arrived)
    {
        ++answers;
        if (m_requestEnds.empty())
            return arrived;
        const Nanoseconds due = m_requestEnds.front() + m_delay;
        m_requestEnds.pop_front();
        return std::max(arrived, due);
    }

    static QByteArray read(int descriptor)
    {
        char bytes[8192];
        const ssize_t count = ::read(descriptor, bytes, sizeof bytes);
        return {bytes, std::max<ssize_t>(count, 0)};
    }

    Nanoseconds m_delay;
    Pipe m_up;
    Pipe m_down;
    int m_device;
    int m_listener = -1;
    int m_host = -1;
    // How late the last bytes were handed over, when this thread got its turn late: what comes back in return
    // would have come by so much earlier.
    Nanoseconds m_hostLateness = 0;
    Nanoseconds m_deviceLateness = 0;
    bool m_isInPacket = false;
    std::deque<Nanoseconds> m_requestEnds;
    std::deque<Delayed> m_delayed;
    Nanoseconds m_lastLeaves = 0;
};

LineThrottle::LineThrottle() : m_wakeUp(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) { }

LineThrottle::~LineThrottle()
{
    m_isOver = true;
    const quint64 one = 1;
    if (::write(m_wakeUp, &one, sizeof one) == ssize_t(sizeof one) && m_thread.joinable())
        m_thread.join();
    ::close(m_wakeUp);
}

QString LineThrottle::add(const Line &line)
{
    m_channels.push_back(std::make_unique<Channel>(line));
    return m_channels.back()->path;
}

void LineThrottle::start()
{
    m_thread = std::thread([this] { run(); });
}

void LineThrottle::run()
{
    ::prctl(PR_SET_TIMERSLACK, 1); // ns; 50 µs otherwise, which is a byte at 200 kbaud
    std::vector<pollfd> sources;
    while (!m_isOver) {
        Nanoseconds next = kNever;
        sources.assign({{m_wakeUp, POLLIN, 0}});
        for (const auto &channel : m_channels) {
            sources.push_back({channel->hostEnd(), POLLIN, 0});
            sources.push_back({channel->deviceEnd(), POLLIN, 0});
            next = std::min(next, channel->nextAt());
        }
        const Nanoseconds pause = next == kNever ? kSecond : std::max<Nanoseconds>(next - now(), 0);
        const timespec limit{pause / kSecond, pause % kSecond};
        if (::ppoll(sources.data(), sources.size(), &limit, nullptr) < 0)
            continue;
        for (std::size_t index = 0; index < m_channels.size(); ++index) {
            Channel &channel = *m_channels[index];
            if (sources[1 + 2 * index].revents & POLLIN)
                channel.readHost();
            if (sources[2 + 2 * index].revents & POLLIN)
                channel.readDevice();
            channel.move();
        }
    }
}

void LineThrottle::hostSends(int line)
{
    Nanoseconds nothing = 0;
    m_channels.at(std::size_t(line))->sentAt.compare_exchange_strong(nothing, now());
}

LineThrottle::Counts LineThrottle::counts(int line) const
{
    const Channel &channel = *m_channels.at(std::size_t(line));
    return {channel.up, channel.down, channel.answers};
}

double LineThrottle::processorSeconds() const
{
    clockid_t clock{};
    timespec time{};
    auto &thread = const_cast<std::thread &>(m_thread);
    if (::pthread_getcpuclockid(thread.native_handle(), &clock) != 0 || clock_gettime(clock, &time) != 0)
        return 0;
    return double(time.tv_sec) + double(time.tv_nsec) / double(kSecond);
}

} // namespace testing
