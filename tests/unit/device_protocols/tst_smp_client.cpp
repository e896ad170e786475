// SPDX-License-Identifier: Apache-2.0
#include "device_protocols/smp/image_group.h"
#include "tests/support/run_task.h"
#include "tests/support/session_channel.h"

#include <QTest>

using namespace std::chrono_literals;
using core::ErrorKind;
using core::Result;
using smp::ImageSlot;

namespace {

constexpr smp::Command kListImages{smp::Op::Read, smp::Group::Image, 0};
constexpr smp::Command kSizes{smp::Op::Read, smp::Group::Image, 6};

/// A client wired to one recorded session and a clock that moves only when all is quiet.
struct Bench {
    explicit Bench(const QString &name)
    {
        auto owned =
            std::make_unique<testing::SessionChannel>(testing::savedSession(QStringLiteral("smp/") + name));
        channel = owned.get();
        client.emplace(std::move(owned), clock);
        const auto opened = testing::finish(client->open(), clock);
        Q_ASSERT(opened);
    }

    Result<QCborMap> ask(smp::Command command = kListImages)
    {
        return testing::finish(client->request(command), clock);
    }

    testing::ManualClock clock;
    testing::SessionChannel *channel = nullptr;
    std::optional<smp::Client> client;
};

} // namespace

