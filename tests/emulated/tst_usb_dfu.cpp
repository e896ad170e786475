// SPDX-License-Identifier: Apache-2.0
#include "core/async/system_clock.h"
#include "core/release/foreign/dfuse.h"
#include "device_protocols/dfu/dfu_client.h"
#include "device_protocols/dfu/dfu_detach.h"
#include "device_protocols/dfu/dfuse_client.h"
#include "device_protocols/dfu/memories.h"
#include "device_protocols/usb/libusb_bus.h"
#include "device_protocols/usb/system_usb.h"
#include "device_protocols/usb/usb_return.h"
#include "tests/support/run_live.h"
#include "tests/support/under_mock_bus.h"

#include <QElapsedTimer>
#include <QTemporaryDir>
#include <QTest>
#include <QTimer>

#include <random>

using namespace std::chrono_literals;
using core::ErrorKind;
using core::Reason;
using core::Result;
using dfu::Ending;
using dfu::ReadBack;
using testing::finishLive;
using usb::DeviceChange;
using usb::DeviceFacts;

namespace {

constexpr quint32 kFlashBase = 0x08000000;
const QString kPlace = QStringLiteral("1-1");

QByteArray firmwareOf(qsizetype size, unsigned seed = 1)
{
    std::mt19937 random(seed);
    QByteArray bytes(size, Qt::Uninitialized);
    for (char &byte : bytes)
        byte = char(random());
    return bytes;
}

QByteArray contentOf(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

void write(const QString &path, const QByteArray &bytes)
{
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    QCOMPARE(file.write(bytes), bytes.size());
}

QString failureOf(const core::Error &error)
{
    return QStringLiteral("%1: %2").arg(int(error.kind)).arg(error.detail);
}

} // namespace

/// Our client through libusb, and dfu-util as the judge of the devices, on a bus of umockdev.
class TestUsbDfu : public QObject
{
    Q_OBJECT

private:
    QString unit(const QStringList &traits = {}, const QString &name = QStringLiteral("unit"),
                 const QString &place = kPlace)
    {
        return m_mock->obey(QStringList{QStringLiteral("dfu-plug"), name, place} + traits);
    }
    QString ask(const char *command, const QStringList &more = {})
    {
        return m_mock->obey(QStringList{QLatin1String(command), QStringLiteral("unit")} + more);
    }
    QByteArray image() { return QByteArray::fromHex(ask("dfu-image").toLatin1()); }
    QByteArray memory(qsizetype size)
    {
        return QByteArray::fromHex(
            ask("dfu-memory", {QStringLiteral("0x08000000"), QString::number(size)}).toLatin1());
    }
    void fault(const char *kind, int at, const char *often = "once")
    {
        QCOMPARE(ask("dfu-fault", {QLatin1String(kind), QString::number(at), QLatin1String(often)}),
                 QStringLiteral("ok"));
    }

    /// Waits for a device at the place and opens it.
    Result<core::Done> begin(quint8 alternate = 0)
    {
        m_session.reset();
        m_device.reset();
        if (!QTest::qWaitFor([this] { return !m_bus->devices().isEmpty(); }))
            return core::fail(ErrorKind::NoSuchDevice, QStringLiteral("nothing is plugged in"));
        m_facts = m_bus->devices().constFirst();
        auto open = finishLive(m_bus->open(m_facts));
        if (!open)
            return core::passOn(open.error());
        m_device = *std::move(open);
        const auto interfaces = dfu::findInterfaces(m_facts.configuration, {});
        if (interfaces.isEmpty())
            return core::fail(ErrorKind::Unsupported, QStringLiteral("no DFU interface"));
        const dfu::Target target{interfaces.constFirst(), alternate, {}};
        m_session.emplace(*m_device, target, m_clock);
        return finishLive(m_session->begin());
    }

    Result<dfu::MemoryLayout> layout()
    {
        const auto interface = dfu::findInterfaces(m_facts.configuration, {}).constFirst();
        const auto memories = finishLive(dfu::readMemories(*m_device, interface, {}, m_clock));
        if (!memories)
            return core::passOn(memories.error());
        if (!memories->constFirst().layout)
            return core::fail(ErrorKind::MalformedReply, QStringLiteral("no layout"));
        return *memories->constFirst().layout;
    }

