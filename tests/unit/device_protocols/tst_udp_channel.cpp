// SPDX-License-Identifier: Apache-2.0
#include "core/async/system_clock.h"
#include "device_protocols/smp/file_transfer.h"
#include "device_protocols/transport/udp_channel.h"
#include "tests/support/group_server.h"
#include "tests/support/run_live.h"

#include <QNetworkDatagram>
#include <QTest>

using core::ErrorKind;
using transport::UdpChannel;

namespace {

const auto kLoopback = QStringLiteral("127.0.0.1");

/// A real UDP server on this machine, with a network that doubles and swaps if it is told to.
class UdpServer
{
public:
    UdpServer()
    {
        if (!m_socket.bind(QHostAddress::LocalHost))
            qFatal("no port");
        QObject::connect(&m_socket, &QUdpSocket::readyRead, &m_socket, [this] { serve(); });
    }

    quint16 port() const { return m_socket.localPort(); }
    void stop() { m_socket.close(); }

    testing::GroupServer server;
    bool doubles = false;
    qsizetype largest = 0; // datagram that came

private:
    void serve()
    {
        while (m_socket.hasPendingDatagrams()) {
            const QNetworkDatagram request = m_socket.receiveDatagram();
            largest = std::max(largest, request.data().size());
            const auto reply = server.handle(request.data());
            for (int times = doubles ? 2 : 1; reply && times > 0; --times)
                m_socket.writeDatagram(*reply, request.senderAddress(), quint16(request.senderPort()));
        }
    }

    QUdpSocket m_socket;
};

} // namespace

class TestUdpChannel : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void carriesAPacketADatagram()
    {
        UdpServer far;
        core::SystemClock clock;
        smp::Client client(std::make_unique<UdpChannel>(kLoopback, far.port()), clock);
        QVERIFY(testing::finishLive(client.open()).has_value());
        QCOMPARE(testing::finishLive(client.ask(smp::Echo{QStringLiteral("hi")}))->text,
                 QStringLiteral("hi"));
    }

    void carriesFilesWithoutFragments()
    {
        UdpServer far;
        far.server.bufferSize = 2048;
        far.doubles = true;
        core::SystemClock clock;
        smp::Client client(std::make_unique<UdpChannel>(QStringLiteral("localhost"), far.port()), clock);
        QVERIFY(testing::finishLive(client.open()).has_value());
        const QByteArray content(20'000, 'x');
        smp::FileTransfer transfer(client);
        QVERIFY(testing::finishLive(transfer.upload(QStringLiteral("/a"), content)).has_value());
        QCOMPARE(far.server.files[QStringLiteral("/a")], content);
        QVERIFY2(far.largest > 1300 && far.largest <= 1452, qPrintable(QString::number(far.largest)));
        QCOMPARE(testing::finishLive(transfer.download(QStringLiteral("/a"))).value(), content);
        QVERIFY(client.skippedCount() > 0);
    }

    void tellsThatNobodyListens()
    {
        UdpServer far;
        const quint16 port = far.port();
        far.stop();
        UdpChannel channel(kLoopback, port);
        QVERIFY(testing::finishLive(channel.open()).has_value());
        QVERIFY(testing::finishLive(channel.send("x")).has_value());
        const auto answer = testing::finishLive(channel.receive());
        QCOMPARE(answer.error().kind, ErrorKind::Disconnected);
        QVERIFY2(answer.error().detail.contains(QStringLiteral("nothing listens")),
                 qPrintable(answer.error().detail));
        QCOMPARE(testing::finishLive(channel.send("x")).error().kind, ErrorKind::Disconnected);
    }

    void opensAnew()
    {
        UdpServer far;
        core::SystemClock clock;
        smp::Client client(std::make_unique<UdpChannel>(kLoopback, far.port()), clock);
        for (int round = 0; round < 3; ++round) {
            QVERIFY(testing::finishLive(client.open()).has_value());
            QVERIFY(testing::finishLive(client.ask(smp::Echo{QStringLiteral("hi")})).has_value());
        }
        client.close();
        QCOMPARE(testing::finishLive(client.ask(smp::Echo{QStringLiteral("hi")})).error().kind,
                 ErrorKind::Disconnected);
    }

    void wakesItsReaderWhenClosed()
    {
        UdpServer far;
        UdpChannel channel(kLoopback, far.port());
        QVERIFY(testing::finishLive(channel.open()).has_value());
        std::optional<core::Result<QByteArray>> outcome;
        core::Running running(channel.receive(), [&](auto result) { outcome = std::move(result); });
        channel.close();
        QTRY_VERIFY(outcome.has_value());
        QCOMPARE(outcome->error().kind, ErrorKind::Disconnected);
    }

    void namesAHostThatIsNotThere()
    {
        UdpChannel channel(QStringLiteral("there-is-no-such-host.invalid"), 1337);
        const auto opened = testing::finishLive(channel.open());
        QVERIFY(!opened.has_value());
        QVERIFY2(opened.error().detail.contains(QStringLiteral("there-is-no-such-host")),
                 qPrintable(opened.error().detail));
    }
};

QTEST_GUILESS_MAIN(TestUdpChannel)
#include "tst_udp_channel.moc"
