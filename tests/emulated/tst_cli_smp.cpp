// SPDX-License-Identifier: Apache-2.0
#include "device_protocols/smp/console_framing.h"
#include "tests/emulated/command_line.h"
#include "tests/support/group_server.h"

#include <QLocalServer>
#include <QLocalSocket>
#include <QNetworkDatagram>
#include <QSemaphore>
#include <QThread>
#include <QUdpSocket>

using testing::Ran;
using testing::ScratchBench;

namespace {

const auto kHealthy = QStringLiteral("healthy-1");

/// A model server in a thread of its own, on a socket as a console that also prints a log, and on UDP.
class ServedModel final : public QThread
{
public:
    ServedModel()
    {
        start();
        m_ready.acquire();
    }
    ~ServedModel() override
    {
        quit();
        wait();
    }

    QString console() const { return QStringLiteral("unix:") + m_folder.filePath(QStringLiteral("line")); }
    QString udp() const { return QStringLiteral("udp:127.0.0.1:%1").arg(m_port); }

    testing::GroupServer model; // looked at between runs of the program only

private:
    void run() override
    {
        QLocalServer server;
        server.listen(m_folder.filePath(QStringLiteral("line")));
        connect(&server, &QLocalServer::newConnection, &server,
                [&] { serve(server.nextPendingConnection()); });
        QUdpSocket socket;
        socket.bind(QHostAddress::LocalHost);
        m_port = socket.localPort();
        connect(&socket, &QUdpSocket::readyRead, &socket, [&] { serve(socket); });
        m_ready.release();
        exec();
    }

    void serve(QLocalSocket *line)
    {
        const auto reader = std::make_shared<smp::ConsoleReader>();
        line->write("*** Booting ***\n");
        connect(line, &QLocalSocket::readyRead, line, [this, line, reader] {
            for (const QByteArray &request : reader->feed(line->readAll()).packets)
                if (const auto reply = model.handle(request))
                    line->write("[00:01] <inf> request\n" + smp::toConsoleLines(*reply));
        });
    }

    void serve(QUdpSocket &socket)
    {
        while (socket.hasPendingDatagrams()) {
            const QNetworkDatagram request = socket.receiveDatagram();
            if (const auto reply = model.handle(request.data()))
                socket.writeDatagram(*reply, request.senderAddress(), quint16(request.senderPort()));
        }
    }

    QTemporaryDir m_folder;
    QSemaphore m_ready;
    quint16 m_port = 0;
};

Ran runSmp(const QString &device, const QStringList &words)
{
    return testing::runProgram(ScratchBench::bootmend(),
                               QStringList{QStringLiteral("smp"), device, QStringLiteral("--json")} + words);
}

QStringList split(const char *words)
{
    return QString::fromUtf8(words).split(u' ');
}

QJsonObject reply(const Ran &ran)
{
    return ran.result()[QStringLiteral("reply")].toObject();
}

QStringList notes(const Ran &ran, const char *member)
{
    QStringList found;
    for (const QJsonObject &line : ran.lines)
        if (line[QStringLiteral("event")].toString() == QLatin1String("note"))
            found.append(line[QLatin1String(member)].toString());
    return found;
}

} // namespace

