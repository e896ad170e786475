// SPDX-License-Identifier: Apache-2.0
#include "device_protocols/smp/image_upload.h"

#include "device_protocols/smp/console_channel.h"
#include "tests/support/run_task.h"
#include "tests/support/upload_server.h"

#include <QRandomGenerator>
#include <QTest>

#include <numeric>

using namespace std::chrono_literals;
using core::Done;
using core::ErrorKind;
using core::Reason;
using core::Result;
using smp::ServerLimits;
using testing::UploadServer;

namespace {

QByteArray randomBytes(int size)
{
    QByteArray bytes(size, '\0');
    QRandomGenerator random(7);
    for (char &byte : bytes)
        byte = char(random.bounded(256));
    return bytes;
}

const QByteArray kImage = randomBytes(20'011);

/// The far end of a serial line: console framing around the server, with noise on request.
class ServerLine final : public transport::ByteStream
{
public:
    explicit ServerLine(UploadServer &server) : m_server(server) { }

    core::Task<Done> open() override { co_return Done{}; }
    core::Task<QByteArray> receive() override { return m_toHost.next(); }
    void close() override { m_toHost.clear(); }

    core::Task<Done> send(QByteArray bytes) override
    {
        for (const QByteArray &packet : m_reader.feed(bytes).packets) {
            mostUnderWay = std::max(mostUnderWay, ++m_underWay);
            m_queue.append(packet);
        }
        // A server works after the host has sent, never inside its call.
        if (!std::exchange(m_isBusy, true))
            workLater();
        if (cutsAfter > 0 && m_server.requestCount >= cutsAfter)
            m_toHost.put(core::fail(ErrorKind::Disconnected, QStringLiteral("cable pulled")));
        co_return Done{};
    }

    bool isNoisy = false;
    int cutsAfter = 0;
    int mostUnderWay = 0;

private:
    /// Slower than the way of an answer through the client.
    void workLater(int turns = 5)
    {
        const auto turn = [this, turns] { turns > 1 ? workLater(turns - 1) : work(); };
        QMetaObject::invokeMethod(&m_loop, turn, Qt::QueuedConnection);
    }

    /// One packet at a time, as a processor does.
    void work()
    {
        m_isBusy = !m_queue.isEmpty();
        if (!m_isBusy)
            return;
        --m_underWay;
        if (const auto answer = m_server.handle(m_queue.takeFirst())) {
            QByteArray wire = smp::toConsoleLines(*answer);
            if (isNoisy)
                wire = "[00:00:01.000] <inf> img: wrote\r\nuart:~$ " + wire + "\x06";
            m_toHost.put(wire);
        }
        workLater();
    }

    UploadServer &m_server;
    smp::ConsoleReader m_reader;
    QList<QByteArray> m_queue;
    int m_underWay = 0;
    bool m_isBusy = false;
    core::Mailbox<QByteArray> m_toHost;
    QObject m_loop;
};

struct Bench {
    explicit Bench(UploadServer::Faults faults = {})
    {
        server.faults = std::move(faults);
        auto owned = std::make_unique<ServerLine>(server);
        line = owned.get();
        client.emplace(std::make_unique<smp::ConsoleChannel>(std::move(owned)), clock);
        const auto opened = testing::finish(client->open(), clock);
        Q_ASSERT(opened);
    }

    Result<Done> upload(ServerLimits limits = {1024, 4})
    {
        smp::UploadOrder order{.file = kImage, .limits = limits};
        order.control.stop = &stop;
        order.control.onProgress = [this](const core::WriteProgressed &now) {
            const qint64 done = now.done;
            QCOMPARE(now.total, kImage.size());
            progress.append(done);
            if (forgetsPeakAt > 0 && done >= forgetsPeakAt) {
                line->mostUnderWay = 0;
                forgetsPeakAt = 0;
            }
            if (stopsAt > 0 && done >= stopsAt)
                stop.raise();
        };
        smp::ImageUpload upload(*client, std::move(order));
        return testing::finish(upload.run(), clock);
    }

    testing::ManualClock clock;
    UploadServer server;
    ServerLine *line = nullptr;
    std::optional<smp::Client> client;
    core::StopRequest stop;
    QList<qint64> progress;
    qint64 stopsAt = 0;
    qint64 forgetsPeakAt = 0; // counts what is under way anew from this byte on
};

} // namespace

class TestImageUpload : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void sendsTheWholeFile()
    {
        Bench bench;
        QVERIFY(bench.upload().has_value());
        QCOMPARE(bench.server.received, kImage);
        QCOMPARE(bench.server.eraseCount, 1);
        QVERIFY(bench.clock.now() < 1s); // It never waited for anything.
        const QList<qsizetype> &sent = bench.server.chunkSizes;
        QCOMPARE(std::accumulate(sent.begin(), sent.end(), qsizetype(0)), kImage.size()); // Nothing twice.
        QCOMPARE(bench.progress.last(), kImage.size());
        QVERIFY(std::is_sorted(bench.progress.begin(), bench.progress.end()));
    }

