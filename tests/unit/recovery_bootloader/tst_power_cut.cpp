// SPDX-License-Identifier: Apache-2.0
#include "tests/support/boot_image.h"
#include "tests/support/served_unit.h"

#include <QTest>

#include <functional>

using testing::BootImage;
using testing::ServedUnit;
using testing::SimulatedBoot;
using testing::SimulatedUnit;

namespace {

const BootImage kOld = {.major = 1, .rollbackIndex = 1};
const BootImage kNew = {.payload = QByteArray(900, 'n'), .major = 2, .rollbackIndex = 2};

struct Scenario {
    const char *name;
    std::function<void(SimulatedUnit &)> prepare;
    std::function<void(SimulatedUnit &)> act; // the power fails somewhere in here
    bool hasGoodImage = true; // from the start; afterwards there always has to be one that boots
};

void provisionWithOld(SimulatedUnit &unit)
{
    unit.provision();
    unit.writeImage(BM_SLOT_A, kOld.bytes());
    unit.confirmSlot(BM_SLOT_A, kOld.hash(), 1);
}

void provisionWithBoth(SimulatedUnit &unit)
{
    provisionWithOld(unit);
    unit.writeImage(BM_SLOT_B, kNew.bytes());
}

void fillStateSector(SimulatedUnit &unit)
{
    provisionWithBoth(unit);
    for (int i = 0; i < 5; ++i) {
        unit.confirmSlot(BM_SLOT_A, kOld.hash(), 1);
    }
}

void fillEvidence(SimulatedUnit &unit)
{
    provisionWithBoth(unit);
    for (int i = 0; i < 63; ++i) {
        SimulatedBoot boot(unit);
    }
}

void requestTrial(ServedUnit &served)
{
    served.ask(2, 1, 0, {{QStringLiteral("hash"), kNew.hash()}});
}

void install(SimulatedUnit &unit)
{
    ServedUnit served(unit);
    served.upload(kNew.bytes(), 300);
    requestTrial(served);
}

void tryAndConfirm(SimulatedUnit &unit)
{
    ServedUnit served(unit);
    requestTrial(served);
    served.boot(BM_RESET_REQUESTED);
    served.ask(2, 1, 0, {{QStringLiteral("confirm"), true}});
    served.boot(BM_RESET_POWER_ON);
}

void tryAndCrash(SimulatedUnit &unit)
{
    ServedUnit served(unit);
    requestTrial(served);
    served.boot(BM_RESET_REQUESTED);
    served.boot(BM_RESET_CRASH);
}

void tryAndRevert(SimulatedUnit &unit)
{
    ServedUnit served(unit);
    requestTrial(served);
    served.boot(BM_RESET_REQUESTED);
    served.ask(2, 64, 5, {{QStringLiteral("reason"), 1}});
    served.boot(BM_RESET_REQUESTED);
}

void replacePending(SimulatedUnit &unit)
{
    ServedUnit served(unit);
    requestTrial(served);
    served.upload(BootImage{.major = 3, .rollbackIndex = 3}.bytes(), 300);
}

void loseState(SimulatedUnit &unit)
{
    provisionWithBoth(unit);
    unit.corrupt(BM_REGION_STATE, 0, 2048);
}

void brick(SimulatedUnit &unit)
{
    provisionWithOld(unit);
    unit.corrupt(BM_REGION_SLOT_A, 60);
}

void recover(SimulatedUnit &unit)
{
    ServedUnit served(unit);
    served.upload(kNew.bytes(), 300);
    requestTrial(served);
    served.boot(BM_RESET_REQUESTED);
    served.ask(2, 1, 0, {{QStringLiteral("confirm"), true}});
}

QList<Scenario> scenarios()
{
    return {
        {"install", provisionWithOld, install},
        {"trial and confirmation", provisionWithBoth, tryAndConfirm},
        {"trial and crash", provisionWithBoth, tryAndCrash},
        {"trial and revert", provisionWithBoth, tryAndRevert},
        {"state wraps around", fillStateSector, tryAndConfirm},
        {"evidence wraps around", fillEvidence, tryAndCrash},
        {"a pending image is replaced", provisionWithBoth, replacePending},
        {"the state is lost", loseState, [](SimulatedUnit &unit) { SimulatedBoot boot(unit); }},
        {"recovery", brick, recover, false},
    };
}

QByteArray imageThatRuns(const SimulatedUnit &unit, const SimulatedBoot &boot)
{
    const quint32 length = boot.session.images[boot.decision.slot].payload_length;
    return unit.loadArea.left(qsizetype(length));
}

} // namespace

