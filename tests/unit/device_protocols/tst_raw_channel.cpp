// SPDX-License-Identifier: Apache-2.0
#include "device_protocols/smp/os_group.h"
#include "device_protocols/smp/raw_channel.h"
#include "tests/support/memory_stream.h"
#include "tests/support/run_task.h"

#include <QTest>

using namespace std::chrono_literals;
using core::ErrorKind;
using smp::RawReader;

namespace {

const QByteArray kEchoAnswer = QByteArray::fromHex("0b00000600000000a16172626869");
const QByteArray kErrorAnswer = QByteArray::fromHex("0300000500010605a162726306");

QList<QByteArray> readAll(const QByteArray &bytes, int piece, RawReader &reader)
{
    QList<QByteArray> packets;
    for (qsizetype position = 0; position < bytes.size(); position += piece)
        packets += reader.feed(
            QByteArrayView(bytes).sliced(position, std::min<qsizetype>(piece, bytes.size() - position)));
    return packets;
}

/// A server on a raw line as Zephyr has it: the length is in the header, what is wrong is dropped whole, and
/// half a request 3 s after its last byte.
class RawServer
{
public:
    explicit RawServer(testing::MemoryStream &stream, core::Clock &clock) : m_stream(stream), m_clock(clock)
    {
        stream.onSent = [this](const QByteArray &bytes) { take(bytes); };
    }

    int cutsRequest = 0; // of this one a byte gets lost
    int cutsAnswer = 0;
    int echoes = 0;
    int requests = 0;
    QByteArray noise; // before each answer
    bool answersTwice = false;

private:
    void take(QByteArray bytes)
    {
        ++requests;
        if (requests == cutsRequest)
            bytes.chop(1);
        if (m_clock.now() - m_lastByte > 3s)
            m_received.clear();
        m_lastByte = m_clock.now();
        m_received += bytes;
        while (m_received.size() >= 8) {
            const qsizetype size = 8 + (uchar(m_received.at(2)) << 8 | uchar(m_received.at(3)));
            if (m_received.size() < size)
                return;
            if (m_received.at(1) != 0 || (m_received.at(0) & 1) != 0) {
                m_received.clear(); // Excess that is no request: all of it goes.
                return;
            }
            answer(m_received.first(size));
            m_received.remove(0, size);
        }
    }

    void answer(const QByteArray &request)
    {
        const bool isEcho = request.at(7) == 0;
        echoes += isEcho ? 1 : 0;
        const QByteArray body = isEcho
            ? QByteArray::fromHex("a1617260")
            : QByteArray::fromHex("a2686275665f73697a65190180696275665f636f756e7404");
        QByteArray reply = request.first(8) + body;
        reply[0] = char(reply.at(0) + 1);
        reply[2] = 0;
        reply[3] = char(body.size());
        if (requests == cutsAnswer)
            reply.remove(12, 3);
        m_stream.deliver(noise + reply);
        if (answersTwice)
            m_stream.deliver(reply);
    }

    testing::MemoryStream &m_stream;
    core::Clock &m_clock;
    QByteArray m_received;
    core::Milliseconds m_lastByte{0};
};

struct Bench {
    Bench()
    {
        auto stream = std::make_unique<testing::MemoryStream>();
        server.emplace(*stream, clock);
        client.emplace(std::make_unique<smp::RawChannel>(std::move(stream)), clock);
        const auto opened = testing::finish(client->open(), clock);
        Q_ASSERT(opened);
    }

    auto parameters() { return testing::finish(smp::OsGroup(*client).parameters(), clock); }

    testing::ManualClock clock;
    std::optional<RawServer> server;
    std::optional<smp::Client> client;
};

} // namespace

class TestRawChannel : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void readsAnswersInAnyPieces()
    {
        for (const int piece : {1, 3, 8, 1000}) {
            RawReader reader;
            QCOMPARE(readAll(kEchoAnswer + kErrorAnswer + kEchoAnswer, piece, reader),
                     (QList<QByteArray>{kEchoAnswer, kErrorAnswer, kEchoAnswer}));
            QCOMPARE(reader.lostBytes(), 0);
        }
    }

    void skipsWhatBeginsNoAnswer_data()
    {
        QTest::addColumn<QByteArray>("noise");
        QTest::newRow("text") << QByteArray("*** Booting Zephyr OS ***\r\n");
        QTest::newRow("a request") << QByteArray::fromHex("0a00000100000305a0").left(1);
        QTest::newRow("answer bits with flags") << QByteArray::fromHex("0b01");
        QTest::newRow("a version of the future") << QByteArray::fromHex("13");
        QTest::newRow("reserved bits") << QByteArray::fromHex("2b");
    }

    void skipsWhatBeginsNoAnswer()
    {
        QFETCH(QByteArray, noise);
        for (const int piece : {1, 1000}) {
            RawReader reader;
            QCOMPARE(readAll(noise + kEchoAnswer, piece, reader), QList<QByteArray>{kEchoAnswer});
            QCOMPARE(reader.lostBytes(), noise.size());
        }
    }

    void beginsAnewWhenTold()
    {
        RawReader reader;
        QVERIFY(reader.feed(kEchoAnswer.chopped(1)).isEmpty());
        reader.reset();
        QCOMPARE(reader.feed(kEchoAnswer), QList<QByteArray>{kEchoAnswer});
    }

    void asksAndIsAnswered()
    {
        Bench bench;
        QCOMPARE(bench.parameters()->bufferSize, 384);
        QCOMPARE(bench.clock.now(), 0ms);
        QCOMPARE(bench.server->echoes, 0);
    }

    /// Half a request lies at the server: whatever comes within 3 s would be its end.
    void staysSilentAfterALostByteAndAsksForAnEcho()
    {
        Bench bench;
        bench.server->cutsRequest = 1;
        QCOMPARE(bench.parameters()->bufferSize, 384);
        QVERIFY2(bench.clock.now() > 3s, qPrintable(QString::number(bench.clock.now().count())));
        QVERIFY(bench.clock.now() < 5s);
        QCOMPARE(bench.server->echoes, 1);
        QCOMPARE(bench.server->requests, 3);
        QVERIFY(bench.parameters().has_value()); // And all is well again.
        QCOMPARE(bench.server->echoes, 1);
    }

    /// Half an answer lies here: the next one would be taken for its end.
    void forgetsHalfAnAnswer()
    {
        Bench bench;
        bench.server->cutsAnswer = 1;
        QCOMPARE(bench.parameters()->bufferSize, 384);
        QVERIFY(bench.clock.now() < 5s);
        QCOMPARE(bench.server->requests, 3);
    }

    void doesNotMindThatTheEchoIsLostToo()
    {
        Bench bench;
        bench.server->cutsRequest = 1;
        bench.server->cutsAnswer = 2;
        QCOMPARE(bench.parameters()->bufferSize, 384);
    }

    void takesAnswersOnceAndPastNoise()
    {
        Bench bench;
        bench.server->noise = "uart:~$ ";
        bench.server->answersTwice = true;
        for (int round = 0; round < 5; ++round)
            QCOMPARE(bench.parameters()->bufferSize, 384);
        QCOMPARE(bench.client->skippedCount(), 5);
        QCOMPARE(bench.clock.now(), 0ms);
    }
};

QTEST_GUILESS_MAIN(TestRawChannel)
#include "tst_raw_channel.moc"