    void fillsTheBuffersOfTheServer_data()
    {
        QTest::addColumn<int>("bufferSize");
        QTest::addColumn<int>("chunk");
        QTest::newRow("MCUboot") << 1024 << 992;
        QTest::newRow("Zephyr") << 384 << 352;
        QTest::newRow("unknown") << 0 << 224;
        QTest::newRow("tiny") << 130 << 96;
        QTest::newRow("boasting") << 1'000'000'000 << 8160;
    }

    void fillsTheBuffersOfTheServer()
    {
        QFETCH(int, bufferSize);
        QFETCH(int, chunk);
        Bench bench;
        bench.server.bufferSize = bufferSize > 0 ? bufferSize - 4 : 256;
        QVERIFY(bench.upload({bufferSize, 4}).has_value());
        QCOMPARE(bench.server.received, kImage);
        QCOMPARE(bench.server.chunkSizes.at(1), chunk);
        QVERIFY(bench.server.chunkSizes.at(0) >= 32);
    }

    /// One packet more than the server has buffers for can crash Zephyr.
    void keepsAsManyUnderWayAsThereAreBuffers_data()
    {
        QTest::addColumn<int>("buffers");
        QTest::addColumn<int>("underWay");
        QTest::newRow("0, a lie") << 0 << 1;
        QTest::newRow("1") << 1 << 1;
        QTest::newRow("2") << 2 << 1;
        QTest::newRow("3") << 3 << 2;
        QTest::newRow("4") << 4 << 2;
    }

    void keepsAsManyUnderWayAsThereAreBuffers()
    {
        QFETCH(int, buffers);
        QFETCH(int, underWay);
        Bench bench;
        QVERIFY(bench.upload({1024, buffers}).has_value());
        QCOMPARE(bench.line->mostUnderWay, underWay);
    }

    void survivesWhatLinesAndServersDo_data()
    {
        QTest::addColumn<UploadServer::Faults>("faults");
        QTest::addColumn<int>("seconds"); // at most
        const auto row = [](const char *name, UploadServer::Faults faults, int seconds) {
            QTest::newRow(name) << faults << seconds;
        };
        row("a lost request, seen by the next answer", {.lostRequests = {15}}, 1);
        row("a lost answer, covered by the next answer", {.lostAnswers = {15}}, 1);
        row("both under way lost", {.lostRequests = {15, 16}}, 6);
        row("both answers lost", {.lostAnswers = {15, 16}}, 6);
        row("the first request lost", {.lostRequests = {1}}, 41);
        row("the first answer lost", {.lostAnswers = {1}}, 41);
        row("the last answer lost", {.lostAnswers = {21, 22}}, 11);
        row("no memory", {.refusals = {{4, 2}, {5, 2}, {9, 2}}}, 1);
        row("no memory for the first", {.refusals = {{1, 2}, {2, 2}}}, 1);
        row("restarted on the way", {.forgetsAt = 8}, 2);
        row("chunks smaller than its buffer", {.largestChunk = 300}, 1);
        row("a wrong offset in one answer", {.liesAboutOffset = {{6, 992}}}, 2);
        row("a good match", {.match = true}, 1);
    }

