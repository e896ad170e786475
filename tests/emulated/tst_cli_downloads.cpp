// SPDX-License-Identifier: Apache-2.0
#include "core/trust/key_file.h"
#include "tests/emulated/command_line.h"
#include "tests/support/https_server.h"
#include "tests/support/vectors.h"
#include "tests/support/wanted_samples.h"

#include <csignal>

using test_support::SampleRelease;
using testing::Ran;
using testing::ScratchBench;

namespace {

constexpr qint64 kPart = 1'500'000;

QByteArray largeContent()
{
    QByteArray content;
    for (int number = 0; content.size() < 4'000'000; ++number)
        content += QByteArray::number(number) + ' ';
    return content;
}

qint64 firstByteOf(const QJsonObject &request)
{
    return request[QStringLiteral("range")].toString().mid(6).chopped(1).toLongLong();
}

qint64 sentIn(const QList<QJsonObject> &requests)
{
    qint64 sent = 0;
    for (const QJsonObject &request : requests)
        sent += request[QStringLiteral("sent")].toInteger();
    return sent;
}

/// A command that is followed until it has fetched a part, and then gets a signal.
Ran interrupted(
    const QStringList &arguments, qint64 part, int signal, const std::function<void()> &before = [] {})
{
    QProcess process;
    process.start(ScratchBench::bootmend(), arguments);
    QByteArray output;
    bool hasPart = false;
    while (!hasPart && process.waitForReadyRead(testing::kLongestCommandMs)) {
        output += process.readAllStandardOutput();
        for (const QJsonObject &line : testing::jsonLines(output))
            hasPart = hasPart || line[QStringLiteral("done")].toInteger() >= part;
    }
    if (!hasPart)
        return {-2, testing::jsonLines(output), QString::fromUtf8(process.readAllStandardError())};
    before();
    ::kill(pid_t(process.processId()), signal);
    process.waitForFinished(testing::kLongestCommandMs);
    output += process.readAllStandardOutput();
    const bool isNormal = process.exitStatus() == QProcess::NormalExit;
    return {isNormal ? process.exitCode() : -1, testing::jsonLines(output),
            QString::fromUtf8(process.readAllStandardError())};
}

} // namespace