/// Cuts the power at every flash write of every scenario, and at several bytes inside it. What boots next is
/// verified, the last good image is intact, and the unit can still be updated.
class TestPowerCut : public QObject
{
    Q_OBJECT

private:
    static QList<qsizetype> countWrites(const Scenario &scenario)
    {
        SimulatedUnit unit;
        scenario.prepare(unit);
        unit.cutPowerAt(100000, 0);
        scenario.act(unit);
        return unit.writeSizes;
    }

    static void checkNextBoots(SimulatedUnit &unit, const Scenario &scenario)
    {
        // As many boots as a trial that was pending needs to end.
        for (int i = 0; i < 3; ++i) {
            SimulatedBoot boot(unit);
            if (boot.decision.slot == BM_SLOT_NONE) {
                QVERIFY(!scenario.hasGoodImage);
                continue;
            }
            const QByteArray payload = imageThatRuns(unit, boot);
            QVERIFY(payload == kOld.payload || payload == kNew.payload);
        }
    }

    static void checkUpdatable(SimulatedUnit &unit)
    {
        const BootImage next = {.payload = QByteArray(700, 'z'), .major = 4, .rollbackIndex = 4};
        ServedUnit served(unit);
        QCOMPARE(served.upload(next.bytes(), 300).value(QStringLiteral("match")), QCborValue(true));
        served.ask(2, 1, 0, {{QStringLiteral("hash"), next.hash()}});
        served.boot(BM_RESET_REQUESTED);
        QVERIFY(served.current().decision.is_trial);
        QCOMPARE(imageThatRuns(unit, served.current()), next.payload);
        served.ask(2, 1, 0, {{QStringLiteral("confirm"), true}});
        served.boot(BM_RESET_REQUESTED);
        QCOMPARE(imageThatRuns(unit, served.current()), next.payload);
    }

    static void cut(const Scenario &scenario, int operation, qsizetype bytes)
    {
        SimulatedUnit unit;
        scenario.prepare(unit);
        unit.cutPowerAt(operation, bytes);
        scenario.act(unit);
        QVERIFY(!unit.hasPower);
        unit.restorePower();
        checkNextBoots(unit, scenario);
        checkUpdatable(unit);
        QVERIFY(!unit.brokeFlashRule);
    }

private Q_SLOTS:
    void leavesAUnitThatBoots_data()
    {
        QTest::addColumn<int>("index");
        const QList<Scenario> all = scenarios();
        for (int i = 0; i < all.size(); ++i) {
            QTest::newRow(all[i].name) << i;
        }
    }

    void leavesAUnitThatBoots()
    {
        QFETCH(int, index);
        const Scenario scenario = scenarios()[index];
        const QList<qsizetype> writes = countWrites(scenario);
        QVERIFY(writes.size() >= 2);
        for (int operation = 0; operation < writes.size(); ++operation) {
            const qsizetype length = writes[operation];
            for (const qsizetype bytes : {qsizetype(0), qsizetype(1), length / 2, length - 1, length}) {
                cut(scenario, operation, bytes);
                if (QTest::currentTestFailed()) {
                    qWarning("power cut in write %d of %d, after %d of %d bytes", operation,
                             int(writes.size()), int(bytes), int(length));
                    return;
                }
            }
        }
    }
};

QTEST_GUILESS_MAIN(TestPowerCut)
#include "tst_power_cut.moc"
