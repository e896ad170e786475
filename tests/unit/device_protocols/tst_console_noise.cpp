// SPDX-License-Identifier: Apache-2.0
#include "device_protocols/smp/console_channel.h"
#include "device_protocols/smp/os_group.h"
#include "device_protocols/smp/smp_driver.h"
#include "tests/support/memory_stream.h"
#include "tests/support/run_task.h"

#include <QTest>

using namespace std::chrono_literals;

namespace {

/// A server behind a console that prints what it likes around its answers.
struct Bench {
    Bench()
    {
        auto owned = std::make_unique<testing::MemoryStream>();
        stream = owned.get();
        stream->onSent = [this](const QByteArray &bytes) {
            for (const QByteArray &request : requests.feed(bytes).packets)
                lines(++count, smp::toConsoleLines(answerTo(request)));
        };
        client.emplace(std::make_unique<smp::ConsoleChannel>(std::move(owned)), clock);
        client->showTextTo([this](const QByteArray &piece) { text += piece; });
        const auto opened = testing::finish(client->open(), clock);
        Q_ASSERT(opened);
    }

    static QByteArray answerTo(const QByteArray &request)
    {
        // Long enough for two lines: {"r": 120 letters}.
        const QByteArray body = QByteArray::fromHex("a161727878") + QByteArray(120, 'x');
        QByteArray reply = request.first(8) + body;
        reply[0] = char(reply.at(0) + 1);
        reply[2] = 0;
        reply[3] = char(body.size());
        return reply;
    }

    auto echo() { return testing::finish(smp::OsGroup(*client).echo(QStringLiteral("x")), clock); }

    testing::ManualClock clock;
    testing::MemoryStream *stream = nullptr;
    std::function<void(int, const QByteArray &)> lines = [this](int, const QByteArray &answer) {
        stream->deliver(answer);
    };
    smp::ConsoleReader requests;
    QByteArray text;
    int count = 0; // of requests
    std::optional<smp::Client> client;
};

} // namespace

/// A console that is shared with log output: what is said beside the answers is shown, and does no harm.
class TestConsoleNoise : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void showsTheLogBesideTheAnswers()
    {
        Bench bench;
        bench.lines = [&bench](int, const QByteArray &answer) {
            const qsizetype cut = answer.indexOf('\n') + 1;
            bench.stream->deliver("[00:01] <inf> before\n" + answer.left(cut) + "[00:02] <wrn> between\n");
            bench.stream->deliver(answer.mid(cut) + "[00:03] <inf> after\n");
        };
        QVERIFY(bench.echo().has_value());
        QCOMPARE(bench.clock.now(), 0ms);
        QTRY_COMPARE(bench.text,
                     QByteArray("[00:01] <inf> before\n[00:02] <wrn> between\n[00:03] <inf> after\n"));
    }

    void asksAgainAfterHalfAFrame()
    {
        Bench bench;
        bench.lines = [&bench](int number, const QByteArray &answer) {
            bench.stream->deliver(number == 1 ? answer.left(answer.size() / 2) : answer);
        };
        QVERIFY(bench.echo().has_value());
        QVERIFY(bench.clock.now() < 3s);
        QCOMPARE(bench.count, 2);
    }

    void takesALateAnswerAndSkipsItsDouble()
    {
        Bench bench;
        QByteArray late;
        bench.lines = [&](int number, const QByteArray &answer) {
            if (number == 1)
                late = answer;
            else
                bench.stream->deliver(late + answer + late);
        };
        QVERIFY(bench.echo().has_value());
        bench.lines = [&](int, const QByteArray &answer) { bench.stream->deliver(answer + answer); };
        QVERIFY(bench.echo().has_value());
        QVERIFY(bench.echo().has_value());
        QVERIFY(bench.client->skippedCount() >= 3);
    }

    void readsPastNoise()
    {
        Bench bench;
        bench.lines = [&bench](int, const QByteArray &answer) {
            bench.stream->deliver(QByteArray("\x06\x09!!!\n\x04\x14\x06\x00\xff", 11) + "\n" + answer);
        };
        QVERIFY(bench.echo().has_value());
        QCOMPARE(bench.clock.now(), 0ms);
    }

    void aDriverTellsItLineByLine()
    {
        testing::ManualClock clock;
        auto owned = std::make_unique<testing::MemoryStream>();
        testing::MemoryStream &stream = *owned;
        smp::SmpDriver driver({QStringLiteral("lamp"), {}},
                              std::make_unique<smp::ConsoleChannel>(std::move(owned)), clock);
        QVERIFY(testing::finish(driver.open(), clock).has_value());
        QStringList told;
        driver.showLogTo([&told](const QString &line) { told.append(line); });
        stream.deliver("panic: out");
        stream.deliver(" of beans\r\nhalf");
        QTRY_COMPARE(told, QStringList{QStringLiteral("panic: out of beans")});
        driver.showLogTo({});
        stream.deliver(" a line\n");
        QCoreApplication::processEvents();
        QCOMPARE(told.size(), 1);
    }

    void hearsWhatIsPrintedWhenNobodyAsked()
    {
        Bench bench;
        bench.stream->deliver("panic: ");
        bench.stream->deliver("out of beans\n");
        QTRY_COMPARE(bench.text, QByteArray("panic: out of beans\n"));
    }
};

QTEST_GUILESS_MAIN(TestConsoleNoise)
#include "tst_console_noise.moc"