/// From a manifest with addresses to a whole bundle, by the program and a server that plays tricks.
class TestCliDownloads : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        for (const char *name : {"http_proxy", "https_proxy", "all_proxy"})
            qunsetenv(name);
    }

    void init()
    {
        m_scratch = std::make_unique<QTemporaryDir>();
        m_server = std::make_unique<testing::HttpsServer>(m_content);
        m_sample = SampleRelease();
        QVERIFY(core::writeNewPrivateKeyFile(path("key.pem"), m_sample.releaseKey));
        QVERIFY(core::saveTrustStore(path("trust.json"), m_sample.store()));
    }

    void cleanup() { m_server.reset(); }

    void aBundleMayLeaveItsPayloadsOut()
    {
        const Ran created = publish("-");
        QVERIFY2(created.exitCode == 0, created.story());
        const QJsonArray payloads =
            created.result()[QStringLiteral("bundle")].toObject()[QStringLiteral("payloads")].toArray();
        QCOMPARE(payloads[0][QStringLiteral("in_bundle")].toBool(), true);
        QCOMPARE(payloads[1][QStringLiteral("in_bundle")].toBool(), false);
        QCOMPARE(payloads[1][QStringLiteral("url")].toString(), m_server->address(QStringLiteral("-")));
        QVERIFY(QFileInfo(path("release.bmb")).size() < 100'000);

        const Ran verified = run({QStringLiteral("bundle"), QStringLiteral("verify"), path("release.bmb")});
        QVERIFY2(verified.exitCode == 0, verified.story());
        const QJsonArray toFetch = verified.result()[QStringLiteral("to_fetch")].toArray();
        QCOMPARE(toFetch.size(), 1);
        QCOMPARE(toFetch[0][QStringLiteral("size")].toInteger(), m_content.size());
        QCOMPARE(m_server->connections(), 0);
    }

    void theWholeBundleNeedsNoServer()
    {
        QCOMPARE(publish("-").exitCode, 0);
        const Ran fetched = fetch();
        QVERIFY2(fetched.exitCode == 0, fetched.story());
        QCOMPARE(fetched.states(), (QStringList{QStringLiteral("downloaded"), QStringLiteral("verified")}));
        const QList<QJsonObject> requests = m_server->requests(1);
        QCOMPARE(requests.size(), 1);
        QCOMPARE(sentIn(requests), m_content.size());
        const QList<qint64> progress = progressOf(fetched);
        QVERIFY(progress.size() > 2 && progress.size() < 150);
        QCOMPARE(progress.first(), 0);
        QCOMPARE(progress.last(), m_content.size());
        QVERIFY(std::is_sorted(progress.cbegin(), progress.cend()));

        m_server.reset();
        const Ran verified = run({QStringLiteral("bundle"), QStringLiteral("verify"), path("full.bmb")});
        QVERIFY2(verified.exitCode == 0, verified.story());
        QVERIFY(verified.result()[QStringLiteral("to_fetch")].toArray().isEmpty());
        QVERIFY(test_support::contentOf(path("full.bmb")).contains(m_content));
    }

    void aSecondProgramNeedsNoServerEither()
    {
        QCOMPARE(publish("-").exitCode, 0);
        QCOMPARE(fetch().exitCode, 0);
        const int connections = m_server->connections();
        QVERIFY(QFile::remove(path("full.bmb")));
        const Ran again = fetch();
        QVERIFY2(again.exitCode == 0, again.story());
        QCOMPARE(m_server->connections(), connections);
    }

    void goesOnAfterCuts()
    {
        QCOMPARE(publish("cut=1500000").exitCode, 0);
        const Ran fetched = fetch();
        QVERIFY2(fetched.exitCode == 0, fetched.story());
        const QList<QJsonObject> requests = m_server->requests(3);
        QCOMPARE(requests.size(), 3);
        QCOMPARE(sentIn(requests), m_content.size());
        QCOMPARE(firstByteOf(requests[1]), kPart);
        QCOMPARE(firstByteOf(requests[2]), 2 * kPart);
    }

    void goesOnAfterItWasKilled()
    {
        QCOMPARE(publish("hold_first=1500000").exitCode, 0);
        const Ran killed = interrupted(fetchArguments(), kPart - m_content.size() / 90, SIGKILL);
        QVERIFY2(killed.exitCode == -1, killed.story());
        const qint64 kept = partSize();
        QVERIFY2(kept > kPart / 2 && kept <= kPart, qPrintable(QString::number(kept)));
        QCOMPARE(sentIn(m_server->requests(1)), kPart);

        const Ran fetched = fetch();
        QVERIFY2(fetched.exitCode == 0, fetched.story());
        QCOMPARE(progressOf(fetched).first(), kept);
        const QList<QJsonObject> requests = m_server->requests(1);
        QCOMPARE(firstByteOf(requests[0]), kept);
        QCOMPARE(sentIn(requests), m_content.size() - kept);
    }

    void goesOnAfterItWasStopped()
    {
        QCOMPARE(publish("hold_first=1500000").exitCode, 0);
        const Ran stopped = interrupted(fetchArguments(), kPart / 2, SIGINT);
        QVERIFY2(stopped.exitCode == 9, stopped.story());
        QCOMPARE(stopped.outcome(), QStringLiteral("cancelled"));
        QVERIFY(partSize() >= kPart / 2);
        const Ran fetched = fetch();
        QVERIFY2(fetched.exitCode == 0, fetched.story());
        QVERIFY(progressOf(fetched).first() >= kPart / 2);
    }

    void twoFilesAreNotMixed()
    {
        QCOMPARE(publish("hold_first=1500000").exitCode, 0);
        m_server->setContent(QByteArray(m_content).replace(" 500000 ", " 500001 "));
        QCOMPARE(interrupted(fetchArguments(), kPart / 2, SIGKILL).exitCode, -1);
        QVERIFY(partSize() > 0);
        const QJsonObject first = m_server->requests(1).first();

        m_server->setContent(m_content);
        const Ran fetched = fetch();
        QVERIFY2(fetched.exitCode == 0, fetched.story());
        const QList<QJsonObject> requests = m_server->requests(1);
        QCOMPARE(requests.size(), 1);
        QCOMPARE(requests[0][QStringLiteral("if_range")], first[QStringLiteral("tag")]);
        QCOMPARE(requests[0][QStringLiteral("status")].toInt(), 200);
    }

    void withoutATagTwoFilesAreFoundByTheHash()
    {
        QCOMPARE(publish("hold_first=1500000,no_tag").exitCode, 0);
        m_server->setContent(QByteArray(m_content).replace(" 1 2 3 ", " 1 2 4 "));
        QCOMPARE(interrupted(fetchArguments(), kPart / 2, SIGKILL).exitCode, -1);
        m_server->setContent(m_content);
        const Ran fetched = fetch();
        QVERIFY2(fetched.exitCode == 0, fetched.story());
        const QList<QJsonObject> requests = m_server->requests(3);
        QCOMPARE(requests.size(), 3);
        QCOMPARE(requests[1][QStringLiteral("status")].toInt(), 206);
        QCOMPARE(sentIn({requests[2]}), m_content.size());
    }

    void isFetchedAllTheSame_data()
    {
        QTest::addColumn<QByteArray>("tricks");
        QTest::addColumn<int>("requests");
        QTest::newRow("ranges are ignored") << QByteArray("cut_first=1500000,no_range") << 2;
        QTest::newRow("another tag each time") << QByteArray("cut_first=1500000,new_tag") << 2;
        QTest::newRow("sent on") << "to=" + QByteArray("/-/net.bin").toHex() << 2;
    }
    void isFetchedAllTheSame()
    {
        QFETCH(QByteArray, tricks);
        QFETCH(int, requests);
        QCOMPARE(publish(tricks).exitCode, 0);
        const Ran fetched = fetch();
        QVERIFY2(fetched.exitCode == 0, fetched.story());
        const QList<QJsonObject> over = m_server->requests(requests);
        QCOMPARE(over.size(), requests);
        QCOMPARE(over.last()[QStringLiteral("status")].toInt(), 200);
        QCOMPARE(over.last()[QStringLiteral("sent")].toInteger(), m_content.size());
    }

    void twoProgramsFetchOnce()
    {
        QCOMPARE(publish("hold_first=1500000").exitCode, 0);
        QProcess second;
        const auto startSecond = [this, &second] {
            second.start(ScratchBench::bootmend(), fetchArguments());
        };
        const Ran first = interrupted(fetchArguments(), kPart / 2, SIGKILL, startSecond);
        QVERIFY2(first.exitCode == -1, first.story());
        QVERIFY(second.waitForFinished(testing::kLongestCommandMs));
        QCOMPARE(second.exitCode(), 0);
        const QList<QJsonObject> requests = m_server->requests(2);
        QCOMPARE(requests.size(), 2);
        QVERIFY(firstByteOf(requests[1]) >= kPart / 2);
    }

    void whatIsRefused_data()
    {
        QTest::addColumn<QByteArray>("tricks");
        QTest::addColumn<QByteArray>("certificate");
        QTest::addColumn<int>("exitCode");
        QTest::addColumn<QString>("reason");
        const auto row = [](const char *tricks, const char *certificate, int exitCode, const char *reason) {
            QTest::addRow("%s %s", tricks, certificate)
                << QByteArray(tricks) << QByteArray(certificate) << exitCode << QString::fromLatin1(reason);
        };
        row("-", "expired", 4, "SERVER_UNTRUSTED");
        row("-", "self_signed", 4, "SERVER_UNTRUSTED");
        row("-", "other_name", 4, "SERVER_UNTRUSTED");
        row("longer=9000000", "good", 4, "HASH_MISMATCH");
        row("gzip", "good", 6, "DOWNLOAD_REFUSED");
        row("cut_first=1500000,bad_range", "good", 6, "DOWNLOAD_REFUSED");
        row("circle", "good", 6, "DOWNLOAD_REFUSED");
        row("to=687474703a2f2f6c6f63616c686f73742f", "good", 6, "DOWNLOAD_REFUSED"); // http://localhost/
        row("status=404", "good", 6, "DOWNLOAD_NOT_FOUND");
        row("status=403", "good", 6, "DOWNLOAD_REFUSED");
    }
    void whatIsRefused()
    {
        QFETCH(QByteArray, tricks);
        QFETCH(QByteArray, certificate);
        QCOMPARE(publish(tricks, certificate).exitCode, 0);
        const Ran refused = fetch();
        QVERIFY2(!QFile::exists(path("full.bmb")), refused.story());
        QTEST(refused.exitCode, "exitCode");
        QTEST(refused.reason(), "reason");
        QVERIFY(refused.states().isEmpty());
    }

    void anotherContentIsRefused()
    {
        QCOMPARE(publish("-").exitCode, 0);
        m_server->setContent(QByteArray(m_content).replace(" 500000 ", " 500001 "));
        const Ran refused = fetch();
        QVERIFY2(refused.exitCode == 4 && refused.reason() == QStringLiteral("HASH_MISMATCH"),
                 refused.story());
        QVERIFY(QDir(path("state/downloads")).isEmpty());
    }

    void nothingIsFetchedAtTheWordOfSomebodyUnknown_data()
    {
        QTest::addColumn<QString>("reason");
        QTest::newRow("unsigned") << QStringLiteral("SIGNATURE_INVALID");
        QTest::newRow("unknown key") << QStringLiteral("KEY_UNKNOWN");
        QTest::newRow("changed") << QStringLiteral("SIGNATURE_INVALID");
    }
    void nothingIsFetchedAtTheWordOfSomebodyUnknown()
    {
        const SampleRelease sample = test_support::releaseAt(address("-", "good"), m_content);
        const bool isUnsigned = QTest::currentDataTag() == QByteArray("unsigned");
        const bool isUnknown = QTest::currentDataTag() == QByteArray("unknown key");
        const QList<core::PrivateKey> keys{isUnknown ? sample.bootKey : m_sample.releaseKey};
        QVERIFY(sample.create(QDir(m_scratch->path()), isUnsigned ? QList<core::PrivateKey>() : keys));
        if (QTest::currentDataTag() == QByteArray("changed")) {
            const QByteArray changed =
                test_support::contentOf(path("release.bmb")).replace("/-/net", "/+/net");
            QVERIFY(core::replaceFile(path("release.bmb"), changed));
        }
        const Ran fetched = fetch();
        QCOMPARE(fetched.exitCode, 4);
        QTEST(fetched.reason(), "reason");
        const Ran updated =
            run({QStringLiteral("update"), QStringLiteral("unix:/nowhere"), path("release.bmb")});
        QCOMPARE(updated.exitCode, 4);
        QTEST(updated.reason(), "reason");
        QCOMPARE(m_server->connections(), 0);
    }

    void thePolicyNamesServers()
    {
        QCOMPARE(publish("-").exitCode, 0);
        QVERIFY(QDir(path("state")).mkpath(QStringLiteral(".")));
        QVERIFY(core::replaceFile(path("state/policy.json"),
                                  "{\"schema\": 1, \"download_hosts\": [\"fw.example\"]}"));
        const Ran refused = fetch();
        QVERIFY2(refused.exitCode == 5 && refused.reason() == QStringLiteral("HOST_NOT_ALLOWED"),
                 refused.story());
        QCOMPARE(m_server->connections(), 0);
        QVERIFY(core::replaceFile(path("state/policy.json"),
                                  "{\"schema\": 1, \"download_hosts\": [\"localhost\"]}"));
        const Ran fetched = fetch();
        QVERIFY2(fetched.exitCode == 0, fetched.story());
    }

    void aUnitIsUpdatedFromAServer()
    {
        const ScratchBench bench({QStringLiteral("--unit"), QStringLiteral("healthy"),
                                  QStringLiteral("--machine"), QStringLiteral("host")});
        QVERIFY2(bench.up.exitCode == 0, bench.up.story());
        core::TrustStore store = m_sample.store();
        store.bootKeys.clear(); // Whom the unit believes, the unit knows.
        QVERIFY(core::saveTrustStore(path("trust.json"), store));
        const QByteArray image = imageOf(bench);
        m_server->setContent(image);
        QVERIFY(core::replaceFile(path("manifest.yaml"),
                                  "version: \"1.1.0\"\nbuild: b1\nproduct: bench-sensor\nhw_compat: [revA]\n"
                                  "channel: stable\nrollback_index: 10100\npayload:\n  url: \""
                                      + address("cut_first=10000", "good")
                                      + "\"\n  size: " + QByteArray::number(image.size()) + "\n  sha256: \""
                                      + core::Sha256::of(image).toHex() + "\"\n"));
        const Ran created = create();
        QVERIFY2(created.exitCode == 0, created.story());

        const auto update = [&](const QStringList &options) {
            return run(QStringList{QStringLiteral("update"), QStringLiteral("healthy-1"), path("release.bmb"),
                                   QStringLiteral("--bench"), bench.path()}
                       + options);
        };
        const Ran planned = update({QStringLiteral("--dry-run")});
        QVERIFY2(planned.exitCode == 0, planned.story());
        QCOMPARE(m_server->requests(2).size(), 2);
        const Ran updated = update({});
        QVERIFY2(updated.exitCode == 0, updated.story());
        QCOMPARE(updated.outcome(), QStringLiteral("updated"));
        QCOMPARE(
            updated.states(),
            (QStringList{QStringLiteral("downloaded"), QStringLiteral("verified"), QStringLiteral("written"),
                         QStringLiteral("trial"), QStringLiteral("confirmed")}));
        QCOMPARE(m_server->connections(), 2); // What was fetched for the plan was kept.
    }

private:
    QString path(const char *name) const { return m_scratch->filePath(QLatin1String(name)); }
    QByteArray address(const QByteArray &tricks, const QByteArray &certificate) const
    {
        return m_server->address(QString::fromLatin1(tricks), certificate.constData()).toLatin1();
    }
    Ran run(const QStringList &command) const
    {
        return testing::runProgram(ScratchBench::bootmend(), command + globalOptions());
    }
    QStringList globalOptions() const
    {
        QStringList options{QStringLiteral("--json"), QStringLiteral("--trust"), path("trust.json"),
                            QStringLiteral("--state"), path("state")};
        if (m_server)
            options << QStringLiteral("--ca") << m_server->caFile();
        return options;
    }

    /// Makes release.bmb of manifest.yaml.
    Ran create() const
    {
        return run({QStringLiteral("bundle"), QStringLiteral("create"), path("manifest.yaml"),
                    QStringLiteral("--key"), path("key.pem"), QStringLiteral("-o"), path("release.bmb")});
    }
    /// The sample release with a second payload on the server.
    Ran publish(const QByteArray &tricks, const QByteArray &certificate = "good") const
    {
        SampleRelease sample = test_support::releaseAt(address(tricks, certificate), m_content);
        sample.bootKey = m_sample.bootKey;
        sample.manifest.replace("expires: \"2030-01-01T00:00:00Z\"\n", "");
        if (const auto written = sample.create(QDir(m_scratch->path()), {}); !written)
            qFatal("no sample: %s", qPrintable(written.error().detail));
        return create();
    }

    QStringList fetchArguments() const
    {
        return QStringList{QStringLiteral("bundle"), QStringLiteral("fetch"), path("release.bmb"),
                           QStringLiteral("-o"), path("full.bmb")}
        + globalOptions();
    }
    Ran fetch() const { return testing::runProgram(ScratchBench::bootmend(), fetchArguments()); }

    qint64 partSize() const
    {
        const QFileInfoList parts =
            QDir(path("state/downloads")).entryInfoList({QStringLiteral("*.part")}, QDir::Files);
        return parts.size() == 1 ? parts.first().size() : -1;
    }
    static QList<qint64> progressOf(const Ran &ran)
    {
        QList<qint64> done;
        for (const QJsonObject &line : ran.lines)
            if (line[QStringLiteral("of")] == QStringLiteral("download"))
                done.append(line[QStringLiteral("done")].toInteger());
        return done;
    }

    /// The image that the bench's units boot, as its release has it.
    QByteArray imageOf(const ScratchBench &bench) const
    {
        const Ran ran =
            bench.run({QStringLiteral("bundle"), QStringLiteral("verify"),
                       bench.release(QStringLiteral("1.1.0")), QStringLiteral("--explain"), path("apart")});
        return ran.exitCode == 0 ? test_support::contentOf(path("apart/files/application.bin"))
                                 : QByteArray();
    }

    QByteArray m_content = largeContent();
    SampleRelease m_sample;
    std::unique_ptr<QTemporaryDir> m_scratch;
    std::unique_ptr<testing::HttpsServer> m_server;
};

QTEST_GUILESS_MAIN(TestCliDownloads)
#include "tst_cli_downloads.moc"
