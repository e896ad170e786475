// SPDX-License-Identifier: Apache-2.0
#include "core/device/port.h"

#include "tests/support/model_ports.h"

#include <QTest>

using core::Port;
using core::PortNames;

namespace {

Port portAt(const char *location, const char *serial, const char *topology, const char *interface = "00")
{
    Port port = testing::ModelPorts::port(location, serial, topology);
    port.interface = QLatin1String(interface);
    return port;
}

QString names(const QList<Port> &ports)
{
    return core::namesOf(ports).join(u' ');
}

} // namespace

/// What a unit is called by where it is attached.
class TestPort : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void namesPortsByWhatStays()
    {
        QCOMPARE(names({portAt("ACM0", "S1", "1-4"), portAt("ACM1", "", "1-5")}),
                 QStringLiteral("S1 usb-1-5"));
        QCOMPARE(names({portAt("ACM0", "01", "1-4"), portAt("ACM1", "01", "1-5")}),
                 QStringLiteral("01@usb-1-4 01@usb-1-5"));
        QCOMPARE(names({portAt("ACM0", "S1", "1-4"), portAt("ACM1", "S1", "1-4", "02"),
                        portAt("ACM2", "S2", "1-5")}),
                 QStringLiteral("S1@usb-1-4.00 S1@usb-1-4.02 S2"));
    }

    void leavesWithoutANameWhatTheBusDoesNotTellApart()
    {
        QCOMPARE(names({Port{.location = QStringLiteral("COM7")}}), QString());
        QCOMPARE(names({portAt("COM7", "01", ""), portAt("COM8", "01", "")}),
                 QStringLiteral(" ")); // Their addresses do.
    }

    void aPortKeepsItsNameWhileItStays()
    {
        PortNames given;
        const Port first = portAt("ACM0", "01", "1-4");
        const Port clone = portAt("ACM1", "01", "1-5");
        QCOMPARE(given.of({first}), QStringList{QStringLiteral("01")});
        QCOMPARE(given.of({first, clone}), (QStringList{QStringLiteral("01"), QStringLiteral("01@usb-1-5")}));
        QCOMPARE(given.of({clone}), QStringList{QStringLiteral("01@usb-1-5")});
        QCOMPARE(given.of({}), QStringList());
        QCOMPARE(given.of({clone}), QStringList{QStringLiteral("01")});
    }
};

QTEST_GUILESS_MAIN(TestPort)
#include "tst_port.moc"