    int runDfuUtil(const QStringList &arguments)
    {
        QProcess process;
        m_mock->show(process, m_dfuUtil, arguments);
        process.setProcessChannelMode(QProcess::MergedChannels);
        process.start();
        process.waitForFinished(60'000);
        m_said = QString::fromUtf8(process.readAll());
        return process.exitStatus() == QProcess::NormalExit ? process.exitCode() : -1;
    }

private Q_SLOTS:
    void initTestCase() { m_dfuUtil = QStandardPaths::findExecutable(QStringLiteral("dfu-util")); }

    void init()
    {
        m_mock = std::make_unique<testing::OwnUsbBus>();
        const QString missing = m_mock->start();
        if (!missing.isEmpty())
            QSKIP(qPrintable(missing));
        m_bus = usb::systemUsbBus();
        QVERIFY(m_bus);
    }

    void cleanup()
    {
        m_session.reset();
        m_device.reset();
        m_bus.reset();
        m_mock.reset();
    }

    void knowsWhatIsPluggedIn()
    {
        QList<std::pair<DeviceChange, DeviceFacts>> told;
        const auto subscription = m_bus->subscribe([&told](DeviceChange change, const DeviceFacts &facts) {
            told.append({change, facts});
        });
        QVERIFY(m_bus->devices().isEmpty());
        QCOMPARE(unit({QStringLiteral("kind=rom"), QStringLiteral("serial=S1")}), QStringLiteral("ok"));
        QTRY_COMPARE(told.size(), 1);
        const DeviceFacts facts = told.at(0).second;
        QCOMPARE(told.at(0).first, DeviceChange::Arrived);
        QCOMPARE(facts.place, kPlace);
        QCOMPARE(facts.ids, (core::UsbIds{0x0483, 0xdf11}));
        QCOMPARE(facts.release, quint16(0x0200));
        QCOMPARE(facts.serialNumber, QStringLiteral("S1"));
        QCOMPARE(facts.maker, QStringLiteral("Example"));
        QCOMPARE(facts.product, QStringLiteral("DFU model"));
        QCOMPARE(m_bus->devices(), QList<DeviceFacts>{facts});
        const auto interfaces = dfu::findInterfaces(facts.configuration, {});
        QCOMPARE(interfaces.size(), 1);
        QCOMPARE(interfaces.constFirst().alternates.size(), 2);
        QVERIFY(interfaces.constFirst().doubts.isEmpty());

        ask("dfu-pull");
        QTRY_COMPARE(told.size(), 2);
        QCOMPARE(told.at(1).first, DeviceChange::Left);
        QCOMPARE(told.at(1).second, facts);
        QVERIFY(m_bus->devices().isEmpty());
        QCOMPARE(finishLive(m_bus->open(facts)).error().kind, ErrorKind::Disconnected);

        ask("dfu-push");
        QTRY_COMPARE(told.size(), 3);
        QVERIFY(told.at(2).second.address != facts.address);
    }

    void findsWhatWasThereBefore()
    {
        QCOMPARE(unit(), QStringLiteral("ok"));
        const auto later = usb::systemUsbBus();
        QVERIFY(later);
        QCOMPARE(later->devices().size(), 1);
    }

    void tellsTwoAlikeApart()
    {
        QCOMPARE(unit(), QStringLiteral("ok"));
        QTRY_COMPARE(m_bus->devices().size(), 1);
        QCOMPARE(unit({}, QStringLiteral("second"), QStringLiteral("1-2")), QStringLiteral("ok"));
        QTRY_COMPARE(m_bus->devices().size(), 2);
        QCOMPARE(m_bus->devices().at(0).place, kPlace);
        QCOMPARE(m_bus->devices().at(1).place, QStringLiteral("1-2"));
        auto device = finishLive(m_bus->open(m_bus->devices().at(1)));
        QVERIFY(device.has_value());
        QCOMPARE((*device)->facts().place, QStringLiteral("1-2"));
    }

    void downloads()
    {
        QCOMPARE(unit(), QStringLiteral("ok"));
        const auto begun = begin();
        QVERIFY2(begun.has_value(), begun ? "" : qPrintable(failureOf(begun.error())));
        const QByteArray firmware = firmwareOf(20'000);
        const auto done = finishLive(dfu::Client(*m_session).download(firmware));
        QVERIFY2(done.has_value(), done ? "" : qPrintable(failureOf(done.error())));
        QCOMPARE(done->readBack, ReadBack::Identical);
        QCOMPARE(image(), firmware);
    }

    void writesDfuSe()
    {
        QCOMPARE(unit({QStringLiteral("kind=rom")}), QStringLiteral("ok"));
        QVERIFY(begin().has_value());
        const auto read = layout();
        QVERIFY2(read.has_value(), read ? "" : qPrintable(failureOf(read.error())));
        const core::FirmwareSegments firmware{{kFlashBase, firmwareOf(20'000)}};
        dfu::DfuSeClient client(*m_session, *read);
        dfu::WriteOrder order{firmware, dfu::Consent::NotGiven, {}};
        const auto written = finishLive(client.write(std::move(order)));
        QVERIFY2(written.has_value(), written ? "" : qPrintable(failureOf(written.error())));
        QCOMPARE(memory(20'000), firmware.at(0).bytes);
        QCOMPARE(finishLive(client.compare(firmware)).value(), ReadBack::Identical);
        QVERIFY(ask("dfu-facts").contains(QStringLiteral("erasures=2")));
        QCOMPARE(finishLive(client.leave(kFlashBase)).value(), Ending::Leaving);
        m_session.reset();
        m_device.reset();
        const auto back = finishLive(dfu::awaitRunTime(*m_bus, m_facts, {}, m_clock));
        QVERIFY2(back.has_value(), back ? "" : qPrintable(failureOf(back.error())));
        QVERIFY(ask("dfu-facts").contains(QStringLiteral("started=1")));
    }

    void detachesAndComesBack_data()
    {
        QTest::addColumn<QString>("attributes");
        QTest::newRow("by a bus reset") << QStringLiteral("attributes=0x07");
        QTest::newRow("by itself") << QStringLiteral("attributes=0x0f");
    }

    void detachesAndComesBack()
    {
        QFETCH(QString, attributes);
        QCOMPARE(unit({attributes, QStringLiteral("runtime=1"), QStringLiteral("restart=20")}),
                 QStringLiteral("ok"));
        QTRY_COMPARE(m_bus->devices().size(), 1);
        const DeviceFacts before = m_bus->devices().constFirst();
        const auto entered = finishLive(dfu::enterDfuMode(*m_bus, before, {}, m_clock));
        QVERIFY2(entered.has_value(), entered ? "" : qPrintable(failureOf(entered.error())));
        QVERIFY(dfu::isInDfuMode(*entered, {}));
        const auto begun = begin();
        QVERIFY2(begun.has_value(), begun ? "" : qPrintable(failureOf(begun.error())));
        dfu::Client client(*m_session);
        const auto done = finishLive(client.download(firmwareOf(3000)));
        QVERIFY2(done.has_value(), done ? "" : qPrintable(failureOf(done.error())));
        QVERIFY(finishLive(client.leave(done->ending)).has_value());
        m_session.reset();
        m_device.reset();
        QVERIFY(finishLive(dfu::awaitRunTime(*m_bus, *entered, {}, m_clock)).has_value());
        QCOMPARE(image(), firmwareOf(3000));
    }

    void aStallIsToldWithItsReason()
    {
        QCOMPARE(unit(), QStringLiteral("ok"));
        QVERIFY(begin().has_value());
        fault("stall", 2);
        const auto done = finishLive(dfu::Client(*m_session).download(firmwareOf(3000)));
        QCOMPARE(done.error().kind, ErrorKind::RefusedByDevice);
        QCOMPARE(done.error().deviceCode->code, int(dfu::Status::StalledPacket));
        QVERIFY(begin().has_value());
        QVERIFY(finishLive(dfu::Client(*m_session).download(firmwareOf(3000))).has_value());
    }

    void silenceEndsInTime()
    {
        QCOMPARE(unit(), QStringLiteral("ok"));
        QVERIFY(begin().has_value());
        fault("silence", 0);
        QElapsedTimer timer;
        timer.start();
        const usb::Setup status{0xa1, 3, 0, 0};
        auto asked = finishLive(core::within(300ms, m_clock, m_device->ask(status, 6)));
        QCOMPARE(asked.error().kind, ErrorKind::TimedOut);
        QVERIFY(timer.elapsed() >= 300 && timer.elapsed() < 2000);
        asked = finishLive(core::within(300ms, m_clock, m_device->ask(status, 6)));
        QVERIFY2(asked.has_value(), asked ? "" : qPrintable(failureOf(asked.error()))); // It was taken back.
    }

    void aShortTransferIsNotTakenForAWholeOne()
    {
        QCOMPARE(unit(), QStringLiteral("ok"));
        QVERIFY(begin().has_value());
        fault("short", 0);
        const auto done = finishLive(dfu::Client(*m_session).download(firmwareOf(3000)));
        QCOMPARE(done.error().kind, ErrorKind::TransportFailed);
        QVERIFY(done.error().detail.contains(QStringLiteral("512 of 1024")));
    }

    void aPulledCableIsSeen_data()
    {
        QTest::addColumn<int>("at");
        for (const int at : {0, 1, 5, 8})
            QTest::addRow("at request %d", at) << at;
    }

    void aPulledCableIsSeen()
    {
        QFETCH(int, at);
        QCOMPARE(unit(), QStringLiteral("ok"));
        QVERIFY(begin().has_value());
        fault("unplug", at);
        const auto done = finishLive(dfu::Client(*m_session).download(firmwareOf(5000)));
        QCOMPARE(done.error().kind, ErrorKind::Disconnected);
        QTRY_VERIFY(m_bus->devices().isEmpty());
        ask("dfu-fault", {QStringLiteral("none")});
        ask("dfu-push");
        const auto begun = begin();
        QVERIFY2(begun.has_value(), begun ? "" : qPrintable(failureOf(begun.error())));
        QVERIFY(finishLive(dfu::Client(*m_session).download(firmwareOf(5000))).has_value());
        QCOMPARE(image(), firmwareOf(5000));
    }

    void aCableThatIsPulledWhileItWaitsIsSeen()
    {
        QCOMPARE(unit(), QStringLiteral("ok"));
        QVERIFY(begin().has_value());
        fault("silence", 0);
        QTimer::singleShot(100, &m_timerHome, [this] { ask("dfu-pull"); });
        const usb::Setup status{0xa1, 3, 0, 0};
        const auto asked = finishLive(m_device->ask(status, 6));
        QCOMPARE(asked.error().kind, ErrorKind::Disconnected);
    }

    void anInterfaceThatAnotherHasIsSaid()
    {
        QCOMPARE(unit(), QStringLiteral("ok"));
        QTRY_COMPARE(m_bus->devices().size(), 1);
        ask("dfu-hold");
        const auto begun = begin();
        QCOMPARE(begun.error().kind, ErrorKind::TransportFailed);
        QCOMPARE(begun.error().reason, Reason::DeviceInUse);
        QCOMPARE(begun.error().detail, QStringLiteral("another program has the interface"));
        ask("dfu-free");
        QVERIFY(begin().has_value());
    }

    void aDriverThatHasTheInterfaceIsNamed()
    {
        QCOMPARE(unit({QStringLiteral("driver=usbhid")}), QStringLiteral("ok"));
        QTRY_COMPARE(m_bus->devices().size(), 1);
        ask("dfu-hold");
        const auto begun = begin();
        QCOMPARE(begun.error().reason, Reason::DeviceInUse);
        QVERIFY2(begun.error().detail.contains(QStringLiteral("usbhid")), qPrintable(begun.error().detail));
    }

    void whatWeMayNotOpenIsSaid()
    {
        QCOMPARE(unit({QStringLiteral("forbidden=1")}), QStringLiteral("ok"));
        QTRY_COMPARE(m_bus->devices().size(), 1);
        const DeviceFacts facts = m_bus->devices().constFirst();
        constexpr uid_t kNobody = 65534;
        const bool isRoot = ::geteuid() == 0; // Permissions are not for it.
        if (isRoot)
            QCOMPARE(::seteuid(kNobody), 0);
        const auto open = finishLive(m_bus->open(facts));
        if (isRoot)
            QCOMPARE(::seteuid(0), 0);
        QCOMPARE(open.error().kind, ErrorKind::TransportFailed);
        QCOMPARE(open.error().reason, Reason::NotPermitted);
    }

    void aTaskThatIsDroppedLeavesTheDeviceUsable()
    {
        QCOMPARE(unit(), QStringLiteral("ok"));
        QVERIFY(begin().has_value());
        for (int round = 0; round < 5; ++round) {
            fault("silence", 0);
            const usb::Setup status{0xa1, 3, 0, 0};
            core::Running<QByteArray> dropped(m_device->ask(status, 6), [](core::Result<QByteArray>) {});
            QCoreApplication::processEvents();
        }
        QVERIFY(finishLive(m_session->makeIdle()).has_value());
        {
            core::Running<core::Done> dropped(m_device->reset(), [](core::Result<core::Done>) {});
        }
        m_session.reset();
        m_device.reset(); // While another thread still uses it.
        m_bus.reset();
    }

    void dfuUtilDownloads()
    {
        if (m_dfuUtil.isEmpty())
            QSKIP("skipped, because dfu-util is not installed");
        QTemporaryDir folder;
        const QString path = folder.filePath(QStringLiteral("firmware.dfu"));
        const QByteArray firmware = firmwareOf(20'000);
        write(path, core::withDfuSuffix(firmware, {0xffff, 0xdf11, 0x0483, core::kDfuFileVersion}));
        QCOMPARE(unit(), QStringLiteral("ok"));
        QVERIFY2(runDfuUtil({QStringLiteral("-D"), path}) == 0, qPrintable(m_said));
        QCOMPARE(image(), firmware);

        const QString copy = folder.filePath(QStringLiteral("copy.bin"));
        QVERIFY2(runDfuUtil({QStringLiteral("-U"), copy}) == 0, qPrintable(m_said));
        QCOMPARE(contentOf(copy), firmware);
    }

    void dfuUtilWritesWhatWeReadAndReadsWhatWeWrite()
    {
        if (m_dfuUtil.isEmpty())
            QSKIP("skipped, because dfu-util is not installed");
        QTemporaryDir folder;
        const QString path = folder.filePath(QStringLiteral("firmware.bin"));
        write(path, firmwareOf(5000));
        QCOMPARE(unit(), QStringLiteral("ok"));
        QVERIFY2(runDfuUtil({QStringLiteral("-D"), path}) == 0, qPrintable(m_said));
        QVERIFY(begin().has_value());
        QCOMPARE(finishLive(dfu::Client(*m_session).upload(1 << 20)).value(), firmwareOf(5000));
        QVERIFY(finishLive(dfu::Client(*m_session).download(firmwareOf(6000, 2))).has_value());
        m_session.reset();
        m_device.reset();
        const QString copy = folder.filePath(QStringLiteral("copy.bin"));
        QVERIFY2(runDfuUtil({QStringLiteral("-U"), copy}) == 0, qPrintable(m_said));
        QCOMPARE(contentOf(copy), firmwareOf(6000, 2));
    }

    void dfuUtilWritesDfuSe()
    {
        if (m_dfuUtil.isEmpty())
            QSKIP("skipped, because dfu-util is not installed");
        QTemporaryDir folder;
        const QString path = folder.filePath(QStringLiteral("firmware.dfu"));
        const core::FirmwareSegments segments{{kFlashBase, firmwareOf(20'000)}};
        const core::DfuSe file{{0xffff, 0xdf11, 0x0483, 0}, {{0, QStringLiteral("Flash"), segments}}};
        write(path, core::writeDfuSe(file).value());
        QCOMPARE(unit({QStringLiteral("kind=rom")}), QStringLiteral("ok"));
        QVERIFY2(runDfuUtil({QStringLiteral("-a"), QStringLiteral("0"), QStringLiteral("-D"), path}) == 0,
                 qPrintable(m_said));
        QCOMPARE(memory(20'000), segments.at(0).bytes);

        QVERIFY(begin().has_value());
        dfu::DfuSeClient client(*m_session, layout().value());
        QCOMPARE(finishLive(client.compare(segments)).value(), ReadBack::Identical);
        m_session.reset();
        m_device.reset();
        const QString copy = folder.filePath(QStringLiteral("copy.bin"));
        const QString stretch = QStringLiteral("0x08000000:20000");
        QVERIFY2(runDfuUtil({QStringLiteral("-a"), QStringLiteral("0"), QStringLiteral("-s"), stretch,
                             QStringLiteral("-U"), copy})
                     == 0,
                 qPrintable(m_said));
        QCOMPARE(contentOf(copy), segments.at(0).bytes);
        QVERIFY2(runDfuUtil({QStringLiteral("-a"), QStringLiteral("0"), QStringLiteral("-s"),
                             QStringLiteral(":leave"), QStringLiteral("-D"), path})
                     == 0,
                 qPrintable(m_said));
        QTRY_VERIFY(ask("dfu-facts").contains(QStringLiteral("started=1")));
    }

private:
    QString m_dfuUtil;
    QString m_said; // by dfu-util
    core::SystemClock m_clock;
    QObject m_timerHome;
    std::unique_ptr<testing::OwnUsbBus> m_mock;
    std::unique_ptr<usb::UsbBus> m_bus;
    DeviceFacts m_facts;
    std::unique_ptr<usb::UsbDevice> m_device;
    std::optional<dfu::Session> m_session;
};

int main(int argc, char *argv[])
{
    testing::goUnderWrapper(argv);
    QCoreApplication application(argc, argv);
    TestUsbDfu test;
    return QTest::qExec(&test, argc, argv);
}

#include "tst_usb_dfu.moc"
