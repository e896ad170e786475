// SPDX-License-Identifier: Apache-2.0
#include "tests/support/boot_image.h"
#include "tests/support/simulated_unit.h"

#include <QTest>

using testing::BootImage;
using testing::SimulatedBoot;
using testing::SimulatedUnit;

namespace {

const BootImage kOld = {.major = 1, .rollbackIndex = 1};
const BootImage kNew = {.major = 2, .rollbackIndex = 2};
const BootImage kNewOfSameIndex = {.major = 2, .rollbackIndex = 1};

enum class Ending { Confirmed, RolledBack };

struct Trial {
    quint8 slot;
    Ending ending;
};

/// Slot A runs the old image, confirmed; slot B holds the new one.
void prepare(SimulatedUnit &unit)
{
    unit.provision();
    unit.writeImage(BM_SLOT_A, kOld.bytes());
    unit.writeImage(BM_SLOT_B, kNew.bytes());
    unit.confirmSlot(BM_SLOT_A, kOld.hash(), 1);
}

void tryImage(SimulatedUnit &unit, const Trial &trial, const BootImage &image)
{
    unit.setPending(trial.slot, image.hash());
    SimulatedBoot boot(unit);
    QVERIFY(boot.isTrial());
    if (trial.ending == Ending::Confirmed) {
        QCOMPARE(boot.services->confirm(), BM_SERVICE_OK);
        return;
    }
    SimulatedBoot next(unit, BM_RESET_CRASH);
    QVERIFY(next.session.record.rollback_reason == BM_ROLLBACK_CRASHED);
}

QList<QPair<int, int>> events(const SimulatedBoot &boot)
{
    bm_evidence_event found[64];
    const size_t count = boot.services->evidence(0, found, 64);
    QList<QPair<int, int>> list;
    for (size_t i = 0; i < count; ++i) {
        list.append({found[i].kind, found[i].code});
    }
    return list;
}

} // namespace