class TestSmpClient : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void givesTheBodyOfTheAnswer()
    {
        Bench bench(QStringLiteral("image_list_two_slots"));
        const Result<QCborMap> reply = bench.ask();
        QVERIFY2(reply.has_value(), qPrintable(bench.channel->complaint()));
        QVERIFY(reply->contains(QLatin1String("images")));
        QVERIFY(bench.channel->isPlayedOut());
    }

    void keepsTheGroupsOwnCode()
    {
        Bench bench(QStringLiteral("refused_v2"));
        const Result<QCborMap> reply = bench.ask();
        QCOMPARE(reply.error().kind, ErrorKind::RefusedByDevice);
        QCOMPARE(reply.error().deviceCode, (core::DeviceCode{1, 8}));
        QVERIFY(!smp::isRefusal(reply.error(), smp::GenericCode::InvalidValue));
    }

    void acceptsAnAnswerInAnotherVersion()
    {
        Bench bench(QStringLiteral("refused_v1"));
        const Result<QCborMap> reply = bench.ask();
        QCOMPARE(reply.error().kind, ErrorKind::RefusedByDevice);
        QVERIFY(reply.error().detail.contains(QStringLiteral("no such image")));
    }

    void tellsAMissingCommandFromARefusal()
    {
        Bench bench(QStringLiteral("unsupported"));
        QCOMPARE(bench.ask(kSizes).error().kind, ErrorKind::Unsupported);
    }

    void goesDownToVersionOneAndStaysThere()
    {
        Bench bench(QStringLiteral("version_one_only"));
        QVERIFY(bench.ask().has_value());
        QVERIFY2(bench.ask().has_value(), qPrintable(bench.channel->complaint()));
        QVERIFY(bench.channel->isPlayedOut());
    }

    void goesDownToVersionOneForAWriteToo()
    {
        Bench bench(QStringLiteral("version_one_only_write"));
        smp::ImageGroup images(*bench.client);
        QVERIFY(testing::finish(images.erase(1), bench.clock).has_value());
        QVERIFY(bench.channel->isPlayedOut());
    }

    void doesNotQuarrelAboutVersionsForEver()
    {
        Bench bench(QStringLiteral("no_version_at_all"));
        QCOMPARE(bench.ask().error().kind, ErrorKind::RefusedByDevice);
        QVERIFY(bench.channel->isPlayedOut());
    }

    void skipsWhatAnswersNothing()
    {
        Bench bench(QStringLiteral("late_answer_first"));
        smp::ImageGroup images(*bench.client);
        const Result<QList<ImageSlot>> found = testing::finish(images.list(), bench.clock);
        QCOMPARE(found->size(), 1);
        QCOMPARE(bench.client->skippedCount(), 4);
    }

    void asksAgainWhenALineWasLost()
    {
        Bench bench(QStringLiteral("answered_on_third_try"));
        QVERIFY(bench.ask().has_value());
        QVERIFY(bench.clock.now() >= 5s); // Two times its patience.
        QVERIFY(bench.clock.now() < 6s);
    }

    void takesALateAnswerToAnEarlierTry()
    {
        Bench bench(QStringLiteral("answer_to_the_first_of_two"));
        QVERIFY(bench.ask().has_value());
    }

    void givesUpOnASilentDevice()
    {
        Bench bench(QStringLiteral("silence"));
        QCOMPARE(bench.ask().error().kind, ErrorKind::TimedOut);
        QVERIFY(bench.channel->isPlayedOut());
        QVERIFY(bench.clock.now() < 8s);
    }

    void tellsWhoeverWaitsThatTheCableIsGone()
    {
        Bench bench(QStringLiteral("disconnect"));
        QCOMPARE(bench.ask().error().kind, ErrorKind::Disconnected);
        QVERIFY(!bench.client->isOpen());
        QCOMPARE(bench.clock.now(), 0ms); // At once, not after its patience.
    }

    void refusesABodyThatIsNotOneMap_data()
    {
        QTest::addColumn<QString>("session");
        QTest::newRow("a list") << QStringLiteral("not_a_map");
        QTest::newRow("more than a map") << QStringLiteral("bytes_left_over");
    }

    void refusesABodyThatIsNotOneMap()
    {
        QFETCH(QString, session);
        Bench bench(session);
        QCOMPARE(bench.ask().error().kind, ErrorKind::MalformedReply);
    }

    void tellsAnswersApartThatComeInAnyOrder()
    {
        Bench bench(QStringLiteral("two_under_way"));
        smp::Exchange one(*bench.client);
        smp::Exchange two(*bench.client);
        QVERIFY(testing::finish(one.send(kListImages, "\xa0"), bench.clock).has_value());
        QVERIFY(testing::finish(two.send(kListImages, "\xa0"), bench.clock).has_value());
        const Result<smp::Answer> ofTwo = testing::finish(two.next(1s), bench.clock);
        const Result<smp::Answer> ofOne = testing::finish(one.next(1s), bench.clock);
        QCOMPARE(ofOne->body->value(QLatin1String("a")).toInteger(), 11);
        QCOMPARE(ofTwo->body->value(QLatin1String("b")).toInteger(), 10);
    }

    void withdrawsWhenCancelled()
    {
        Bench bench(QStringLiteral("silence"));
        {
            core::Running running(bench.client->request(kListImages),
                                  [](auto) { QFAIL("reported after being cancelled"); });
        }
        bench.channel->deliver(QByteArray::fromHex("0900000100010000a0"));
        QCoreApplication::processEvents();
        bench.clock.advance(1h);
        QCoreApplication::processEvents();
        QCOMPARE(bench.client->skippedCount(), 1);
    }

    void failsWhatIsUnderWayWhenClosed()
    {
        Bench bench(QStringLiteral("silence"));
        std::optional<Result<QCborMap>> outcome;
        core::Running running(bench.client->request(kListImages),
                              [&](auto result) { outcome = std::move(result); });
        bench.client->close();
        QTRY_VERIFY(outcome.has_value());
        QCOMPARE(outcome->error().kind, ErrorKind::Disconnected);
    }

    void refusesWhatIsNoFrame_data()
    {
        QTest::addColumn<QByteArray>("frame");
        QTest::newRow("empty") << QByteArray();
        QTest::newRow("short") << QByteArray::fromHex("09000001000100");
        QTest::newRow("body too short") << QByteArray::fromHex("0900000200010000a0");
        QTest::newRow("body too long") << QByteArray::fromHex("0900000100010000a0a0");
    }

    void refusesWhatIsNoFrame()
    {
        QFETCH(QByteArray, frame);
        QVERIFY(!smp::decode(frame).has_value());
    }
};

QTEST_GUILESS_MAIN(TestSmpClient)
#include "tst_smp_client.moc"