    void survivesWhatLinesAndServersDo()
    {
        QFETCH(UploadServer::Faults, faults);
        QFETCH(int, seconds);
        for (const auto kind : {UploadServer::Kind::Zephyr, UploadServer::Kind::McubootRecovery}) {
            Bench bench(faults);
            bench.server.kind = kind;
            const Result<Done> outcome = bench.upload();
            QVERIFY2(outcome.has_value(), outcome ? "" : qPrintable(outcome.error().detail));
            QCOMPARE(bench.server.received, kImage);
            QVERIFY2(bench.clock.now() <= std::chrono::seconds(seconds),
                     qPrintable(QString::number(bench.clock.now().count())));
        }
    }

    void followsAServerThatCutsChunks()
    {
        Bench bench;
        bench.server.kind = UploadServer::Kind::McubootRecovery;
        bench.server.writeUnit = 64;
        QVERIFY(bench.upload({1024, 3}).has_value());
        QCOMPARE(bench.server.received, kImage);
        QCOMPARE(bench.line->mostUnderWay, 2); // Also while it goes back.
    }

    void sendsOneAtATimeAfterASilence()
    {
        Bench bench({.lostRequests = {15, 16}});
        bench.forgetsPeakAt = 17'000;
        QVERIFY(bench.upload().has_value());
        QCOMPARE(bench.line->mostUnderWay, 1);
    }

    void readsAnswersOutOfAConsole()
    {
        Bench bench;
        bench.line->isNoisy = true;
        QVERIFY(bench.upload().has_value());
        QCOMPARE(bench.server.received, kImage);
    }

    void goesOnWhereItWasInterrupted()
    {
        Bench bench;
        bench.line->cutsAfter = 10;
        const Result<Done> first = bench.upload();
        QCOMPARE(first.error().kind, ErrorKind::Disconnected);
        const qsizetype before = bench.server.received.size();
        QVERIFY(before > 5000);

        bench.line->cutsAfter = 0;
        bench.progress.clear();
        QVERIFY(testing::finish(bench.client->open(), bench.clock).has_value());
        QVERIFY(bench.upload().has_value());
        QCOMPARE(bench.server.received, kImage);
        QCOMPARE(bench.server.eraseCount, 1);
        QVERIFY(bench.progress.first() >= before);
    }

    void hasNothingToSendWhenAllIsThere()
    {
        Bench bench;
        QVERIFY(bench.upload().has_value());
        const int requests = bench.server.requestCount;
        QVERIFY(bench.upload().has_value());
        QCOMPARE(bench.server.requestCount,
                 requests + 2); // Asked twice, as a stale answer would say it, too.
    }

    /// One answer that says so may be left over from an upload before.
    void believesOnlyTwoAnswersThatAllIsThere()
    {
        Bench bench({.liesAboutOffset = {{1, kImage.size()}}});
        QVERIFY(bench.upload().has_value());
        QCOMPARE(bench.server.received, kImage);
    }

