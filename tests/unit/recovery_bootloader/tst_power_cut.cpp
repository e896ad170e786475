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

/// What became of the new image while the power lasted.
enum class Confirmation { NotAsked, Asked, Acknowledged };

constexpr int kNever = 100000;
constexpr int kBootsOfATrial = 3; // as many as a trial that was pending needs to end

struct Scenario {
    const char *name;
    std::function<void(SimulatedUnit &)> prepare;
    std::function<Confirmation(SimulatedUnit &)> act; // the power fails somewhere in here
    bool hasGoodImage = true; // the old one, in slot A: it stays, and always something boots
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

/// What is not on trial answers to a confirmation as well, but it is not the new image that is confirmed
/// then.
Confirmation confirmTrial(ServedUnit &served)
{
    if (!served.current().decision.is_trial) {
        return Confirmation::NotAsked;
    }
    const auto answer = served.ask(2, 1, 0, {{QStringLiteral("confirm"), true}});
    const bool isDone = answer && answer->contains(QStringLiteral("images"));
    return isDone ? Confirmation::Acknowledged : Confirmation::Asked;
}

Confirmation install(SimulatedUnit &unit)
{
    ServedUnit served(unit);
    served.upload(kNew.bytes(), 300);
    requestTrial(served);
    return Confirmation::NotAsked;
}

Confirmation tryAndConfirm(SimulatedUnit &unit)
{
    ServedUnit served(unit);
    requestTrial(served);
    served.boot(BM_RESET_REQUESTED);
    const Confirmation confirmation = confirmTrial(served);
    served.boot(BM_RESET_POWER_ON);
    return confirmation;
}

Confirmation tryAndCrash(SimulatedUnit &unit)
{
    ServedUnit served(unit);
    requestTrial(served);
    served.boot(BM_RESET_REQUESTED);
    served.boot(BM_RESET_CRASH);
    return Confirmation::NotAsked;
}

Confirmation tryAndRevert(SimulatedUnit &unit)
{
    ServedUnit served(unit);
    requestTrial(served);
    served.boot(BM_RESET_REQUESTED);
    served.ask(2, 64, 5, {{QStringLiteral("reason"), 1}});
    served.boot(BM_RESET_REQUESTED);
    return Confirmation::NotAsked;
}

Confirmation replacePending(SimulatedUnit &unit)
{
    ServedUnit served(unit);
    requestTrial(served);
    served.upload(BootImage{.major = 3, .rollbackIndex = 3}.bytes(), 300);
    return Confirmation::NotAsked;
}

void loseState(SimulatedUnit &unit)
{
    provisionWithBoth(unit);
    unit.corrupt(BM_REGION_STATE, 0, 2048);
}

void loseStateAfterARollback(SimulatedUnit &unit)
{
    provisionWithBoth(unit);
    tryAndCrash(unit);
    unit.corrupt(BM_REGION_STATE, 0, 2048);
}

Confirmation bootOnce(SimulatedUnit &unit)
{
    SimulatedBoot boot(unit);
    return Confirmation::NotAsked;
}

void brick(SimulatedUnit &unit)
{
    provisionWithOld(unit);
    unit.corrupt(BM_REGION_SLOT_A, 60);
}

Confirmation recover(SimulatedUnit &unit)
{
    ServedUnit served(unit);
    served.upload(kNew.bytes(), 300);
    requestTrial(served);
    served.boot(BM_RESET_REQUESTED);
    return confirmTrial(served);
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
        {"the state is lost", loseState, bootOnce},
        {"the state is lost after a rollback", loseStateAfterARollback, bootOnce},
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
/// verified, the last good image is intact, no image stays that nobody confirmed, and the unit can still be
/// updated; also when the power fails once more during the boots that follow.
class TestPowerCut : public QObject
{
    Q_OBJECT

private:
    static QList<qsizetype> countWrites(const Scenario &scenario)
    {
        SimulatedUnit unit;
        scenario.prepare(unit);
        unit.cutPowerAt(kNever, 0);
        scenario.act(unit);
        return unit.writeSizes;
    }

    static void bootOften(SimulatedUnit &unit)
    {
        for (int i = 0; i < kBootsOfATrial; ++i) {
            SimulatedBoot boot(unit);
        }
    }

    static void checkNextBoots(SimulatedUnit &unit, const Scenario &scenario, Confirmation confirmation)
    {
        for (int i = 1; i < kBootsOfATrial; ++i) {
            SimulatedBoot boot(unit);
            if (boot.decision.slot == BM_SLOT_NONE) {
                QVERIFY(!scenario.hasGoodImage);
                continue;
            }
            const QByteArray payload = imageThatRuns(unit, boot);
            QVERIFY(payload == kOld.payload || payload == kNew.payload);
        }
        if (scenario.hasGoodImage) {
            const QByteArray good = kOld.bytes();
            QCOMPARE(unit.readSlot(BM_SLOT_A, good.size()), good);
        }
        checkWhereItEnds(unit, scenario, confirmation);
    }

    /// No trial is left. The new image stays when its confirmation was acknowledged, and never when nobody
    /// asked for one; in between, the record decides.
    static void checkWhereItEnds(SimulatedUnit &unit, const Scenario &scenario, Confirmation confirmation)
    {
        SimulatedBoot last(unit);
        QVERIFY(!last.decision.is_trial);
        const bool runs = last.decision.slot != BM_SLOT_NONE;
        const bool runsNew = runs && imageThatRuns(unit, last) == kNew.payload;
        if (confirmation == Confirmation::Acknowledged) {
            QVERIFY(runsNew);
        }
        if (confirmation == Confirmation::NotAsked) {
            QVERIFY(!runsNew);
        }
        if (!runsNew) {
            QCOMPARE(runs, scenario.hasGoodImage);
            return;
        }
        const boot_record &record = last.session.record;
        QCOMPARE(record.active_slot, last.decision.slot);
        QCOMPARE(QByteArray(reinterpret_cast<const char *>(record.confirmed_hash[record.active_slot]),
                            BM_HASH_SIZE),
                 kNew.hash());
    }

    /// The power fails again in each write of the boots that follow.
    static void cutAgain(SimulatedUnit &unit, const Scenario &scenario, Confirmation confirmation)
    {
        const QByteArray before = unit.flash;
        unit.cutPowerAt(kNever, 0);
        bootOften(unit);
        const QList<qsizetype> writes = unit.writeSizes;
        QVERIFY(writes.size() >= kBootsOfATrial);
        for (int operation = 0; operation < writes.size(); ++operation) {
            for (const qsizetype bytes : {qsizetype(0), writes[operation] / 2, writes[operation]}) {
                unit.restorePower();
                unit.flash = before;
                unit.cutPowerAt(operation, bytes);
                bootOften(unit);
                QVERIFY(!unit.hasPower);
                unit.restorePower();
                checkNextBoots(unit, scenario, confirmation);
                if (QTest::currentTestFailed()) {
                    qWarning("second cut in write %d, after %d bytes", operation, int(bytes));
                    return;
                }
            }
        }
        unit.restorePower();
        unit.flash = before;
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
        const Confirmation confirmation = scenario.act(unit);
        QVERIFY(!unit.hasPower);
        const bool isInTheMiddle = bytes == unit.writeSizes.last() / 2;
        unit.restorePower();
        if (isInTheMiddle) { // one state of the flash a write: the others would take too long
            cutAgain(unit, scenario, confirmation);
        }
        checkNextBoots(unit, scenario, confirmation);
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