/// `bootmend smp` on real firmware, and on a model for the groups that our bootloader lacks.
class TestCliSmp : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { m_bench.emplace(QStringList{QStringLiteral("--unit"), QStringLiteral("healthy")}); }
    void cleanupTestCase() { m_bench.reset(); }

    void listsTheTable()
    {
        const Ran ran =
            testing::runProgram(ScratchBench::bootmend(),
                                {QStringLiteral("smp"), QStringLiteral("list"), QStringLiteral("--json")});
        QVERIFY2(ran.exitCode == 0, ran.story());
        QVERIFY(ran.result()[QStringLiteral("commands")].toArray().size() > 30);
    }

    void asksTheRealBootloader()
    {
        QCOMPARE(reply(unit("os-echo d=hi"))[QStringLiteral("r")].toString(), QStringLiteral("hi"));
        QVERIFY(reply(unit("os-parameters"))[QStringLiteral("buf_count")].toInt() > 0);
        QCOMPARE(reply(unit("os-bootloader"))[QStringLiteral("bootloader")].toString(),
                 QStringLiteral("Bootmend"));
        const QJsonArray images = reply(unit("image-list"))[QStringLiteral("images")].toArray();
        QCOMPARE(images.first()[QStringLiteral("version")].toString(), QStringLiteral("1.0.0"));
        QCOMPARE(reply(unit("image-slots"))[QStringLiteral("images")].toArray().size(), 1);
        const Ran raw = unit("raw --group 64 --id 0 --op read");
        QCOMPARE(reply(raw)[QStringLiteral("stage")].toString(), QStringLiteral("application"));
        QVERIFY(raw.result()[QStringLiteral("cbor")].toString().size() > 20);
    }

    void saysWhatTheRealBootloaderRefuses()
    {
        const Ran lacking = unit("stat-list");
        QCOMPARE(lacking.exitCode, 6);
        QCOMPARE(lacking.result()[QStringLiteral("detail")].toString(), QStringLiteral("not supported (8)"));
        const QString nobodys = QString(64, u'a');
        const Ran unknown = unit(qPrintable(QStringLiteral("image-mark confirm=false hash=") + nobodys));
        QCOMPARE(unknown.exitCode, 6);
        QVERIFY2(
            unknown.result()[QStringLiteral("detail")].toString().startsWith(QStringLiteral("image group:")),
            unknown.story());
    }

    void saysWhatItDid()
    {
        const Ran erased = unit("image-erase slot=1");
        QVERIFY2(erased.exitCode == 0, erased.story());
        QCOMPARE(erased.result()[QStringLiteral("sentence")].toString(),
                 QStringLiteral("Slot 1 was erased."));
        const Ran reset = unit("os-reset");
        QVERIFY2(reset.exitCode == 0, reset.story());
        QCOMPARE(reset.result()[QStringLiteral("sentence")].toString(),
                 QStringLiteral("The device restarts."));
    }

    void refusesWordsBeforeAnythingIsSent_data()
    {
        QTest::addColumn<QByteArray>("words");
        for (const char *words :
             {"no-such-command", "os-echo", "os-echo d=a e=b", "image-erase slot=x", "raw --group 1", "shell",
              "os-echo d=a --group 1", "fs-get only-one", "image-upload", "image-upload a image=x",
              "log --seconds 0", "raw --group 1 --id 0 --op read {"})
            QTest::newRow(words) << QByteArray(words);
    }

    void refusesWordsBeforeAnythingIsSent()
    {
        QFETCH(QByteArray, words);
        ServedModel served;
        const Ran ran = runSmp(served.console(), split(words.constData()));
        QVERIFY2(ran.exitCode == 2, ran.story());
        QCOMPARE(served.model.requestCount, 0);
    }

    void carriesFilesBothWays_data()
    {
        QTest::addColumn<bool>("isUdp");
        QTest::newRow("console") << false;
        QTest::newRow("UDP") << true;
    }

    void carriesFilesBothWays()
    {
        QFETCH(bool, isUdp);
        ServedModel served;
        const QString device = isUdp ? served.udp() : served.console();
        const QTemporaryDir folder;
        const QString local = folder.filePath(QStringLiteral("up"));
        QFile file(local);
        QVERIFY(file.open(QIODevice::WriteOnly) && file.write(QByteArray(3'000, 'x')) == 3'000);
        file.close();
        const Ran put = runSmp(device, {QStringLiteral("fs-put"), local, QStringLiteral("/lfs/a")});
        QVERIFY2(put.exitCode == 0, put.story());
        QCOMPARE(put.result()[QStringLiteral("compared_by")].toString(), QStringLiteral("sha256"));
        QCOMPARE(served.model.files[QStringLiteral("/lfs/a")], QByteArray(3'000, 'x'));
        QCOMPARE(notes(put, "note").contains(QStringLiteral("not_authenticated")), isUdp);

        const QString back = folder.filePath(QStringLiteral("down"));
        const Ran got = runSmp(device, {QStringLiteral("fs-get"), QStringLiteral("/lfs/a"), back});
        QVERIFY2(got.exitCode == 0, got.story());
        QFile copy(back);
        QVERIFY(copy.open(QIODevice::ReadOnly));
        QCOMPARE(copy.readAll(), QByteArray(3'000, 'x'));
        const Ran missing = runSmp(device, {QStringLiteral("fs-get"), QStringLiteral("/none"), back + u'2'});
        QCOMPARE(missing.exitCode, 6);
        QVERIFY(!QFile::exists(back + u'2'));
    }

    void writesAnImage()
    {
        const QTemporaryDir folder;
        const QString local = folder.filePath(QStringLiteral("image"));
        QFile file(local);
        const QByteArray header = QByteArray::fromHex("3db8f3960000000020000000"); // of an MCUboot image
        QVERIFY(file.open(QIODevice::WriteOnly) && file.write(header.leftJustified(30'000, 'x')) == 30'000);
        file.close();
        const QByteArray words = "image-upload " + local.toUtf8();
        const Ran ran = unit(words.constData());
        QVERIFY2(ran.exitCode == 0, ran.story());
        QCOMPARE(ran.result()[QStringLiteral("bytes")].toInt(), 30'000);
        const bool isTold = std::any_of(ran.lines.cbegin(), ran.lines.cend(), [](const QJsonObject &line) {
            return line[QStringLiteral("event")] == QStringLiteral("progress")
                && line[QStringLiteral("done")].toInt() == 30'000;
        });
        QVERIFY2(isTold, ran.story());
        QCOMPARE(unit("image-upload /there/is/none").exitCode, 10);
    }

    void runsTheGroupsThatOurBootloaderLacks()
    {
        ServedModel served;
        const QString device = served.console();
        QCOMPARE(reply(runSmp(device, split("stat-list")))[QStringLiteral("stat_list")].toArray().size(), 1);
        QCOMPARE(runSmp(device, split("settings-write name=a val=text:on")).exitCode, 0);
        QCOMPARE(served.model.settings[QStringLiteral("a")], QByteArray("on"));
        QCOMPARE(reply(runSmp(device, split("settings-read name=a")))[QStringLiteral("val")].toString(),
                 QStringLiteral("6f6e"));
        const Ran none = runSmp(device, split("settings-read name=b"));
        QCOMPARE(none.result()[QStringLiteral("detail")].toString(),
                 QStringLiteral("settings group: no such setting (3)"));
        const Ran shell = runSmp(device, split("shell -- kernel uptime -v"));
        QCOMPARE(shell.result()[QStringLiteral("output")].toString(), QStringLiteral("kernel uptime -v\n"));
        QCOMPARE(served.model.shellWords, split("kernel uptime -v"));
        const Ran erased = runSmp(device, split("zephyr-erase-storage"));
        QCOMPARE(erased.result()[QStringLiteral("sentence")].toString(),
                 QStringLiteral("The settings partition was erased."));
        QVERIFY(served.model.isStorageErased);
        QVERIFY(reply(runSmp(device, split("enum-list")))[QStringLiteral("groups")].toArray().size() > 5);
    }

    void carriesWhatUsersInvent()
    {
        ServedModel served;
        const Ran json =
            runSmp(served.console(), split(R"(raw --group 70 --id 0 --op write {"a":{"$bytes":"00ff"}})"));
        QVERIFY2(json.exitCode == 0, json.story());
        QCOMPARE(reply(json)[QStringLiteral("a")].toString(), QStringLiteral("00ff"));
        const Ran text = runSmp(served.console(), split("raw --group 70 --id 1 --op read --cbor a0"));
        QVERIFY2(text.exitCode == 0, text.story());
        QVERIFY(text.result()[QStringLiteral("reply")].isNull());
        QVERIFY(text.result()[QStringLiteral("cbor")].toString().startsWith(QStringLiteral("6e6f7420")));
    }

    void showsTheLogBeside()
    {
        ServedModel served;
        const Ran ran = runSmp(served.console(), split("os-echo d=hi --show-log"));
        QVERIFY2(ran.exitCode == 0, ran.story());
        QVERIFY(notes(ran, "text").contains(QStringLiteral("[00:01] <inf> request")));
        QVERIFY(notes(runSmp(served.console(), split("os-echo d=hi")), "text").isEmpty());
        const Ran log = runSmp(served.console(), split("log --seconds 1"));
        QVERIFY2(log.exitCode == 0, log.story());
        QCOMPARE(notes(log, "text"), QStringList{QStringLiteral("*** Booting ***")});
    }

    void namesADeviceThatIsNotThere()
    {
        QCOMPARE(runSmp(QStringLiteral("unix:/there/is/none"), split("os-echo d=hi")).exitCode, 3);
        QCOMPARE(runSmp(QStringLiteral("udp:there-is-none.invalid"), split("os-echo d=hi")).exitCode, 3);
    }

private:
    Ran unit(const char *words) const
    {
        return m_bench->run(QStringList{QStringLiteral("smp"), kHealthy} + split(words));
    }

    std::optional<ScratchBench> m_bench;
};

QTEST_GUILESS_MAIN(TestCliSmp)
#include "tst_cli_smp.moc"
