// SPDX-License-Identifier: Apache-2.0
#include "core/discovery/unit_trail.h"

#include "tests/support/model_ports.h"

#include <QTest>

using core::Port;
using core::UnitPlace;
using core::UnitTrail;
using testing::ModelPorts;

namespace {

Port portAt(const char *location, const char *serial, const char *topology, quint16 product = 0x0100)
{
    return ModelPorts::port(location, serial, topology, product);
}

/// Two units on two ports, and the trail of the first.
struct Desk {
    Desk(const Port &ours, const Port &other)
    {
        ports.plug(ours);
        ports.plug(other);
        trail.emplace(ports, ours);
    }

    void resetBoth()
    {
        ports.unplug(QStringLiteral("ACM0"));
        ports.unplug(QStringLiteral("ACM1"));
    }

    /// "ACM1", with "?" when only the unit itself can tell; the error's kind when there is none.
    QString next()
    {
        const core::Result<UnitPlace> place = trail->next();
        if (!place)
            return place.error().kind == core::ErrorKind::AmbiguousDevice ? QStringLiteral("ambiguous")
                                                                          : QStringLiteral("away");
        return place->port.location + (place->isCertain ? QString() : QStringLiteral("?"));
    }

    ModelPorts ports;
    std::optional<UnitTrail> trail;
};

const Port kOther = ModelPorts::port("ACM1", "S2", "1-5");

} // namespace

