// SPDX-License-Identifier: Apache-2.0
#include "device_protocols/smp/smp_driver.h"

#include "tests/support/mcumgr_unit.h"
#include "tests/support/model_ports.h"
#include "tests/support/run_task.h"

#include <QTest>

using core::DeviceSnapshot;
using core::Done;
using core::ErrorKind;
using core::Port;
using core::Result;
using testing::McumgrUnit;
using testing::ModelPorts;

namespace {

using namespace std::chrono_literals;

const QByteArray kHash(32, 'a');

/// What is plugged in where: units behind the ports' names.
struct Wires {
    ModelPorts ports;
    QMap<QString, McumgrUnit *> units; // by location
    QStringList opened; // locations, in their order
};

/// Goes to whatever unit is behind the port that the trail leads to.
class TrailChannel final : public transport::FrameChannel
{
public:
    TrailChannel(Wires &wires, std::shared_ptr<core::UnitTrail> trail) :
        m_wires(wires), m_trail(std::move(trail))
    {
    }

    core::Task<Done> open() override
    {
        const core::UnitPlace place = co_await m_trail->next();
        m_wires.opened.append(place.port.location);
        m_line = m_wires.units.value(place.port.location)->connectLine();
        co_return co_await m_line->open();
    }
    core::Task<Done> send(QByteArray frame) override { return m_line->send(std::move(frame)); }
    core::Task<QByteArray> receive() override { return m_line->receive(); }
    void close() override { }

private:
    Wires &m_wires;
    std::shared_ptr<core::UnitTrail> m_trail;
    std::unique_ptr<transport::FrameChannel> m_line;
};

/// Two units of a kind, and the driver of the first.
class Desk
{
public:
    Desk(const char *ourSerial, const char *otherSerial) :
        m_oursPort(ModelPorts::port("ACM0", ourSerial, "1-4")),
        m_otherPort(ModelPorts::port("ACM1", otherSerial, "1-5"))
    {
        for (McumgrUnit *unit : {&ours, &other}) {
            unit->primary =
                McumgrUnit::Image{.hash = kHash, .version = QStringLiteral("1.0.0"), .isConfirmed = true};
            unit->dropsLineAtReset = true;
        }
        plug(m_oursPort, ours);
        plug(m_otherPort, other);
        const auto trail = std::make_shared<core::UnitTrail>(wires.ports, m_oursPort);
        auto channel = std::make_unique<TrailChannel>(wires, trail);
        smp::SmpDriver::Unit who{QStringLiteral("ours"),
                                 {core::DeviceAddress::Link::Serial, m_oursPort.location},
                                 core::Attachment{m_oursPort},
                                 trail};
        driver.emplace(std::move(who), std::move(channel), clock);
    }

    void speakForThemselves()
    {
        ours.bootCount = 7;
        ours.deviceId = QByteArray(8, '\1');
        other.bootCount = 7;
        other.deviceId = QByteArray(8, '\2');
    }

    void plug(Port port, McumgrUnit &unit, const char *location = nullptr)
    {
        if (location)
            port.location = QLatin1String(location);
        wires.units[port.location] = &unit;
        wires.ports.plug(port);
    }

    /// Both are reset at one moment, and come back as the test says.
    Result<Done> reload(const std::function<void()> &comeBack)
    {
        const auto leaving = clock.alarmIn(10ms, [this] {
            wires.ports.unplug(QStringLiteral("ACM0"));
            wires.ports.unplug(QStringLiteral("ACM1"));
        });
        const auto coming = clock.alarmIn(5s, comeBack);
        wires.opened.clear();
        return testing::finish(driver->reload(core::ReloadInto::Application), clock);
    }

    Result<DeviceSnapshot> identify() { return testing::finish(driver->identify(), clock); }
    Port oursAt(const char *location) { return at(m_oursPort, location); }
    Port otherAt(const char *location) { return at(m_otherPort, location); }

    testing::ManualClock clock;
    McumgrUnit ours{clock};
    McumgrUnit other{clock};
    Wires wires;
    std::optional<smp::SmpDriver> driver;

private:
    static Port at(Port port, const char *location)
    {
        port.location = QLatin1String(location);
        return port;
    }

    Port m_oursPort;
    Port m_otherPort;
};

} // namespace

