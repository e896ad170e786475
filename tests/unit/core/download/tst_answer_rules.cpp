// SPDX-License-Identifier: Apache-2.0
#include "core/download/answer_rules.h"

#include "tests/support/download_station.h"

using core::HttpsRequest;
using core::Reason;
using test_support::kSampleUrl;
using test_support::redirection;
using test_support::sampleContent;
using test_support::Station;
using test_support::status;
using test_support::verdictOf;
using testing::FakeAnswer;

/// What a server may not do, as the one who fetches sees it.
class TestAnswerRules : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void anotherFileIsRefused()
    {
        Station station;
        station.server.content.replace("100 101", "100 111");
        QCOMPARE(verdictOf(station.fetch()), QStringLiteral("HASH_MISMATCH"));
        QCOMPARE(station.server.requests.size(), 1);
        QVERIFY(QDir(station.folder.path()).entryList(QDir::Files).isEmpty());
    }

    void anotherFileIsRefusedAfterItWasFetchedTwice()
    {
        Station station;
        station.leaveAPart(sampleContent().left(50'000));
        station.server.content.replace("40000 40001", "40000 40011");
        station.server.requests.clear();
        QCOMPARE(verdictOf(station.fetch()), QStringLiteral("HASH_MISMATCH"));
        QCOMPARE(station.offsets(), (QList<qint64>{50'000, 0}));
    }

    void anotherSizeIsRefusedBeforeAByteIsTaken()
    {
        Station station;
        station.server.content.append('x');
        QCOMPARE(verdictOf(station.fetch()), QStringLiteral("HASH_MISMATCH"));
        station.server.content.chop(2);
        QCOMPARE(verdictOf(station.fetch()), QStringLiteral("HASH_MISMATCH"));
        station.leaveAPart(sampleContent().left(50'000));
        const qint64 sent = station.server.sent;
        QCOMPARE(verdictOf(station.fetch()), QStringLiteral("HASH_MISMATCH"));
        QCOMPARE(station.server.sent, sent);
    }

    void noByteBeyondTheSizeIsTaken()
    {
        Station station;
        station.server.answers = [&station](const HttpsRequest &request) {
            FakeAnswer answer = station.server.honest(request);
            answer.head.length.reset(); // It does not say how much there is, and does not end.
            answer.body += QByteArray(10'000'000, 'x');
            return answer;
        };
        QCOMPARE(verdictOf(station.fetch()), QStringLiteral("HASH_MISMATCH"));
        QVERIFY(station.server.sent < sampleContent().size() + 20'000);
        QCOMPARE(station.server.requests.size(), 1);
        QVERIFY(QDir(station.folder.path()).entryList(QDir::Files).isEmpty());
    }

    void oddPartsAreRefused_data()
    {
        QTest::addColumn<QByteArray>("range");
        QTest::addColumn<QString>("verdict");
        const auto refused = QStringLiteral("DOWNLOAD_REFUSED");
        const QByteArray size = QByteArray::number(sampleContent().size());
        QTest::newRow("none") << QByteArray() << refused;
        QTest::newRow("from zero") << "bytes 0-99/" + size << refused;
        QTest::newRow("one further") << "bytes 50001-60000/" + size << refused;
        QTest::newRow("beyond the end") << QByteArray("bytes 50000-999999999/*") << refused;
        QTest::newRow("other unit") << "items 50000-60000/" + size << refused;
        QTest::newRow("other size") << QByteArray("bytes 50000-60000/70000")
                                    << QStringLiteral("HASH_MISMATCH");
    }
    void oddPartsAreRefused()
    {
        QFETCH(QByteArray, range);
        Station station;
        station.leaveAPart(sampleContent().left(50'000));
        station.server.answers = [&station, range](const HttpsRequest &request) {
            FakeAnswer answer = station.server.honest(request);
            answer.head.contentRange = range;
            return answer;
        };
        station.server.requests.clear();
        QTEST(verdictOf(station.fetch()), "verdict");
        QCOMPARE(station.server.requests.size(), 1);
        QCOMPARE(station.part(), sampleContent().left(50'000));
    }

    void anUnaskedPartIsRefused()
    {
        Station station;
        station.server.answers = [&station](const HttpsRequest &) {
            return station.server.honest({.from = 5});
        };
        QCOMPARE(verdictOf(station.fetch()), QStringLiteral("DOWNLOAD_REFUSED"));
    }

    void whatAnotherTryCannotChangeIsNotTried_data()
    {
        QTest::addColumn<int>("code");
        QTest::addColumn<QString>("verdict");
        for (const int code : {404, 410})
            QTest::addRow("%d", code) << code << QStringLiteral("DOWNLOAD_NOT_FOUND");
        for (const int code : {100, 204, 300, 304, 305, 400, 401, 403, 407, 416})
            QTest::addRow("%d", code) << code << QStringLiteral("DOWNLOAD_REFUSED");
    }
    void whatAnotherTryCannotChangeIsNotTried()
    {
        QFETCH(int, code);
        Station station;
        station.server.answers = [code](const HttpsRequest &) { return status(code); };
        QTEST(verdictOf(station.fetch()), "verdict");
        QCOMPARE(station.server.requests.size(), 1);
    }

    void anUntrustedServerIsNotAskedAgain()
    {
        Station station;
        station.server.answers = [](const HttpsRequest &) {
            return FakeAnswer{.head = {},
                              .failure = core::Error{core::ErrorKind::Untrusted, QStringLiteral("expired"),
                                                     Reason::ServerUntrusted}};
        };
        QCOMPARE(verdictOf(station.fetch()), QStringLiteral("SERVER_UNTRUSTED"));
        QCOMPARE(station.server.requests.size(), 1);
    }

    void aPackedFileIsRefused()
    {
        Station station;
        station.server.answers = [&station](const HttpsRequest &request) {
            FakeAnswer answer = station.server.honest(request);
            answer.head.contentEncoding = "gzip";
            return answer;
        };
        QCOMPARE(verdictOf(station.fetch()), QStringLiteral("DOWNLOAD_REFUSED"));
        QCOMPARE(station.server.requests.size(), 1);
        QCOMPARE(station.server.sent, 0);
    }

    void followsRedirections()
    {
        Station station;
        station.server.answers = [&station](const HttpsRequest &request) {
            return request.address == QString::fromLatin1(kSampleUrl)
                ? redirection("/mirror/net.bin?key=1#part")
                : station.server.honest(request);
        };
        QCOMPARE(verdictOf(station.fetch()), QStringLiteral("fetched"));
        QCOMPARE(station.server.requests.last().address,
                 QStringLiteral("https://fw.example/mirror/net.bin?key=1"));
    }

    void followsAtMostFiveRedirections()
    {
        for (const int most : {5, 6}) {
            Station station;
            int left = most;
            station.server.answers = [&station, &left](const HttpsRequest &request) {
                return left-- > 0 ? redirection("/" + QByteArray::number(left))
                                  : station.server.honest(request);
            };
            QCOMPARE(verdictOf(station.fetch()),
                     most == 5 ? QStringLiteral("fetched") : QStringLiteral("DOWNLOAD_REFUSED"));
            QCOMPARE(station.server.requests.size(), 6);
        }
    }

    void refusesRedirections_data()
    {
        QTest::addColumn<QByteArray>("target");
        QTest::newRow("to http") << QByteArray("http://fw.example/net.bin");
        QTest::newRow("to a file") << QByteArray("file:///etc/passwd");
        QTest::newRow("to itself") << QByteArray(kSampleUrl);
        QTest::newRow("nowhere") << QByteArray();
        QTest::newRow("with a password") << QByteArray("https://me:secret@fw.example/net.bin");
        QTest::newRow("no address") << QByteArray("https://[");
        QTest::newRow("endless") << "https://fw.example/" + QByteArray(3000, 'a');
    }
    void refusesRedirections()
    {
        QFETCH(QByteArray, target);
        Station station;
        station.server.answers = [target](const HttpsRequest &) { return redirection(target); };
        QCOMPARE(verdictOf(station.fetch()), QStringLiteral("DOWNLOAD_REFUSED"));
        QCOMPARE(station.server.requests.size(), 1);
    }

    void asksOnlyServersThatThePolicyNames()
    {
        Station station;
        station.allowedHosts = QStringList{};
        QCOMPARE(verdictOf(station.fetch()), QStringLiteral("HOST_NOT_ALLOWED"));
        station.allowedHosts = {QStringLiteral("other.example")};
        const auto refused = station.fetch();
        QCOMPARE(verdictOf(refused), QStringLiteral("HOST_NOT_ALLOWED"));
        QVERIFY(refused.error().kind == core::ErrorKind::NotAllowedNow);
        QCOMPARE(station.server.requests.size(), 0);

        station.allowedHosts = {QStringLiteral("FW.example")};
        station.server.answers = [](const HttpsRequest &) {
            return redirection("https://other.example/net.bin");
        };
        QCOMPARE(verdictOf(station.fetch()), QStringLiteral("HOST_NOT_ALLOWED"));
        QCOMPARE(station.server.requests.size(), 1);
    }
};

QTEST_GUILESS_MAIN(TestAnswerRules)
#include "tst_answer_rules.moc"