class TestBootPolicy : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void bootsTheConfirmedImage()
    {
        SimulatedUnit unit;
        prepare(unit);
        SimulatedBoot boot(unit);
        QCOMPARE(boot.slot, quint8(BM_SLOT_A));
        QVERIFY(!boot.isTrial());
        QCOMPARE(unit.watchdogTimeout, 0u);
        QCOMPARE(unit.loadArea.left(kOld.payload.size()), kOld.payload);
    }

    void aNormalBootDoesNotWriteTheState()
    {
        SimulatedUnit unit;
        prepare(unit);
        SimulatedBoot first(unit);
        const quint32 sequence = first.session.store.sequence;
        const quint32 boots = first.session.boots;
        SimulatedBoot second(unit);
        QCOMPARE(second.session.store.sequence, sequence);
        QCOMPARE(second.session.boots, boots + 1);
    }

    void takesTheTrialAwayBeforeTheJump()
    {
        SimulatedUnit unit;
        prepare(unit);
        unit.setPending(BM_SLOT_B, kNew.hash(), 2);
        SimulatedBoot boot(unit);
        QCOMPARE(boot.slot, quint8(BM_SLOT_B));
        QVERIFY(boot.isTrial());
        QCOMPARE(unit.watchdogTimeout, unit.timing.watchdog_ms);
        record_ring store;
        boot_record record;
        QVERIFY(state_store_load(&store, &record));
        QCOMPARE(record.trials_remaining, 1);
    }

    void doesNotTryWhatItCannotTakeAway()
    {
        SimulatedUnit unit;
        prepare(unit);
        unit.setPending(BM_SLOT_B, kNew.hash());
        unit.isFlashDead = true;
        SimulatedBoot boot(unit);
        QCOMPARE(boot.slot, quint8(BM_SLOT_A));
        QVERIFY(!boot.isTrial());
    }

    void rollsBackWithTheReasonOfTheReset_data()
    {
        QTest::addColumn<int>("reset");
        QTest::addColumn<int>("reason");
        QTest::newRow("crash") << int(BM_RESET_CRASH) << int(BM_ROLLBACK_CRASHED);
        QTest::newRow("watchdog") << int(BM_RESET_WATCHDOG) << int(BM_ROLLBACK_WATCHDOG);
        QTest::newRow("reset") << int(BM_RESET_REQUESTED) << int(BM_ROLLBACK_NOT_CONFIRMED);
        QTest::newRow("power") << int(BM_RESET_POWER_ON) << int(BM_ROLLBACK_NOT_CONFIRMED);
    }

    void rollsBackWithTheReasonOfTheReset()
    {
        QFETCH(int, reset);
        QFETCH(int, reason);
        SimulatedUnit unit;
        prepare(unit);
        unit.setPending(BM_SLOT_B, kNew.hash());
        {
            SimulatedBoot trial(unit);
            QVERIFY(trial.isTrial());
        }
        SimulatedBoot boot(unit, bm_reset_reason(reset));
        QCOMPARE(boot.slot, quint8(BM_SLOT_A));
        bm_boot_state state;
        boot.services->boot_state(&state);
        QCOMPARE(int(state.rollback_reason), reason);
        QVERIFY(state.has_rolled_back);
        QCOMPARE(QByteArray(reinterpret_cast<char *>(state.rolled_back_hash), BM_HASH_SIZE), kNew.hash());
        QCOMPARE(state.pending, quint8(BM_SLOT_NONE));
        QVERIFY(events(boot).contains({BM_EVIDENCE_ROLLBACK, reason}));
        SimulatedBoot next(unit);
        QCOMPARE(next.slot, quint8(BM_SLOT_A));
        QCOMPARE(events(next).count({BM_EVIDENCE_ROLLBACK, reason}), 1);
    }

    void neverTriesAnImageWithoutAWatchdog()
    {
        SimulatedUnit unit;
        prepare(unit);
        unit.setPending(BM_SLOT_B, kNew.hash(), 2);
        unit.hasWatchdog = false;
        SimulatedBoot boot(unit);
        QCOMPARE(boot.slot, quint8(BM_SLOT_A));
        QVERIFY(!boot.isTrial());
        QCOMPARE(unit.loadArea.left(kOld.payload.size()), kOld.payload);
        QVERIFY(events(boot).contains({BM_EVIDENCE_ROLLBACK, BM_ROLLBACK_NO_WATCHDOG}));
        QCOMPARE(SimulatedBoot(unit).slot, quint8(BM_SLOT_A));
    }

    void givesAsManyTrialsAsWereGranted()
    {
        SimulatedUnit unit;
        prepare(unit);
        unit.setPending(BM_SLOT_B, kNew.hash(), 3);
        for (int trial = 0; trial < 3; ++trial) {
            QCOMPARE(SimulatedBoot(unit, BM_RESET_CRASH).slot, quint8(BM_SLOT_B));
        }
        QCOMPARE(SimulatedBoot(unit, BM_RESET_CRASH).slot, quint8(BM_SLOT_A));
    }

    void neverStartsAPendingImageThatDoesNotVerify_data()
    {
        QTest::addColumn<QByteArray>("image");
        QTest::addColumn<QByteArray>("hash");
        QTest::newRow("damaged") << kNew.bytes().replace(60, 1, "X") << kNew.hash();
        QTest::newRow("empty") << QByteArray() << kNew.hash();
        QTest::newRow("another one") << kNew.bytes() << BootImage{.major = 3}.hash();
    }

    void neverStartsAPendingImageThatDoesNotVerify()
    {
        QFETCH(QByteArray, image);
        QFETCH(QByteArray, hash);
        SimulatedUnit unit;
        prepare(unit);
        unit.writeImage(BM_SLOT_B, image);
        unit.setPending(BM_SLOT_B, hash);
        SimulatedBoot boot(unit);
        QCOMPARE(boot.slot, quint8(BM_SLOT_A));
        QVERIFY(events(boot).contains({BM_EVIDENCE_ROLLBACK, BM_ROLLBACK_IMAGE_INVALID}));
        QCOMPARE(unit.loadArea.left(kOld.payload.size()), kOld.payload);
    }

    void fallsBackToTheOtherSlotWhenThatWasConfirmed()
    {
        SimulatedUnit unit;
        prepare(unit);
        unit.confirmSlot(BM_SLOT_B, kNew.hash(), 1);
        unit.corrupt(BM_REGION_SLOT_B, 60);
        SimulatedBoot boot(unit);
        QCOMPARE(boot.slot, quint8(BM_SLOT_A));
        QVERIFY(!boot.isTrial());
        QVERIFY(events(boot).contains({BM_EVIDENCE_IMAGE_REFUSED, BM_IMAGE_HASH_WRONG}));
        bm_boot_state state;
        boot.services->boot_state(&state);
        QCOMPARE(state.active, quint8(BM_SLOT_A));
    }

    void neverFallsBackToAnImageThatWasNeverConfirmed()
    {
        SimulatedUnit unit;
        prepare(unit);
        unit.corrupt(BM_REGION_SLOT_A, 60);
        SimulatedBoot boot(unit);
        QCOMPARE(boot.slot, quint8(BM_SLOT_NONE));
        QCOMPARE(boot.session.recovery_cause, quint8(BM_RECOVERY_NO_IMAGE));
        QVERIFY(events(boot).contains({BM_EVIDENCE_RECOVERY, BM_RECOVERY_NO_IMAGE}));
    }

    void neverBootsBelowTheMinimum()
    {
        SimulatedUnit unit;
        prepare(unit);
        unit.confirmSlot(BM_SLOT_A, kOld.hash(), 2);
        SimulatedBoot boot(unit);
        QCOMPARE(boot.slot, quint8(BM_SLOT_NONE));
        QVERIFY(events(boot).contains({BM_EVIDENCE_IMAGE_REFUSED, BM_IMAGE_ROLLBACK}));
    }

    void aLostStateDoesNotTrustTheNewerImageUnseen()
    {
        SimulatedUnit unit;
        prepare(unit);
        unit.corrupt(BM_REGION_STATE, 0, 2048);
        SimulatedBoot boot(unit);
        QCOMPARE(boot.slot, quint8(BM_SLOT_A));
        QVERIFY(events(boot).contains({BM_EVIDENCE_STATE_LOST, 0}));
        // The lower index of the two: neither is shut out, and nothing older comes in.
        QCOMPARE(boot.session.record.minimum_rollback_index, 1u);
        SimulatedBoot next(unit);
        QVERIFY(!next.session.record_was_lost);
        QCOMPARE(next.slot, quint8(BM_SLOT_A));
        QVERIFY(!next.isTrial());
    }

    void aLostStateBootsTheOnlyImage()
    {
        SimulatedUnit unit;
        prepare(unit);
        tryImage(unit, {BM_SLOT_B, Ending::RolledBack}, kNew);
        unit.corrupt(BM_REGION_STATE, 0, 2048);
        unit.corrupt(BM_REGION_SLOT_A, 60);
        QCOMPARE(SimulatedBoot(unit).slot, quint8(BM_SLOT_B));
    }

    void aLostStateConfirmsOnlyTheImageThatItChose()
    {
        SimulatedUnit unit;
        prepare(unit);
        unit.corrupt(BM_REGION_STATE, 0, 2048);
        QCOMPARE(SimulatedBoot(unit).slot, quint8(BM_SLOT_A));
        unit.corrupt(BM_REGION_SLOT_A, 60);
        QCOMPARE(SimulatedBoot(unit).slot, quint8(BM_SLOT_NONE));
    }

    void aLostStateChoosesByWhatTheEvidenceSaidLast_data()
    {
        QTest::addColumn<QList<Trial>>("trials");
        QTest::addColumn<int>("slot");
        const Trial oldConfirmed = {BM_SLOT_A, Ending::Confirmed};
        const Trial oldRolledBack = {BM_SLOT_A, Ending::RolledBack};
        const Trial newConfirmed = {BM_SLOT_B, Ending::Confirmed};
        const Trial newRolledBack = {BM_SLOT_B, Ending::RolledBack};
        QTest::newRow("the newer was confirmed") << QList{newConfirmed} << int(BM_SLOT_B);
        QTest::newRow("the newer was rolled back") << QList{newRolledBack} << int(BM_SLOT_A);
        QTest::newRow("the older was rolled back") << QList{oldRolledBack} << int(BM_SLOT_B);
        QTest::newRow("both were, the newer last") << QList{oldConfirmed, newConfirmed} << int(BM_SLOT_B);
        QTest::newRow("both were, the older last") << QList{newConfirmed, oldConfirmed} << int(BM_SLOT_A);
        QTest::newRow("confirmed at last") << QList{newRolledBack, newConfirmed} << int(BM_SLOT_B);
        QTest::newRow("rolled back at last")
            << QList{newConfirmed, oldConfirmed, newRolledBack} << int(BM_SLOT_A);
        QTest::newRow("neither may be trusted") << QList{oldRolledBack, newRolledBack} << int(BM_SLOT_A);
    }

    void aLostStateChoosesByWhatTheEvidenceSaidLast()
    {
        QFETCH(QList<Trial>, trials);
        QFETCH(int, slot);
        SimulatedUnit unit;
        unit.provision();
        unit.writeImage(BM_SLOT_A, kOld.bytes());
        unit.writeImage(BM_SLOT_B, kNewOfSameIndex.bytes());
        for (const Trial &trial : std::as_const(trials)) {
            tryImage(unit, trial, trial.slot == BM_SLOT_A ? kOld : kNewOfSameIndex);
        }
        unit.corrupt(BM_REGION_STATE, 0, 2048);
        SimulatedBoot boot(unit);
        QCOMPARE(int(boot.slot), slot);
        QVERIFY(!boot.isTrial());
    }

    void theConfirmationIsNeverForgottenByTheEvidence()
    {
        SimulatedUnit unit;
        prepare(unit);
        unit.writeImage(BM_SLOT_B, kNewOfSameIndex.bytes());
        tryImage(unit, {BM_SLOT_B, Ending::Confirmed}, kNewOfSameIndex);
        for (int i = 0; i < 200; ++i) {
            QCOMPARE(SimulatedBoot(unit).slot, quint8(BM_SLOT_B));
        }
        unit.corrupt(BM_REGION_STATE, 0, 2048);
        QCOMPARE(SimulatedBoot(unit).slot, quint8(BM_SLOT_B));
    }

    void theConfirmationIsSaidAgainOnlyWhenItIsGone()
    {
        SimulatedUnit unit;
        prepare(unit);
        SimulatedBoot first(unit);
        QCOMPARE(events(first).count({BM_EVIDENCE_CONFIRMED, 1}), 1);
        for (int i = 0; i < 10; ++i) {
            SimulatedBoot boot(unit);
            QCOMPARE(events(boot).count({BM_EVIDENCE_CONFIRMED, 1}), 1);
        }
    }

    void aLostStateNeverStartsWhatDoesNotVerify()
    {
        SimulatedUnit unit;
        prepare(unit);
        unit.corrupt(BM_REGION_STATE, 0, 2048);
        unit.writeImage(BM_SLOT_A, BootImage{.major = 9, .isSignedByStranger = true}.bytes());
        unit.writeImage(BM_SLOT_B, kNew.bytes().replace(60, 1, "X"));
        QCOMPARE(SimulatedBoot(unit).slot, quint8(BM_SLOT_NONE));
    }

    void entersRecoveryWhenAsked()
    {
        SimulatedUnit unit;
        prepare(unit);
        unit.setPending(BM_SLOT_B, kNew.hash());
        unit.isButtonHeld = true;
        {
            SimulatedBoot boot(unit);
            QCOMPARE(boot.slot, quint8(BM_SLOT_NONE));
            QCOMPARE(boot.session.recovery_cause, quint8(BM_RECOVERY_REQUESTED));
        }
        unit.isButtonHeld = false;
        SimulatedBoot boot(unit);
        QCOMPARE(boot.slot, quint8(BM_SLOT_B)); // the trial was not used up
        QVERIFY(boot.isTrial());
    }

    void heedsARequestForRecoveryOnce()
    {
        SimulatedUnit unit;
        prepare(unit);
        retained_leave(RETAINED_STAY_IN_RECOVERY);
        QCOMPARE(SimulatedBoot(unit, BM_RESET_REQUESTED).slot, quint8(BM_SLOT_NONE));
        QCOMPARE(SimulatedBoot(unit, BM_RESET_REQUESTED).slot, quint8(BM_SLOT_A));
    }

    void ignoresRetainedMemoryThatIsNotItsOwn()
    {
        SimulatedUnit unit;
        prepare(unit);
        for (const char fill : {'\0', '\x01', '\xff'}) {
            unit.retained.fill(fill);
            QCOMPARE(SimulatedBoot(unit).slot, quint8(BM_SLOT_A));
        }
        retained_leave(RETAINED_STAY_IN_RECOVERY);
        unit.retained[4] = char(unit.retained[4] ^ 2);
        QCOMPARE(SimulatedBoot(unit).slot, quint8(BM_SLOT_A));
    }

    void threeCharactersOnTheLineEnterRecovery_data()
    {
        QTest::addColumn<QByteArray>("line");
        QTest::addColumn<bool>("enters");
        QTest::addColumn<QByteArray>("left"); // for the application
        QTest::newRow("three") << QByteArray("!!!") << true << QByteArray();
        QTest::newRow("many") << QByteArray("!!!!!!") << true << QByteArray("!!!");
        QTest::newRow("silence") << QByteArray() << false << QByteArray();
        QTest::newRow("too few") << QByteArray("!!") << false << QByteArray("!!");
        QTest::newRow("behind noise") << QByteArray("!!x\0!!!", 7) << true << QByteArray();
        QTest::newRow("too late") << QByteArray("sensors!!!") << false << QByteArray("sensors!!!");
        QTest::newRow("a packet") << QByteArray("\x06\x09"
                                                "abc")
                                  << false
                                  << QByteArray("\x06\x09"
                                                "abc");
    }

    void threeCharactersOnTheLineEnterRecovery()
    {
        QFETCH(QByteArray, line);
        QFETCH(bool, enters);
        QFETCH(QByteArray, left);
        SimulatedUnit unit;
        prepare(unit);
        unit.received = line;
        SimulatedBoot boot(unit);
        QCOMPARE(boot.isRecovery(), enters);
        QVERIFY(!enters || boot.session.recovery_cause == BM_RECOVERY_LINE);
        QByteArray read;
        quint8 bytes[16];
        while (const size_t count = boot.services->line_read(bytes, sizeof bytes)) {
            read.append(reinterpret_cast<char *>(bytes), qsizetype(count));
        }
        QCOMPARE(read, left);
    }

    void aConfirmedImageThatOnlyCrashesGivesWay()
    {
        SimulatedUnit unit;
        prepare(unit);
        unit.writeImage(BM_SLOT_B, kNewOfSameIndex.bytes());
        unit.confirmSlot(BM_SLOT_B, kNewOfSameIndex.hash(), 1);
        QCOMPARE(SimulatedBoot(unit).slot, quint8(BM_SLOT_B));
        for (int crash = 1; crash < 5; ++crash) {
            QCOMPARE(SimulatedBoot(unit, BM_RESET_CRASH).slot, quint8(BM_SLOT_B));
        }
        SimulatedBoot boot(unit, BM_RESET_CRASH);
        QCOMPARE(boot.slot, quint8(BM_SLOT_A));
        QVERIFY(!boot.isTrial());
        QVERIFY(events(boot).contains({BM_EVIDENCE_ROLLBACK, BM_ROLLBACK_CRASH_LOOP}));
        QCOMPARE(SimulatedBoot(unit).slot, quint8(BM_SLOT_A));
    }

    void withoutAnotherImageALoopOfCrashesEndsInRecovery()
    {
        SimulatedUnit unit;
        prepare(unit);
        for (int crash = 0; crash < 5; ++crash) {
            QCOMPARE(SimulatedBoot(unit, crash == 0 ? BM_RESET_POWER_ON : BM_RESET_CRASH).slot,
                     quint8(BM_SLOT_A));
        }
        SimulatedBoot boot(unit, BM_RESET_CRASH);
        QVERIFY(boot.isRecovery());
        QCOMPARE(boot.session.recovery_cause, quint8(BM_RECOVERY_CRASH_LOOP));
        QCOMPARE(SimulatedBoot(unit, BM_RESET_REQUESTED).slot, quint8(BM_SLOT_A)); // another chance
    }

    void anImageThatRanForAWhileDoesNotCrashInALoop()
    {
        SimulatedUnit unit;
        prepare(unit);
        for (int crash = 0; crash < 20; ++crash) {
            SimulatedBoot boot(unit, BM_RESET_CRASH);
            QCOMPARE(boot.slot, quint8(BM_SLOT_A));
            unit.now += 60000;
            boot.services->watchdog_kick();
        }
    }

    void aBlankUnitGoesToRecovery()
    {
        SimulatedUnit unit;
        SimulatedBoot boot(unit);
        QCOMPARE(boot.slot, quint8(BM_SLOT_NONE));
        bm_identity identity;
        QCOMPARE(boot.services->identity(&identity), BM_SERVICE_NOT_PROVISIONED);
    }

    void aDeadFlashStillBootsWhatIsConfirmed()
    {
        SimulatedUnit unit;
        prepare(unit);
        unit.isFlashDead = true;
        QCOMPARE(SimulatedBoot(unit).slot, quint8(BM_SLOT_A));
    }
};

QTEST_GUILESS_MAIN(TestBootPolicy)
#include "tst_boot_policy.moc"
