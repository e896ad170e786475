// SPDX-License-Identifier: Apache-2.0
#include "app/download/https_client.h"

#include "core/async/system_clock.h"
#include "core/download/payload_fetcher.h"
#include "tests/support/https_server.h"
#include "tests/support/run_live.h"
#include "tests/support/vectors.h"
#include "tests/support/wanted_samples.h"

#include <QTest>

namespace {

/// More than all buffers on the way hold.
QByteArray largeContent()
{
    QByteArray content;
    for (int number = 0; content.size() < 8'000'000; ++number)
        content += QByteArray::number(number) + ' ';
    return content;
}

QString verdictOf(const core::Result<QByteArray> &result, const QByteArray &content)
{
    if (result)
        return *result == content ? QStringLiteral("fetched") : QStringLiteral("fetched something else");
    return result.error().reason ? core::reasonCode(*result.error().reason) : result.error().detail;
}

} // namespace

/// Qt's network against a server that shares no code with it.
class TestHttpsClient : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        for (const char *name : {"http_proxy", "https_proxy", "all_proxy"})
            qunsetenv(name);
        m_server = std::make_unique<testing::HttpsServer>(m_content);
    }

    void fetchesWhatDoesNotFitIntoItsBuffers()
    {
        QCOMPARE(verdictOf(fetch("-"), m_content), QStringLiteral("fetched"));
        const QJsonObject request = m_server->requests(1).first();
        QCOMPARE(request[QStringLiteral("sent")].toInt(), m_content.size());
        QCOMPARE(request[QStringLiteral("range")].toString(), QString());
        QCOMPARE(request[QStringLiteral("encodings")].toString(), QStringLiteral("identity"));
    }

    void asksForTheRest()
    {
        QCOMPARE(verdictOf(fetch("cut_first=3000000"), m_content), QStringLiteral("fetched"));
        const QList<QJsonObject> requests = m_server->requests(2);
        const QString range = requests[1][QStringLiteral("range")].toString();
        const qint64 from = range.mid(6).chopped(1).toLongLong();
        QVERIFY2(range.startsWith(QStringLiteral("bytes=")) && from > 0 && from <= 3'000'000,
                 qPrintable(range));
        QCOMPARE(requests[1][QStringLiteral("status")].toInt(), 206);
        QCOMPARE(requests[1][QStringLiteral("sent")].toInteger(), m_content.size() - from);
        QVERIFY(!requests[0][QStringLiteral("tag")].toString().isEmpty());
        QCOMPARE(requests[1][QStringLiteral("if_range")], requests[0][QStringLiteral("tag")]);
    }

    void aLeftAnswerIsDropped()
    {
        core::SystemClock clock;
        const auto client = *download::HttpsClient::create(m_server->caFile());
        auto answer = client->get({m_server->address(QStringLiteral("hold_first=100000"))});
        const auto head = testing::finishLive(answer->head());
        QVERIFY2(head && head->status == 200, head ? "" : qPrintable(head.error().detail));
        QCOMPARE(*head->length, m_content.size());
        QVERIFY(!testing::finishLive(answer->next())->isEmpty());
        answer.reset();
        QCOMPARE(m_server->requests(1).size(), 1); // Its connection was closed, or it would still wait.
    }

    void leavesNothingBehind()
    {
        QCOMPARE(verdictOf(fetch("cookie"), m_content), QStringLiteral("fetched"));
        const QJsonObject second = m_server->requests(2).last();
        QCOMPARE(second[QStringLiteral("cookie")].toString(), QString());
        QCOMPARE(second[QStringLiteral("authorization")].toString(), QString());
    }

    void tellsWhatWentWrong_data()
    {
        QTest::addColumn<QByteArray>("tricks");
        QTest::addColumn<QByteArray>("certificate");
        QTest::addColumn<QString>("verdict");
        const auto row = [](const char *tricks, const char *certificate, const char *verdict) {
            QTest::addRow("%s %s", tricks, certificate)
                << QByteArray(tricks) << QByteArray(certificate) << QString::fromLatin1(verdict);
        };
        row("-", "expired", "SERVER_UNTRUSTED");
        row("-", "self_signed", "SERVER_UNTRUSTED");
        row("-", "other_name", "SERVER_UNTRUSTED");
        row("gzip", "good", "DOWNLOAD_REFUSED");
        row("status=404", "good", "DOWNLOAD_NOT_FOUND");
        row("status=401", "good", "DOWNLOAD_REFUSED");
        row("status=403", "good", "DOWNLOAD_REFUSED");
        row("longer=1", "good", "HASH_MISMATCH");
        row("circle", "good", "DOWNLOAD_REFUSED");
        row("to=687474703a2f2f6c6f63616c686f73742f", "good", "DOWNLOAD_REFUSED"); // http://localhost/
    }
    void tellsWhatWentWrong()
    {
        QFETCH(QByteArray, tricks);
        QFETCH(QByteArray, certificate);
        const auto result = fetch(tricks, certificate);
        QTEST(verdictOf(result, m_content), "verdict");
    }

    void theSystemDoesNotKnowOurAuthority()
    {
        const auto result = fetch("-", "good", QString());
        QCOMPARE(verdictOf(result, m_content), QStringLiteral("SERVER_UNTRUSTED"));
        QVERIFY2(result.error().detail.contains(QStringLiteral("localhost")),
                 qPrintable(result.error().detail));
    }

    void aServerThatDoesNotSpeakTlsIsNotBelieved()
    {
        const QString address =
            QStringLiteral("https") + m_server->address(QStringLiteral("-"), "plain").mid(4);
        const auto client = *download::HttpsClient::create(m_server->caFile());
        const auto answer = client->get({address});
        const auto head = testing::finishLive(answer->head());
        QVERIFY(!head);
    }

    void aServerThatIsNotThereIsAFailure()
    {
        const auto client = *download::HttpsClient::create({});
        for (const char *address : {"https://localhost:1/", "https://no-such-host.invalid/"}) {
            const auto answer = client->get({QString::fromLatin1(address)});
            const auto head = testing::finishLive(answer->head());
            QVERIFY(!head && head.error().reason == core::Reason::ServerFailed);
        }
    }

    void authoritiesHaveToBeSome()
    {
        const auto missing = download::HttpsClient::create(QStringLiteral("/no/such/file"));
        QVERIFY(!missing && missing.error().kind == core::ErrorKind::FileFailed);
        const auto foreign =
            download::HttpsClient::create(QStringLiteral(BOOTMEND_SOURCE_DIR "/CMakeLists.txt"));
        QVERIFY(!foreign && foreign.error().kind == core::ErrorKind::InvalidFile);
    }

private:
    core::Result<QByteArray> fetch(const QByteArray &tricks, const QByteArray &certificate,
                                   const QString &caFile)
    {
        const QString address = m_server->address(QString::fromLatin1(tricks), certificate.constData());
        const auto client = download::HttpsClient::create(caFile);
        if (!client)
            return core::passOn(client.error());
        const QTemporaryDir folder;
        core::SystemClock clock;
        core::PayloadFetcher fetcher(**client, {folder.path()}, {clock});
        const core::WantedFile wanted = test_support::wantedFile(address.toLatin1(), m_content);
        const auto paths = testing::finishLive(fetcher.fetch({wanted}));
        if (!paths)
            return core::passOn(paths.error());
        return test_support::contentOf(paths->value(wanted.name()));
    }
    core::Result<QByteArray> fetch(const QByteArray &tricks, const QByteArray &certificate = "good")
    {
        return fetch(tricks, certificate, m_server->caFile());
    }

    QByteArray m_content = largeContent();
    std::unique_ptr<testing::HttpsServer> m_server;
};

QTEST_GUILESS_MAIN(TestHttpsClient)
#include "tst_https_client.moc"
