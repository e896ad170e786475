// SPDX-License-Identifier: Apache-2.0
#include "device_protocols/smp/file_transfer.h"
#include "tests/support/group_server.h"
#include "tests/support/packet_line.h"
#include "tests/support/run_task.h"

#include <QTest>

using core::ErrorKind;
using core::Reason;

namespace {

const auto kName = QStringLiteral("/lfs/log.txt");

QByteArray numbered(int size)
{
    QByteArray bytes(size, '\0');
    for (int index = 0; index < size; ++index)
        bytes[index] = char(index * 7 + index / 256);
    return bytes;
}

struct Bench {
    Bench()
    {
        client.emplace(std::make_unique<testing::PacketLine>(
                           [this](const QByteArray &packet) { return server.handle(packet); }),
                       clock);
        const auto opened = testing::finish(client->open(), clock);
        Q_ASSERT(opened);
    }

    auto download(core::WriteControl control = {})
    {
        smp::FileTransfer transfer(*client, std::move(control));
        return testing::finish(transfer.download(kName), clock);
    }
    auto upload(const QByteArray &content, core::WriteControl control = {})
    {
        smp::FileTransfer transfer(*client, std::move(control));
        return testing::finish(transfer.upload(kName, content), clock);
    }
    auto compare(const QByteArray &content)
    {
        smp::FileTransfer transfer(*client);
        return testing::finish(transfer.compare(kName, content), clock);
    }

    testing::GroupServer server;
    testing::ManualClock clock;
    std::optional<smp::Client> client;
};

} // namespace

