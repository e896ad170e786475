// SPDX-License-Identifier: Apache-2.0
#include "device_protocols/transport/recording_channel.h"

#include "device_protocols/smp/image_group.h"
#include "tests/support/run_task.h"
#include "tests/support/session_channel.h"

#include <QTest>

using namespace std::chrono_literals;
using core::Result;
using smp::ImageSlot;

namespace {

/// A client on a recorded session, which is being recorded once more.
struct Bench {
    explicit Bench(const QString &session)
    {
        auto played = std::make_unique<testing::SessionChannel>(session);
        transport::RecordingChannel::LineSink write = [this](const QString &line) { lines.append(line); };
        auto recorder =
            std::make_unique<transport::RecordingChannel>(std::move(played), clock, std::move(write));
        client.emplace(std::move(recorder), clock);
        opened = testing::finish(client->open(), clock).has_value();
    }

    Result<QList<ImageSlot>> listImages()
    {
        smp::ImageGroup images(*client);
        return testing::finish(images.list(), clock);
    }

    testing::ManualClock clock;
    std::optional<smp::Client> client;
    QStringList lines;
    bool opened = false;
};

} // namespace

class TestRecordingChannel : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void whatItRecordsCanBePlayed()
    {
        Bench first(testing::savedSession(QStringLiteral("smp/image_list_two_slots")));
        QVERIFY(first.opened);
        const Result<QList<ImageSlot>> found = first.listImages();
        QCOMPARE(first.lines.size(), 2);

        Bench again(first.lines.join(u'\n'));
        QVERIFY(again.opened);
        const Result<QList<ImageSlot>> foundAgain = again.listImages();
        QCOMPARE(foundAgain->size(), found->size());
        QCOMPARE(foundAgain->at(1).hash, found->at(1).hash);
        QCOMPARE(again.lines, first.lines);
    }

    void recordsTheEndOfTheLink()
    {
        Bench bench(testing::savedSession(QStringLiteral("smp/disconnect")));
        QVERIFY(!bench.listImages().has_value());
        QCOMPARE(bench.lines.last(), QStringLiteral("! disconnect"));
        QVERIFY(!Bench(bench.lines.join(u'\n')).listImages().has_value());
    }

    void recordsThatNothingHappened()
    {
        Bench bench(testing::savedSession(QStringLiteral("smp/answered_on_third_try")));
        QVERIFY(bench.listImages().has_value());
        QCOMPARE(bench.lines.at(1), QStringLiteral("@ +2500ms"));
        QVERIFY(Bench(bench.lines.join(u'\n')).listImages().has_value());
    }
};

QTEST_GUILESS_MAIN(TestRecordingChannel)
#include "tst_recording_channel.moc"
