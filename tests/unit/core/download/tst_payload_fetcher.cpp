// SPDX-License-Identifier: Apache-2.0
#include "core/download/payload_fetcher.h"

#include "tests/support/download_station.h"

using namespace std::chrono_literals;
using core::HttpsRequest;
using core::Reason;
using test_support::sampleContent;
using test_support::Station;
using test_support::status;
using test_support::verdictOf;
using testing::FakeAnswer;

namespace {

/// A disk that is full after so many bytes.
class SmallDisk final : public core::FileSteps
{
public:
    qint64 room = 0;

    core::Result<core::Done> write(QFile &file, const QByteArray &bytes) override
    {
        if (bytes.size() > room) {
            (void)core::FileSteps::write(file, bytes.left(room)); // Half of it is there, as on a real one.
            return core::fail(core::ErrorKind::NotAllowedNow, Reason::StorageFull, file.fileName());
        }
        room -= bytes.size();
        return core::FileSteps::write(file, bytes);
    }
};

} // namespace

class TestPayloadFetcher : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void fetchesAFileOnce()
    {
        Station station;
        QCOMPARE(verdictOf(station.fetch()), QStringLiteral("fetched"));
        QCOMPARE(station.offsets(), QList<qint64>{0});
        QCOMPARE(QDir(station.folder.path()).entryList(QDir::Files), QStringList{station.wanted.name()});
        QCOMPARE(station.progress.first().done, 0);
        QCOMPARE(station.progress.last().done, sampleContent().size());
        QCOMPARE(station.progress.last().total, sampleContent().size());

        QCOMPARE(verdictOf(station.fetch()), QStringLiteral("fetched"));
        QCOMPARE(station.server.requests.size(), 1);
    }

    void fetchesAgainWhatADiskChanged()
    {
        Station station;
        QVERIFY(station.fetch().has_value());
        QVERIFY(core::replaceFile(station.path(), QByteArray(sampleContent()).replace("7 8", "7 9")));
        QCOMPARE(verdictOf(station.fetch()), QStringLiteral("fetched"));
        QCOMPARE(station.server.requests.size(), 2);
    }

    void goesOnAfterACut()
    {
        Station station;
        station.server.answers = [&server = station.server](const HttpsRequest &request) {
            return server.cutAfter(request, 100'000);
        };
        QCOMPARE(verdictOf(station.fetch()), QStringLiteral("fetched"));
        QCOMPARE(station.offsets(), (QList<qint64>{0, 100'000, 200'000, 300'000}));
        QCOMPARE(station.server.sent, sampleContent().size());
        QCOMPARE(station.server.requests.last().ifRange, QByteArray("\"v1\""));
    }

    void goesOnWhereTheLastRunStopped()
    {
        Station station;
        station.stopAt = 120'000;
        const auto stopped = station.fetch();
        QVERIFY(!stopped && stopped.error().kind == core::ErrorKind::Cancelled);
        QCOMPARE(station.part(), sampleContent().left(120'000));

        station.stop = {};
        station.stopAt = std::numeric_limits<qint64>::max();
        station.server.requests.clear();
        station.progress.clear();
        QCOMPARE(verdictOf(station.fetch()), QStringLiteral("fetched"));
        QCOMPARE(station.offsets(), QList<qint64>{120'000});
        QCOMPARE(station.progress.first().done, 120'000);
        QCOMPARE(station.server.requests.first().ifRange, QByteArray("\"v1\""));
    }

    void aPartThatIsWholeNeedsNoServer()
    {
        Station station;
        station.leaveAPart(sampleContent());
        QCOMPARE(verdictOf(station.fetch()), QStringLiteral("fetched"));
        QCOMPARE(station.server.requests.size(), 0);
    }

    void aPartOfSomethingElseIsNotGoneOnWith_data()
    {
        QTest::addColumn<QByteArray>("from");
        QTest::addColumn<QByteArray>("to");
        QTest::newRow("address") << QByteArray("net.bin") << QByteArray("nat.bin");
        QTest::newRow("size") << QByteArray("\"size\":300") << QByteArray("\"size\":400");
        QTest::newRow("hash") << QByteArray("\"sha256\":\"") << QByteArray("\"sha256\":\"0");
        QTest::newRow("schema") << QByteArray("\"schema\":1") << QByteArray("\"schema\":2");
        QTest::newRow("no note") << QByteArray("{") << QByteArray();
    }
    void aPartOfSomethingElseIsNotGoneOnWith()
    {
        QFETCH(QByteArray, from);
        QFETCH(QByteArray, to);
        Station station;
        station.leaveAPart(sampleContent().left(50'000));
        const QString note = station.path(QStringLiteral(".part.json"));
        const QByteArray changed = test_support::contentOf(note).replace(from, to);
        QVERIFY(changed != test_support::contentOf(note));
        QVERIFY(core::replaceFile(note, changed));
        station.server.requests.clear();
        QCOMPARE(verdictOf(station.fetch()), QStringLiteral("fetched"));
        QCOMPARE(station.offsets(), QList<qint64>{0});
    }

    void beginsAnewWhenTheServerHasAnother()
    {
        Station station;
        station.leaveAPart(QByteArray(50'000, 'x'));
        station.server.entityTag = "\"v2\"";
        station.server.requests.clear();
        QCOMPARE(verdictOf(station.fetch()), QStringLiteral("fetched"));
        QCOMPARE(station.offsets(), QList<qint64>{50'000});
        QCOMPARE(station.server.requests.first().ifRange, QByteArray("\"v1\""));
    }

    void beginsAnewWhenTheServerCannotGoOn()
    {
        Station station;
        station.leaveAPart(sampleContent().left(50'000));
        station.server.answers = [&station](const HttpsRequest &) { return station.server.honest({}); };
        QCOMPARE(verdictOf(station.fetch()), QStringLiteral("fetched"));
    }

    void piecesOfTwoFilesAreFetchedOnceMore()
    {
        Station station;
        station.server.entityTag = "W/\"weak\""; // It cannot be asked whether the file is the same.
        station.leaveAPart(QByteArray(50'000, 'x'));
        QCOMPARE(verdictOf(station.fetch()), QStringLiteral("fetched"));
        QCOMPARE(station.offsets(), (QList<qint64>{50'000, 0}));
        QCOMPARE(station.server.requests.first().ifRange, QByteArray());
    }

    void aServerThatAlwaysCutsAndKnowsNoRangesIsGivenUp()
    {
        Station station;
        station.server.answers = [&station](const HttpsRequest &request) {
            return request.from > 0 ? status(416) : station.server.cutAfter(request, 100'000);
        };
        QCOMPARE(verdictOf(station.fetch()), QStringLiteral("SERVER_FAILED"));
        QVERIFY2(station.server.requests.size() <= 8,
                 qPrintable(QString::number(station.server.requests.size())));
    }

    void aServerThatGivesByteByByteIsGivenUp()
    {
        Station station;
        station.server.answers = [&station](const HttpsRequest &request) {
            return station.server.cutAfter(request, 1);
        };
        QCOMPARE(verdictOf(station.fetch()), QStringLiteral("SERVER_FAILED"));
        QCOMPARE(station.server.requests.size(), 6);
    }

    void waitsLongerAndLonger()
    {
        Station station;
        station.server.answers = [](const HttpsRequest &) { return status(503); };
        QCOMPARE(verdictOf(station.fetch()), QStringLiteral("SERVER_FAILED"));
        QCOMPARE(station.server.requests.size(), 6);
        QCOMPARE(station.clock.now(), core::Milliseconds(31s));
    }

    void aSilentServerIsGivenUp()
    {
        Station station;
        station.server.answers = [](const HttpsRequest &) { return FakeAnswer{.head = {}, .isMute = true}; };
        QCOMPARE(verdictOf(station.fetch()), QStringLiteral("SERVER_FAILED"));
        QCOMPARE(station.clock.now(), core::Milliseconds(6 * 30s + 31s));
    }

    void aServerThatFallsSilentIsAskedAgain()
    {
        Station station;
        station.server.answers = [&station](const HttpsRequest &request) {
            FakeAnswer answer = station.server.cutAfter(request, 200'000);
            if (answer.end == FakeAnswer::End::Cut)
                answer.end = FakeAnswer::End::Silent;
            return answer;
        };
        QCOMPARE(verdictOf(station.fetch()), QStringLiteral("fetched"));
        QCOMPARE(station.offsets(), (QList<qint64>{0, 200'000}));
    }

    void aStopIsHeardWhileTheServerIsSilent()
    {
        Station station;
        station.server.answers = [&station](const HttpsRequest &) {
            station.stop.raise();
            return FakeAnswer{.head = {}, .isMute = true};
        };
        const auto stopped = station.fetch();
        QVERIFY(!stopped && stopped.error().kind == core::ErrorKind::Cancelled);
        QVERIFY(station.clock.now() <= 500ms);
    }

    void aFullDiskKeepsThePart()
    {
        Station station;
        SmallDisk small;
        small.room = 105'000;
        station.steps = &small;
        QCOMPARE(verdictOf(station.fetch()), QStringLiteral("STORAGE_FULL"));
        QCOMPARE(station.server.requests.size(), 1);
        QCOMPARE(station.part(), sampleContent().left(100'000));

        station.steps = &station.disk;
        QCOMPARE(verdictOf(station.fetch()), QStringLiteral("fetched"));
        QCOMPARE(station.offsets(), (QList<qint64>{0, 100'000}));
    }

    void aFullDiskIsCalledThat()
    {
        QFile full(QStringLiteral("/dev/full"));
        if (!full.open(QIODevice::WriteOnly))
            QSKIP("skipped, because this system has no /dev/full");
        const auto written = core::FileSteps().write(full, "x");
        QVERIFY(!written && written.error().reason == Reason::StorageFull);
        QVERIFY(written.error().kind == core::ErrorKind::NotAllowedNow);
    }

    void waitsForAnotherProgramThatFetchesTheSame()
    {
        Station station;
        auto other = std::make_unique<core::PartFile>(station.folder.path(), station.wanted, station.disk);
        QCOMPARE(other->lock().value_or(false), true);
        const auto alarm = station.clock.alarmIn(10s, [&] {
            QVERIFY(core::replaceFile(station.path(), sampleContent()));
            other.reset();
        });
        QCOMPARE(verdictOf(station.fetch()), QStringLiteral("fetched"));
        QCOMPARE(station.server.requests.size(), 0);
        QVERIFY(station.clock.now() >= 10s);
    }

    void tellsOfAFolderThatCannotBeMade()
    {
        Station station;
        QVERIFY(core::replaceFile(station.folder.filePath(QStringLiteral("file")), "x"));
        core::PayloadFetcher fetcher(station.server, {station.folder.filePath(QStringLiteral("file/in"))},
                                     {station.clock});
        const auto paths = testing::finish(fetcher.fetch({station.wanted}), station.clock);
        QVERIFY(!paths && paths.error().kind == core::ErrorKind::FileFailed);
    }

    void tidiesUpWhatNobodyUses()
    {
        Station station;
        QVERIFY(station.fetch().has_value());
        const QString foreign = station.folder.filePath(QStringLiteral("notes.txt"));
        QVERIFY(core::replaceFile(foreign, "x"));
        const QDateTime now = QDateTime::currentDateTimeUtc();
        core::tidyDownloads(station.folder.path(), now.addDays(29));
        QVERIFY(QFile::exists(station.path()));
        core::tidyDownloads(station.folder.path(), now.addDays(31));
        QVERIFY(!QFile::exists(station.path()));
        QVERIFY(QFile::exists(foreign));
    }
};

QTEST_GUILESS_MAIN(TestPayloadFetcher)
#include "tst_payload_fetcher.moc"