    void asksAnewWhenTheServerClaimsMoreThanWasSent()
    {
        Bench bench({.liesAboutOffset = {{3, 19'000}}});
        QVERIFY(bench.upload().has_value());
        QCOMPARE(bench.server.received, kImage);
    }

    /// After a few cuts its packets end where the server's units do.
    void learnsTheWriteUnitOfTheServer()
    {
        Bench bench;
        bench.server.kind = UploadServer::Kind::McubootRecovery;
        bench.server.writeUnit = 256;
        QVERIFY(bench.upload({1024, 1}).has_value());
        QCOMPARE(bench.server.received, kImage);
        const QList<qsizetype> &sent = bench.server.chunkSizes;
        const qsizetype twice = std::accumulate(sent.begin(), sent.end(), qsizetype(0)) - kImage.size();
        QVERIFY2(twice <= 4 * 256, qPrintable(QString::number(twice)));
    }

    void failsOnWhatCannotBeHealed_data()
    {
        QTest::addColumn<UploadServer::Faults>("faults");
        QTest::addColumn<ErrorKind>("kind");
        QTest::addColumn<int>("seconds"); // at most
        const auto row = [](const char *name, UploadServer::Faults faults, ErrorKind kind, int seconds) {
            QTest::newRow(name) << faults << kind << seconds;
        };
        row("the file arrived wrong", {.match = false}, ErrorKind::RefusedByDevice, 1);
        row("silent from the start", {.silentFrom = 1}, ErrorKind::TimedOut, 81);
        row("silent on the way", {.silentFrom = 7}, ErrorKind::TimedOut, 21);
        row("refused", {.refusals = {{1, 6}}}, ErrorKind::RefusedByDevice, 1);
        row("refused on the way", {.refusals = {{5, 1}}}, ErrorKind::RefusedByDevice, 1);
        row("even the smallest chunk is too large", {.largestChunk = 31}, ErrorKind::RefusedByDevice, 1);
        row("an offset behind the end", {.liesAboutOffset = {{3, 20'012}}}, ErrorKind::MalformedReply, 1);
        row("a negative offset", {.liesAboutOffset = {{3, -1}}}, ErrorKind::MalformedReply, 1);
    }

    void failsOnWhatCannotBeHealed()
    {
        QFETCH(UploadServer::Faults, faults);
        QFETCH(ErrorKind, kind);
        QFETCH(int, seconds);
        Bench bench(faults);
        const Result<Done> outcome = bench.upload();
        QVERIFY(!outcome.has_value());
        QCOMPARE(outcome.error().kind, kind);
        QVERIFY2(bench.clock.now() <= std::chrono::seconds(seconds),
                 qPrintable(QString::number(bench.clock.now().count())));
    }

    void givesUpOnAServerThatTurnsInCircles()
    {
        UploadServer::Faults faults;
        for (int request = 3; request < 1000; ++request)
            faults.liesAboutOffset[request] = 992;
        Bench bench(faults);
        const Result<Done> outcome = bench.upload();
        QCOMPARE(outcome.error().kind, ErrorKind::RefusedByDevice);
        QVERIFY(bench.server.requestCount < 40);
    }

    void givesUpOnAServerThatForgetsAgainAndAgain()
    {
        UploadServer::Faults faults;
        for (int request = 3; request < 1000; request += 3)
            faults.liesAboutOffset[request] = 0;
        Bench bench(faults);
        QVERIFY(!bench.upload().has_value());
        QVERIFY(bench.server.requestCount < 60);
    }

    void namesAWrongFile()
    {
        Bench bench({.match = false});
        QCOMPARE(bench.upload().error().reason, Reason::HashMismatch);
    }

    void stopsBetweenPackets()
    {
        Bench bench;
        bench.stopsAt = 6000;
        const Result<Done> outcome = bench.upload();
        QCOMPARE(outcome.error().kind, ErrorKind::Cancelled);
        QVERIFY(bench.server.received.size() < 10'000);
    }

    void isCancelledByDestroyingIt()
    {
        Bench bench({.silentFrom = 5});
        {
            smp::ImageUpload upload(*bench.client, {.file = kImage, .limits = {1024, 4}});
            core::Running running(upload.run(), [](auto) { QFAIL("reported after being cancelled"); });
            QCoreApplication::processEvents();
        }
        bench.server.faults.silentFrom = 0;
        QCoreApplication::processEvents();
        bench.clock.advance(1h);
        QVERIFY(bench.upload().has_value()); // The client is as good as new.
        QCOMPARE(bench.server.received, kImage);
    }

    void sendsAFileOfOneByte()
    {
        Bench bench;
        smp::ImageUpload upload(*bench.client, {.file = "x", .limits = {1024, 4}});
        QVERIFY(testing::finish(upload.run(), bench.clock).has_value());
        QCOMPARE(bench.server.received, QByteArray("x"));
    }
};

QTEST_GUILESS_MAIN(TestImageUpload)
#include "tst_image_upload.moc"
