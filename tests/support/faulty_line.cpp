// SPDX-License-Identifier: Apache-2.0
#include "tests/support/faulty_line.h"

#include <utility>

namespace testing {

using core::Done;
using core::Milliseconds;
using core::Result;
using namespace std::chrono_literals;

namespace {

constexpr Milliseconds kBoot = 700ms;
constexpr int kMostDelay = 8'000; // ms

/// Only the packet with offset 0 has a length in its map: a text of three characters.
bool isFirstPacket(const QByteArray &packet)
{
    return packet.contains("clen");
}

} // namespace

/// Where frames arrive in the order in which they were sent, and never two at the same time.
class FaultyLine::Direction
{
public:
    std::function<void(const QByteArray &)> arrive;
    Milliseconds lastArrival{0};
};

class FaultyLink final : public transport::ByteStream
{
public:
    explicit FaultyLink(FaultyLine &line) : m_line(line) { }

    core::Task<Done> open() override
    {
        m_line.open();
        co_return Done{};
    }
    core::Task<QByteArray> receive() override { return m_line.m_toHost.next(); }
    core::Task<Done> send(QByteArray bytes) override { co_return m_line.sendFromHost(bytes); }
    void close() override { m_line.m_toHost.clear(); }

private:
    FaultyLine &m_line;
};

FaultyLine::FaultyLine(UploadServer &server, ManualClock &clock, Faults faults, quint32 seed) :
    m_server(server), m_clock(clock), m_faults(std::move(faults)), m_random(seed),
    m_down(std::make_unique<Direction>()), m_up(std::make_unique<Direction>())
{
    m_down->arrive = [this](const QByteArray &bytes) { arriveAtDevice(bytes); };
    m_up->arrive = [this](const QByteArray &bytes) {
        if (m_isUp)
            m_toHost.put(bytes);
        else if (m_faults.holdsBytes)
            m_held.append(bytes);
    };
}

FaultyLine::~FaultyLine() = default;

std::unique_ptr<transport::ByteStream> FaultyLine::connectLink()
{
    return std::make_unique<FaultyLink>(*this);
}

void FaultyLine::open()
{
    m_isUp = true;
    ++m_link;
    m_toHost.clear();
    for (const QByteArray &bytes : std::exchange(m_held, {}))
        m_toHost.put(bytes);
}

void FaultyLine::cut()
{
    m_isUp = false;
    m_toHost.put(core::fail(core::ErrorKind::Disconnected, QStringLiteral("cable pulled")));
}

Result<Done> FaultyLine::sendFromHost(const QByteArray &frame)
{
    if (!m_isUp)
        return core::fail(core::ErrorKind::Disconnected, QStringLiteral("no cable"));
    if (frame.size() <= 1) // the line end with which a console is opened
        return Done{};
    deliver(*m_down, frame);
    if (m_faults.cutAt.contains(++m_sent))
        cut();
    return Done{};
}

void FaultyLine::later(Milliseconds at, std::function<void()> what)
{
    m_alarms.push_back(m_clock.alarmIn(at - m_clock.now(), std::move(what)));
}

void FaultyLine::deliver(Direction &to, const QByteArray &frame)
{
    for (const QByteArray &piece : damage(frame)) {
        Milliseconds at = m_clock.now() + Milliseconds(1 + piece.size() / 100);
        if (chance(m_faults.delay))
            at += Milliseconds(upTo(kMostDelay));
        to.lastArrival = std::max(at, to.lastArrival + 1ms);
        const auto arrive = [this, &to, piece, link = m_link] {
            if (link == m_link || m_faults.holdsBytes)
                to.arrive(piece);
        };
        later(to.lastArrival, arrive);
    }
}

QList<QByteArray> FaultyLine::damage(const QByteArray &frame)
{
    QByteArray bytes = chance(m_faults.loss) ? lose(frame) : frame;
    if (chance(m_faults.corruption) && !bytes.isEmpty()) {
        const int at = upTo(bytes.size() - 1);
        for (int neighbour = at; neighbour <= std::min(at + 1, int(bytes.size()) - 1); ++neighbour)
            bytes[neighbour] = char(m_random.bounded(256));
    }
    if (chance(m_faults.noise))
        bytes = noise() + bytes;
    if (chance(m_faults.noise))
        bytes.insert(bytes.indexOf('\n') + 1, noise()); // between the lines of a packet
    if (chance(m_faults.noise))
        bytes += noise();
    QList<QByteArray> pieces;
    if (!bytes.isEmpty())
        pieces.append(bytes);
    if (chance(m_faults.duplication))
        pieces.append(bytes);
    return pieces;
}

QByteArray FaultyLine::lose(const QByteArray &frame)
{
    const int first = upTo(frame.size());
    const int count = upTo(frame.size() - first);
    switch (upTo(3)) {
    case 0:
        return {};
    case 1:
        return frame.first(first);
    case 2:
        return frame.sliced(first);
    default:
        return QByteArray(frame).remove(first, count);
    }
}

QByteArray FaultyLine::noise()
{
    static const QByteArray kinds[] = {"[00:00:01.000] <inf> img: wrote a sector\r\n",
                                       "uart:~$ ",
                                       "\x06",
                                       "\x04\x14",
                                       "\x06\x09"
                                       "AA==\n",
                                       "\x06\x09",
                                       QByteArray("\x00\xff\x7f\n", 4),
                                       "\r\n"};
    return kinds[upTo(qsizetype(std::size(kinds)) - 1)];
}

void FaultyLine::arriveAtDevice(const QByteArray &bytes)
{
    if (m_clock.now() < m_deafUntil) {
        if (m_faults.holdsBytes && std::exchange(m_heldForDevice, m_heldForDevice + bytes).isEmpty())
            later(m_deafUntil, [this] { arriveAtDevice(std::exchange(m_heldForDevice, {})); });
        return;
    }
    m_queue.append(m_reader.feed(bytes).packets);
    m_mostInDevice = std::max(m_mostInDevice, int(m_queue.size()) + (m_isWorking ? 1 : 0));
    if (!m_isWorking)
        work();
}

Milliseconds FaultyLine::workOn(const QByteArray &packet)
{
    return Milliseconds(1 + upTo(9)) + (isFirstPacket(packet) ? m_faults.erase : 0ms);
}

/// One packet after the other, as a processor does.
void FaultyLine::work()
{
    m_isWorking = !m_queue.isEmpty();
    if (!m_isWorking)
        return;
    const QByteArray packet = m_queue.takeFirst();
    const auto finished = [this, packet, boot = m_boot] {
        if (boot != m_boot)
            return; // It restarted meanwhile.
        if (m_faults.restartAt.contains(++m_worked))
            return restart();
        if (const std::optional<QByteArray> answer = answerTo(packet))
            deliver(*m_up, smp::toConsoleLines(*answer));
        work();
    };
    later(m_clock.now() + workOn(packet), finished);
}

std::optional<QByteArray> FaultyLine::answerTo(const QByteArray &packet)
{
    if (chance(m_faults.refusal))
        m_server.faults.refusals.insert(m_server.requestCount + 1, 2);
    return m_server.handle(packet);
}

void FaultyLine::restart()
{
    ++m_boot;
    m_server.restart();
    m_reader.reset();
    m_queue.clear();
    m_isWorking = false;
    m_deafUntil = m_clock.now() + kBoot;
}

} // namespace testing
