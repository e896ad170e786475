// SPDX-License-Identifier: Apache-2.0
#include "core/async/system_clock.h"
#include "device_protocols/smp/console_channel.h"
#include "device_protocols/smp/smp_client.h"
#include "device_protocols/transport/serial_stream.h"
#include "device_protocols/transport/unix_stream.h"
#include "tests/support/run_live.h"

#include <QAbstractEventDispatcher>
#include <QLocalServer>
#include <QSocketNotifier>
#include <QTemporaryDir>
#include <QTest>

#include <fcntl.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

using core::Done;
using core::ErrorKind;
using core::Result;
using transport::ByteStream;

namespace {

core::Task<QByteArray> readAtLeast(ByteStream &stream, qsizetype size)
{
    QByteArray all;
    while (all.size() < size)
        all += co_await stream.receive();
    co_return all;
}

/// The device's end of a line: a pty or a socket.
class FarEnd
{
public:
    virtual ~FarEnd() = default;
    virtual std::unique_ptr<ByteStream> nearEnd() = 0;
    virtual bool awaitOpened() = 0;
    virtual void write(const QByteArray &bytes) = 0;
    virtual QByteArray read() = 0; // what has arrived
    virtual void hangUp() = 0;
};

class PtyEnd final : public FarEnd
{
public:
    PtyEnd()
    {
        m_master = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK);
        if (m_master < 0 || grantpt(m_master) != 0 || unlockpt(m_master) != 0)
            qFatal("no pty");
        path = QString::fromLocal8Bit(ptsname(m_master));
        termios line{};
        tcgetattr(m_master, &line);
        cfmakeraw(&line);
        tcsetattr(m_master, TCSANOW, &line);
    }
    ~PtyEnd() override { hangUp(); }

    std::unique_ptr<ByteStream> nearEnd() override
    {
        return std::make_unique<transport::SerialStream>(transport::SerialSettings{.port = path});
    }
    bool awaitOpened() override { return true; }
    void write(const QByteArray &bytes) override
    {
        QCOMPARE(::write(m_master, bytes.constData(), size_t(bytes.size())), bytes.size());
    }
    QByteArray read() override
    {
        QByteArray bytes(65536, '\0');
        const ssize_t count = ::read(m_master, bytes.data(), size_t(bytes.size()));
        return bytes.first(std::max<ssize_t>(count, 0));
    }
    void hangUp() override
    {
        if (m_master >= 0)
            ::close(m_master);
        m_master = -1;
    }

    QString path;

private:
    int m_master = -1;
};

class SocketEnd final : public FarEnd
{
public:
    SocketEnd()
    {
        if (!m_server.listen(m_folder.filePath(QStringLiteral("line"))))
            qFatal("no socket");
    }

    std::unique_ptr<ByteStream> nearEnd() override
    {
        return std::make_unique<transport::UnixStream>(m_server.fullServerName());
    }
    bool awaitOpened() override
    {
        const bool hasCome = QTest::qWaitFor([this] { return m_server.hasPendingConnections(); });
        m_socket.reset(m_server.nextPendingConnection());
        return hasCome;
    }
    void write(const QByteArray &bytes) override
    {
        m_socket->write(bytes);
        m_socket->flush(); // Before a hang-up that may follow.
    }
    QByteArray read() override { return m_socket->readAll(); }
    void hangUp() override { m_socket.reset(); }

private:
    QTemporaryDir m_folder;
    QLocalServer m_server;
    std::unique_ptr<QLocalSocket> m_socket;
};

std::unique_ptr<FarEnd> makeEnd(const QString &kind)
{
    if (kind == QLatin1String("pty"))
        return std::make_unique<PtyEnd>();
    return std::make_unique<SocketEnd>();
}

} // namespace