class TestFileTransfer : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void computesTheCheckValue() { QCOMPARE(smp::crc32("123456789"), 0xcbf43926u); }

    void carriesFilesOfAnySize_data()
    {
        QTest::addColumn<int>("size");
        for (const int size : {0, 1, 99, 100, 101, 300, 5'000})
            QTest::addRow("%d", size) << size;
    }

    void carriesFilesOfAnySize()
    {
        QFETCH(int, size);
        Bench bench;
        QVERIFY(bench.upload(numbered(size)).has_value());
        QCOMPARE(bench.server.files[kName], numbered(size));
        QCOMPARE(bench.server.closes, 1);
        QCOMPARE(bench.download().value(), numbered(size));
        QCOMPARE(bench.compare(numbered(size)).value(), QStringLiteral("sha256"));
    }

    void losesNothingWhenTheLineDoes_data()
    {
        QTest::addColumn<int>("lostRequest");
        QTest::addColumn<int>("lostAnswer");
        for (int number = 1; number <= 8; ++number) {
            QTest::addRow("request %d", number) << number << 0;
            QTest::addRow("answer %d", number) << 0 << number;
        }
    }

    void losesNothingWhenTheLineDoes()
    {
        QFETCH(int, lostRequest);
        QFETCH(int, lostAnswer);
        const QByteArray content = numbered(1'500);
        for (const int version : {0, 1}) {
            Bench bench;
            bench.server.version = version;
            bench.server.lostRequests = {lostRequest};
            bench.server.lostAnswers = {lostAnswer};
            const auto sent = bench.upload(content);
            QVERIFY2(sent.has_value(), sent ? "" : qPrintable(sent.error().detail));
            QCOMPARE(bench.server.files[kName], content);

            bench.server.requestCount = 0;
            QCOMPARE(bench.download().value(), content);
        }
    }

    void fillsTheServersBuffer()
    {
        Bench bench;
        bench.server.bufferSize = 1024;
        QVERIFY(bench.upload(numbered(10'000)).has_value());
        QVERIFY2(bench.server.requestCount <= 13, qPrintable(QString::number(bench.server.requestCount)));
    }

    void noticesThatTheDeviceHasAnotherFile()
    {
        Bench bench;
        bench.server.files[kName] = "hello";
        QCOMPARE(bench.compare("hello").value(), QStringLiteral("sha256"));
        QCOMPARE(bench.compare("Hello").error().reason, Reason::HashMismatch);
        bench.server.hasSha256 = false;
        QCOMPARE(bench.compare("hello").value(), QStringLiteral("crc32"));
        QCOMPARE(bench.compare("Hello").error().reason, Reason::HashMismatch);
        bench.server.version = 0;
        QCOMPARE(bench.compare("hello").value(), QStringLiteral("crc32"));
        bench.server.hasHashes = false;
        QCOMPARE(bench.compare("Hello").value(), QString());
    }

    void doesNotCallAMissingFileUnchecked()
    {
        Bench bench;
        QCOMPARE(bench.compare("hello").error().deviceCode, (core::DeviceCode{8, 3}));
        QCOMPARE(bench.download().error().detail, QStringLiteral("file system group: no such file (3)"));
    }

    void stopsWhenAsked()
    {
        Bench bench;
        core::StopRequest stop;
        core::WriteControl control{[&stop](const core::WriteProgressed &now) {
                                       if (now.done > 500)
                                           stop.raise();
                                   },
                                   &stop};
        QCOMPARE(bench.upload(numbered(2'000), control).error().kind, ErrorKind::Cancelled);
        QVERIFY(bench.server.files[kName].size() < 2'000);
    }

    void refusesChunksThatAreNone_data()
    {
        QTest::addColumn<QByteArray>("hex"); // the body of each answer
        QTest::newRow("without a length") << QByteArray("a2636f666600646461746141aa");
        QTest::newRow("of another place") << QByteArray("a3636f666605646461746141aa636c656e02");
        QTest::newRow("empty before the end") << QByteArray("a3636f66660064646174614063"
                                                            "6c656e02");
        QTest::newRow("more than there is") << QByteArray("a3636f666600646461746143aaaaaa636c656e02");
        QTest::newRow("without an end") << QByteArray("a3636f666600646461746141aa636c656e1affffffff");
    }

    void refusesChunksThatAreNone()
    {
        QFETCH(QByteArray, hex);
        const QByteArray body = QByteArray::fromHex(hex);
        testing::ManualClock clock;
        smp::Client client(std::make_unique<testing::PacketLine>([body](const QByteArray &packet) {
                               QByteArray reply = packet.first(8);
                               reply[0] = char(reply.at(0) + 1);
                               reply[2] = 0;
                               reply[3] = char(body.size());
                               return std::optional(reply + body);
                           }),
                           clock);
        QVERIFY(testing::finish(client.open(), clock).has_value());
        smp::FileTransfer transfer(client);
        const auto got = testing::finish(transfer.download(kName), clock);
        QCOMPARE(got.error().kind, ErrorKind::MalformedReply);
    }

    void carriesWhatIsNoCborInGroupsOfUsers()
    {
        Bench bench;
        constexpr smp::Command kEchoed{smp::Op::Write, smp::Group(70), 0};
        constexpr smp::Command kText{smp::Op::Read, smp::Group(70), 1};
        QCborMap body;
        body[QLatin1String("x")] = 1;
        const QByteArray bytes = body.toCborValue().toCbor();
        QCOMPARE(
            testing::finish(bench.client->requestBytes(kEchoed, bytes, smp::kWriting), bench.clock).value(),
            bytes);
        QCOMPARE(
            testing::finish(bench.client->requestBytes(kText, bytes, smp::kReading), bench.clock).value(),
            QByteArray("not CBOR at all \xff"));
        constexpr smp::Command kUnknown{smp::Op::Read, smp::Group(11), 0};
        QCOMPARE(testing::finish(bench.client->requestBytes(kUnknown, bytes, smp::kReading), bench.clock)
                     .error()
                     .kind,
                 ErrorKind::Unsupported);
    }
};

QTEST_GUILESS_MAIN(TestFileTransfer)
#include "tst_file_transfer.moc"
