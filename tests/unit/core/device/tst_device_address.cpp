// SPDX-License-Identifier: Apache-2.0
#include "core/device/device_address.h"

#include <QTest>

using core::DeviceAddress;

class TestDeviceAddress : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void readsWhatItWrites_data()
    {
        QTest::addColumn<QString>("text");
        for (const char *text :
             {"serial:/dev/ttyACM0", "serial:/dev/pts/4?baud=9600", "serial:COM7?framing=raw",
              "serial:/dev/ttyS0?baud=1000000&framing=raw", "unix:/path/socket", "udp:192.0.2.7:1337",
              "udp:pump-7.local:4000", "udp:[fe80::1%eth0]:1337", "ble:AA:BB:CC:DD:EE:FF", "usb:1209:0001"})
            QTest::newRow(text) << QString::fromLatin1(text);
    }

    void readsWhatItWrites()
    {
        QFETCH(QString, text);
        const auto address = core::parseAddress(text);
        QVERIFY2(address.has_value(), address ? "" : qPrintable(address.error().detail));
        QCOMPARE(core::toText(*address), text);
    }

    void fillsInWhatIsUsual()
    {
        const auto udp = core::parseAddress(QStringLiteral("udp:pump-7"));
        QCOMPARE(udp->target, QStringLiteral("pump-7"));
        QCOMPARE(udp->port, 1337);
        QCOMPARE(core::parseAddress(QStringLiteral("udp:[::1]"))->target, QStringLiteral("::1"));
        const auto serial = core::parseAddress(QStringLiteral("serial:COM7?framing=console"));
        QCOMPARE(serial->baud, 115200);
        QVERIFY(serial->framing == DeviceAddress::Framing::Console);
    }

    void refusesWhatIsNone_data()
    {
        QTest::addColumn<QString>("text");
        for (const char *text :
             {"", "serial:", "tcp:host", "udp:", "udp:host:0", "udp:host:65536", "udp:::1", "udp:host:port",
              "udp:[::1", "serial:COM7?baud=fast", "serial:COM7?framing=slip"})
            QTest::addRow("\"%s\"", text) << QString::fromLatin1(text);
    }

    void refusesWhatIsNone()
    {
        QFETCH(QString, text);
        QCOMPARE(core::parseAddress(text).error().kind, core::ErrorKind::NoSuchDevice);
    }
};

QTEST_GUILESS_MAIN(TestDeviceAddress)
#include "tst_device_address.moc"