class TestStreams : public QObject
{
    Q_OBJECT

private:
    void bothKinds()
    {
        QTest::addColumn<QString>("kind");
        QTest::newRow("pty") << QStringLiteral("pty");
        QTest::newRow("socket") << QStringLiteral("socket");
    }

private Q_SLOTS:
    void carriesBytesUnchanged_data() { bothKinds(); }
    void carriesBytesUnchanged()
    {
        QFETCH(QString, kind);
        const auto far = makeEnd(kind);
        const auto near = far->nearEnd();
        const Result<Done> opened = testing::finishLive(near->open());
        QVERIFY2(opened.has_value(), opened ? "" : qPrintable(opened.error().detail));
        QVERIFY(far->awaitOpened());

        // Every value, as a terminal would eat some: XON, XOFF, CR, LF, NUL, Ctrl-C.
        QByteArray every;
        for (int value = 0; value < 256; ++value)
            every += char(value);
        QVERIFY(testing::finishLive(near->send(every)).has_value());
        QByteArray arrived;
        QTRY_COMPARE((arrived += far->read()), every);

        far->write(every);
        const Result<QByteArray> back = testing::finishLive(readAtLeast(*near, 256));
        QCOMPARE(back.value(), every);
    }

    void carriesMuchInOrder_data() { bothKinds(); }
    void carriesMuchInOrder()
    {
        QFETCH(QString, kind);
        const auto far = makeEnd(kind);
        const auto near = far->nearEnd();
        QVERIFY(testing::finishLive(near->open()).has_value());
        QVERIFY(far->awaitOpened());
        QByteArray much;
        for (int number = 0; number < 20'000; ++number)
            much += QByteArray::number(number) + ' ';
        QVERIFY(testing::finishLive(near->send(much)).has_value());
        QByteArray arrived;
        QTRY_COMPARE((arrived += far->read()).size(), much.size());
        QCOMPARE(arrived, much);
    }

    void tellsWhoeverWaitsThatTheLinkIsGone_data() { bothKinds(); }
    void tellsWhoeverWaitsThatTheLinkIsGone()
    {
        QFETCH(QString, kind);
        const auto far = makeEnd(kind);
        const auto near = far->nearEnd();
        QVERIFY(testing::finishLive(near->open()).has_value());
        QVERIFY(far->awaitOpened());

        std::optional<Result<QByteArray>> outcome;
        core::Running running(near->receive(), [&](auto result) { outcome = std::move(result); });
        far->hangUp();
        QTRY_VERIFY(outcome.has_value());
        QCOMPARE(outcome->error().kind, ErrorKind::Disconnected);
        // And everyone afterwards.
        QCOMPARE(testing::finishLive(near->receive()).error().kind, ErrorKind::Disconnected);
        QCOMPARE(testing::finishLive(near->send("x")).error().kind, ErrorKind::Disconnected);
    }

    void givesWhatArrivedBeforeTheLinkWent()
    {
        SocketEnd far;
        const auto near = far.nearEnd();
        QVERIFY(testing::finishLive(near->open()).has_value());
        QVERIFY(far.awaitOpened());
        far.write("last words");
        far.hangUp();
        QEventLoop events;
        while (events.processEvents()) { } // The stream learns of both before anybody reads.
        const Result<QByteArray> words = testing::finishLive(readAtLeast(*near, 10));
        QCOMPARE(words.value(), QByteArray("last words"));
        QCOMPARE(testing::finishLive(near->receive()).error().kind, ErrorKind::Disconnected);
    }

    void opensAnew()
    {
        SocketEnd far;
        const auto near = far.nearEnd();
        for (int round = 0; round < 3; ++round) {
            QVERIFY(testing::finishLive(near->open()).has_value());
            QVERIFY(far.awaitOpened());
            far.write("hello");
            QCOMPARE(testing::finishLive(readAtLeast(*near, 5)).value(), QByteArray("hello"));
            if (round == 1)
                far.hangUp();
        }
    }

    void opensAPtyAnew()
    {
        PtyEnd far;
        const auto near = far.nearEnd();
        for (int round = 0; round < 3; ++round) {
            QVERIFY(testing::finishLive(near->open()).has_value());
            far.write("hello");
            QCOMPARE(testing::finishLive(readAtLeast(*near, 5)).value(), QByteArray("hello"));
        }
    }

    void wakesItsReaderWhenClosed_data() { bothKinds(); }
    void wakesItsReaderWhenClosed()
    {
        QFETCH(QString, kind);
        const auto far = makeEnd(kind);
        const auto near = far->nearEnd();
        QVERIFY(testing::finishLive(near->open()).has_value());
        std::optional<Result<QByteArray>> outcome;
        core::Running running(near->receive(), [&](auto result) { outcome = std::move(result); });
        near->close();
        QTRY_VERIFY(outcome.has_value());
        QCOMPARE(outcome->error().kind, ErrorKind::Disconnected);
    }

    void sharesAPortWithNobody()
    {
        PtyEnd far;
        const auto first = far.nearEnd();
        QVERIFY(testing::finishLive(first->open()).has_value());
        const Result<Done> second = testing::finishLive(far.nearEnd()->open());
        QVERIFY(!second.has_value());
        QCOMPARE(second.error().kind, ErrorKind::TransportFailed);
        QVERIFY2(second.error().detail.contains(QStringLiteral("used by another program")),
                 qPrintable(second.error().detail));
    }

    void namesWhatIsNotThere()
    {
        transport::SerialStream port({.port = QStringLiteral("/dev/there-is-no-such-port")});
        QCOMPARE(testing::finishLive(port.open()).error().kind, ErrorKind::Disconnected);
        transport::UnixStream socket(QStringLiteral("/there/is/no/such/socket"));
        QCOMPARE(testing::finishLive(socket.open()).error().kind, ErrorKind::Disconnected);
        QCOMPARE(testing::finishLive(socket.receive()).error().kind, ErrorKind::Disconnected);
    }

    void ignoresThatAPtyHasNoModemLines()
    {
        PtyEnd far;
        transport::SerialStream port(
            {.port = far.path, .dtr = core::LinePolicy::Raise, .rts = core::LinePolicy::Lower});
        QVERIFY(testing::finishLive(port.open()).has_value());
        far.write("still here");
        QCOMPARE(testing::finishLive(readAtLeast(port, 10)).value(), QByteArray("still here"));
    }

    void carriesPacketsAndTextOverTheSameLine()
    {
        SocketEnd far;
        QByteArray text;
        smp::ConsoleChannel channel(far.nearEnd());
        channel.showTextTo([&](QByteArray piece) { text += piece; });
        QVERIFY(testing::finishLive(channel.open()).has_value());
        QVERIFY(far.awaitOpened());
        QVERIFY(testing::finishLive(channel.send("question")).has_value());
        QByteArray arrived;
        const QByteArray expected = '\n' + smp::toConsoleLines("question");
        QTRY_COMPARE((arrived += far.read()), expected);

        far.write("log line\n" + smp::toConsoleLines("one") + smp::toConsoleLines("two"));
        QCOMPARE(testing::finishLive(channel.receive()).value(), QByteArray("one"));
        QCOMPARE(testing::finishLive(channel.receive()).value(), QByteArray("two"));
        QCOMPARE(text, QByteArray("log line\n"));
    }

    /// Each packet is one turn of a coroutine that does not wait; too many in one go would overflow the
    /// stack.
    void survivesAFloodOfTinyPackets()
    {
        constexpr int kPackets = 50'000;
        SocketEnd far;
        core::SystemClock clock;
        smp::Client client(std::make_unique<smp::ConsoleChannel>(far.nearEnd()), clock);
        QVERIFY(testing::finishLive(client.open()).has_value());
        QVERIFY(far.awaitOpened());
        far.write(smp::toConsoleLines("").repeated(kPackets));
        QTRY_COMPARE(client.skippedCount(), kPackets);
        QVERIFY(client.isOpen());
    }

    void doesNotSpinOnAPortThatIsGone()
    {
        PtyEnd far;
        const auto near = far.nearEnd();
        QVERIFY(testing::finishLive(near->open()).has_value());
        far.hangUp();
        QVERIFY(!testing::finishLive(near->receive()).has_value());
        // A descriptor that is for ever readable would wake the loop again and again.
        int turns = 0;
        QObject::connect(QAbstractEventDispatcher::instance(), &QAbstractEventDispatcher::awake, this,
                         [&turns] { ++turns; });
        QEventLoop events;
        QTimer::singleShot(50, &events, &QEventLoop::quit);
        events.exec();
        QVERIFY2(turns < 20, qPrintable(QString::number(turns)));
    }
};

QTEST_GUILESS_MAIN(TestStreams)
#include "tst_streams.moc"