/// A unit that is reset and comes back, perhaps elsewhere, perhaps among others.
class TestSmpRediscovery : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void findsItsUnitUnderTheOthersName()
    {
        Desk desk("S1", "S2");
        QCOMPARE(desk.identify()->identity.serialNumber, QStringLiteral("S1"));
        const auto done = desk.reload([&desk] {
            desk.plug(desk.otherAt("ACM0"), desk.other);
            desk.plug(desk.oursAt("ACM1"), desk.ours);
        });
        QVERIFY2(done.has_value(), done ? "" : qPrintable(done.error().detail));
        QCOMPARE(desk.wires.opened, QStringList{QStringLiteral("ACM1")}); // The other one was left in peace.
        const auto after = desk.identify();
        QCOMPARE(after->identity.serialNumber, QStringLiteral("S1"));
        QCOMPARE(after->address.target, QStringLiteral("ACM1"));
        QCOMPARE(after->attachment->port.location, QStringLiteral("ACM1"));
    }

    void asksTheUnitsWhereSerialNumbersAreTheSame()
    {
        Desk desk("0001", "0001");
        desk.speakForThemselves();
        QVERIFY(desk.identify().has_value());
        const auto done = desk.reload([&desk] { // On other ports of the hub: the bus knows neither.
            Port third = desk.otherAt("ACM2");
            third.topology = QStringLiteral("2-1");
            desk.plug(third, desk.other);
            third.location = QStringLiteral("ACM3");
            third.topology = QStringLiteral("2-2");
            desk.plug(third, desk.ours);
        });
        QVERIFY2(done.has_value(), done ? "" : qPrintable(done.error().detail));
        QCOMPARE(desk.identify()->address.target, QStringLiteral("ACM3"));
        QCOMPARE(desk.identify()->identity.hardwareId, QByteArray(8, '\1'));
    }

    void refusesToGuess()
    {
        Desk desk("0001", "0001");
        QVERIFY(desk.identify().has_value());
        const auto done = desk.reload([&desk] {
            Port third = desk.otherAt("ACM2");
            third.topology = QStringLiteral("2-1");
            desk.plug(third, desk.other);
            third.location = QStringLiteral("ACM3");
            third.topology = QStringLiteral("2-2");
            desk.plug(third, desk.ours);
        });
        QVERIFY(!done.has_value());
        QCOMPARE(done.error().kind, ErrorKind::AmbiguousDevice);
        QCOMPARE(*done.error().reason, core::Reason::AmbiguousDevice);
        QVERIFY(desk.wires.opened.isEmpty());
    }

    void noticesThatAnotherUnitHasTheSerialNumber()
    {
        Desk desk("S1", "S2");
        desk.speakForThemselves();
        QVERIFY(desk.identify().has_value());
        const auto done = desk.reload([&desk] { desk.plug(desk.oursAt("ACM0"), desk.other); });
        QVERIFY(!done.has_value());
        QCOMPARE(*done.error().reason, core::Reason::NotSameUnit);
    }

    void followsItIntoItsBootloadersProductId()
    {
        Desk desk("S1", "S2");
        QVERIFY(desk.identify().has_value());
        const auto done = desk.reload([&desk] {
            Port bootloader = desk.oursAt("ACM5");
            bootloader.usb = core::UsbIds{0x2fe3, 0x0005};
            desk.plug(bootloader, desk.ours);
        });
        QVERIFY(done.has_value());
        QCOMPARE(desk.identify()->attachment->port.usb->product, quint16(5));
    }

    void aResetWhoseAnswerIsLostCountsWhenTheUnitGoesAndReturns()
    {
        Desk desk("S1", "S2");
        desk.ours.losesResetAnswer = true;
        QVERIFY(desk.identify().has_value());
        const auto done = desk.reload([&desk] { desk.plug(desk.oursAt("ACM0"), desk.ours); });
        QVERIFY2(done.has_value(), done ? "" : qPrintable(done.error().detail));
        QCOMPARE(desk.ours.resets, 1);
    }

    void aUnitThatDoesNotReturnIsWaitedForUpToTheCap()
    {
        Desk desk("S1", "S2");
        QVERIFY(desk.identify().has_value());
        const core::Milliseconds begun = desk.clock.now();
        const auto done = desk.reload([&desk] { desk.plug(desk.otherAt("ACM0"), desk.other); });
        QVERIFY(!done.has_value());
        QCOMPARE(done.error().kind, ErrorKind::TimedOut);
        QVERIFY(desk.clock.now() - begun < 130s);
    }
};

QTEST_GUILESS_MAIN(TestSmpRediscovery)
#include "tst_smp_rediscovery.moc"
