// SPDX-License-Identifier: Apache-2.0
#include "device_protocols/transport/polling_port_monitor.h"
#include "device_protocols/transport/port_users.h"
#include "device_protocols/transport/serial_stream.h"
#include "tests/support/manual_clock.h"
#include "tests/support/model_ports.h"
#include "tests/support/run_live.h"

#include <QProcess>
#include <QTest>

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

using namespace std::chrono_literals;
using core::Port;
using core::PortChange;
using testing::ModelPorts;
using transport::PortUser;

namespace {

/// A pty whose master is ours, as that of a virtual device is.
class Pty
{
public:
    Pty()
    {
        m_master = ::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
        if (m_master < 0 || ::grantpt(m_master) != 0 || ::unlockpt(m_master) != 0)
            qFatal("no pty");
        path = QString::fromLocal8Bit(::ptsname(m_master));
    }
    ~Pty() { ::close(m_master); }

    QString path;

private:
    int m_master = -1;
};

/// Another program that has a port open.
class Holder
{
public:
    explicit Holder(const QString &port)
    {
        process.start(QStringLiteral("/bin/sh"),
                      {QStringLiteral("-c"), QStringLiteral("exec 3<>\"$0\"; echo held; read line"), port});
        isHolding = process.waitForReadyRead();
    }
    ~Holder()
    {
        process.kill();
        process.waitForFinished();
    }

    QProcess process;
    bool isHolding = false;
};

/// A list that changes between two looks, and what is told of it.
struct Desk {
    Desk()
    {
        subscription = monitor.subscribe([this](PortChange change, const Port &port) {
            told.append((change == PortChange::Arrived ? u'+' : u'-') + port.location);
        });
    }

    testing::ManualClock clock;
    QList<Port> now{ModelPorts::port("ACM0", "S1", "1-4")};
    transport::PollingPortMonitor monitor{clock, [this] { return now; }};
    QStringList told;
    std::unique_ptr<core::Subscription> subscription;
};

} // namespace

class TestPorts : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void tellsOfWhatComesAndGoes()
    {
        Desk desk;
        desk.clock.advance(1s);
        QVERIFY(desk.told.isEmpty()); // It was there before.
        desk.now = {ModelPorts::port("ACM1", "S2", "1-5")};
        desk.clock.advance(1s);
        QCOMPARE(desk.told, QStringList({QStringLiteral("-ACM0"), QStringLiteral("+ACM1")}));
    }

    void anotherDeviceUnderTheSameNameIsAChange()
    {
        Desk desk;
        desk.now = {ModelPorts::port("ACM0", "S2", "1-4")};
        desk.clock.advance(1s);
        QCOMPARE(desk.told, QStringList({QStringLiteral("-ACM0"), QStringLiteral("+ACM0")}));
    }

    void looksOnlyAsLongAsSomebodyListens()
    {
        Desk desk;
        desk.subscription.reset();
        desk.clock.advance(1s);
        QVERIFY(!desk.clock.untilNextAlarm());
        Desk again;
        QVERIFY(again.clock.untilNextAlarm());
    }

    void namesWhoHasAPort()
    {
        const Pty port;
        QVERIFY(transport::usersOf(port.path).isEmpty());
        const Holder holder(port.path);
        QVERIFY(holder.isHolding);
        const QList<PortUser> users = transport::usersOf(port.path);
        QCOMPARE(users.size(), 1);
        QCOMPARE(users.first().pid, holder.process.processId());
        QCOMPARE(transport::toText(users), QStringLiteral("sh (pid %1)").arg(users.first().pid));
        QVERIFY(transport::usersOf(QStringLiteral("/dev/there-is-none")).isEmpty());
        QVERIFY(transport::usersOf(QStringLiteral("/etc/passwd")).isEmpty());
    }

    void doesNotShareAPortThatIsHeldWithoutALock()
    {
        const Pty port;
        const Holder holder(port.path);
        QVERIFY(holder.isHolding);
        transport::SerialStream stream({.port = port.path});
        const auto opened = testing::finishLive(stream.open());
        QVERIFY(!opened.has_value());
        QCOMPARE(opened.error().kind, core::ErrorKind::TransportFailed);
        QVERIFY2(opened.error().detail.contains(QStringLiteral("used by another program: sh (pid ")),
                 qPrintable(opened.error().detail));
    }
};

QTEST_GUILESS_MAIN(TestPorts)
#include "tst_ports.moc"