class TestUnitTrail : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void staysWhileNothingHappens()
    {
        Desk desk(portAt("ACM0", "S1", "1-4"), kOther);
        QCOMPARE(desk.next(), QStringLiteral("ACM0"));
        desk.ports.unplug(QStringLiteral("ACM1"));
        QVERIFY(desk.trail->isSettled());
        QCOMPARE(desk.next(), QStringLiteral("ACM0"));
    }

    void followsItsSerialNumberThroughAnExchangeOfNames()
    {
        Desk desk(portAt("ACM0", "S1", "1-4"), kOther);
        desk.resetBoth();
        QCOMPARE(desk.next(), QStringLiteral("away"));
        desk.ports.plug(portAt("ACM0", "S2", "1-5"));
        QCOMPARE(desk.next(), QStringLiteral("away"));
        desk.ports.plug(portAt("ACM1", "S1", "1-4"));
        QCOMPARE(desk.next(), QStringLiteral("ACM1"));
        QVERIFY(!desk.trail->isSettled());
        desk.trail->settle();
        QVERIFY(desk.trail->isSettled());
        QCOMPARE(desk.trail->port().location, QStringLiteral("ACM1"));
    }

    void followsItsPlaceWhereThereIsNoSerialNumber()
    {
        Desk desk(portAt("ACM0", "", "1-4"), portAt("ACM1", "", "1-5"));
        desk.resetBoth();
        desk.ports.plug(portAt("ACM0", "", "1-5"));
        desk.ports.plug(portAt("ACM1", "", "1-4"));
        QCOMPARE(desk.next(), QStringLiteral("ACM1"));
    }

    void aSerialNumberThatAnotherUnitHasTooProvesNothing()
    {
        Desk desk(portAt("ACM0", "0001", "1-4"), portAt("ACM1", "0001", "1-5"));
        QCOMPARE(desk.trail->name(), QStringLiteral("0001@usb-1-4"));
        desk.resetBoth();
        desk.ports.plug(portAt("ACM0", "0001", "1-5"));
        QCOMPARE(desk.next(), QStringLiteral("ambiguous"));
        desk.ports.plug(portAt("ACM1", "0001", "1-4"));
        QCOMPARE(desk.next(), QStringLiteral("ACM1"));
    }

    void aUnitMayBePluggedInElsewhere()
    {
        Desk desk(portAt("ACM0", "S1", "1-4"), kOther);
        desk.ports.unplug(QStringLiteral("ACM0"));
        desk.ports.plug(
            portAt("ACM2", "S1", "2-1")); // Or another of the maker's units, with the same number.
        QCOMPARE(desk.next(), QStringLiteral("ambiguous"));
        desk.trail->unitTellsItself();
        QCOMPARE(desk.next(), QStringLiteral("ACM2?"));
    }

    void itsOwnPlaceCountsBeforeACloneThatCameMeanwhile()
    {
        Desk desk(portAt("ACM0", "S1", "1-4"), kOther);
        desk.ports.unplug(QStringLiteral("ACM0"));
        desk.ports.plug(portAt("ACM2", "S1", "2-1"));
        desk.ports.plug(portAt("ACM0", "S1", "1-4"));
        QCOMPARE(desk.next(), QStringLiteral("ACM0"));
    }

    void keepsItsNameWhenACloneComes()
    {
        Desk desk(portAt("ACM0", "S1", "1-4"), kOther);
        desk.ports.plug(portAt("ACM2", "S1", "2-1"));
        QCOMPARE(desk.trail->name(), QStringLiteral("S1"));
    }

    void mayHaveLeftBeforeItIsFollowed()
    {
        Desk desk(portAt("ACM0", "S1", "1-4"), kOther);
        desk.ports.unplug(QStringLiteral("ACM0"));
        desk.ports.plug(portAt("ACM0", "S9", "1-6"));
        desk.trail.emplace(desk.ports, portAt("ACM0", "S1", "1-4"));
        QVERIFY(!desk.trail->isSettled());
        QCOMPARE(desk.next(), QStringLiteral("away"));
    }

    void aBootloaderMayBeAnotherProduct()
    {
        Desk desk(portAt("ACM0", "S1", "1-4"), kOther);
        desk.ports.unplug(QStringLiteral("ACM0"));
        desk.ports.plug(portAt("ACM2", "S1", "1-4", 0x0200));
        QCOMPARE(desk.next(), QStringLiteral("ACM2"));
        desk.trail->settle();
        desk.ports.unplug(QStringLiteral("ACM2"));
        desk.ports.plug(portAt("ACM0", "S1", "1-4"));
        QCOMPARE(desk.next(), QStringLiteral("ACM0"));
    }

    void anotherSerialNumberUnderTheSameIdsIsAnotherUnit()
    {
        Desk desk(portAt("ACM0", "S1", "1-4"), kOther);
        desk.trail->unitTellsItself();
        desk.ports.unplug(QStringLiteral("ACM0"));
        desk.ports.plug(portAt("ACM0", "S9", "1-4")); // On the very same cable.
        QCOMPARE(desk.next(), QStringLiteral("away"));
    }

    void anotherSerialNumberUnderOtherIdsHasToBeAsked()
    {
        Desk desk(portAt("ACM0", "S1", "1-4"), kOther);
        desk.ports.unplug(QStringLiteral("ACM0"));
        desk.ports.plug(portAt("ACM0", "0123456789ABCDEF", "1-4", 0x0200));
        QCOMPARE(desk.next(), QStringLiteral("ambiguous"));
        desk.trail->unitTellsItself();
        QCOMPARE(desk.next(), QStringLiteral("ACM0?"));
    }

    void whoeverWasThereAllAlongIsNotIt()
    {
        Desk desk(portAt("ACM0", "", "1-4"), portAt("ACM1", "", "1-5"));
        desk.trail->unitTellsItself();
        desk.ports.unplug(QStringLiteral("ACM0"));
        QCOMPARE(desk.next(), QStringLiteral("away"));
        desk.ports.plug(portAt("ACM2", "", "2-1")); // Perhaps: somebody moved it.
        QCOMPARE(desk.next(), QStringLiteral("ACM2?"));
    }

    void severalPlacesAreTriedInTurnByAUnitThatTells()
    {
        Desk desk(portAt("ACM0", "", "1-4"), portAt("ACM1", "", "1-5"));
        desk.resetBoth();
        desk.ports.plug(portAt("ACM2", "", "2-1"));
        desk.ports.plug(portAt("ACM3", "", "2-2"));
        QCOMPARE(desk.next(), QStringLiteral("ambiguous"));
        desk.trail->unitTellsItself();
        QStringList places{desk.next(), desk.next()};
        places.sort();
        QCOMPARE(places, QStringList({QStringLiteral("ACM2?"), QStringLiteral("ACM3?")}));
        QCOMPARE(desk.next().chopped(1), desk.trail->lastPlace()->port.location);
    }

    void staysOnItsInterface()
    {
        Port console = portAt("ACM1", "S1", "1-4");
        console.interface = QStringLiteral("02");
        Desk desk(portAt("ACM0", "S1", "1-4"), console);
        QCOMPARE(desk.trail->name(), QStringLiteral("S1")); // Two ports of one unit.
        desk.resetBoth();
        console.location = QStringLiteral("ACM0");
        desk.ports.plug(console);
        QCOMPARE(desk.next(), QStringLiteral("away")); // Its own comes later.
        desk.ports.plug(portAt("ACM1", "S1", "1-4"));
        QCOMPARE(desk.next(), QStringLiteral("ACM1"));
    }

    void aBootloaderMayHaveAnotherInterface()
    {
        Port ours = portAt("ACM0", "S1", "1-4");
        ours.interface = QStringLiteral("02");
        Desk desk(ours, kOther);
        desk.ports.unplug(QStringLiteral("ACM0"));
        desk.ports.plug(portAt("ACM0", "S1", "1-4", 0x0200));
        QCOMPARE(desk.next(), QStringLiteral("ACM0"));
    }

    void tellsOfItsDeparture()
    {
        Desk desk(portAt("ACM0", "S1", "1-4"), kOther);
        int departures = 0;
        desk.trail->whenLeft([&departures] { ++departures; });
        desk.ports.unplug(QStringLiteral("ACM1"));
        QCOMPARE(departures, 0);
        desk.ports.unplug(QStringLiteral("ACM0"));
        desk.ports.plug(portAt("ACM0", "S2", "1-5"));
        desk.ports.unplug(QStringLiteral("ACM0"));
        QCOMPARE(departures, 1);
    }
};

QTEST_GUILESS_MAIN(TestUnitTrail)
#include "tst_unit_trail.moc"
