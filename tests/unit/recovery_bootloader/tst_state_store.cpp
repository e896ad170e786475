// SPDX-License-Identifier: Apache-2.0
#include "tests/support/simulated_unit.h"

#include <QTest>

using testing::SimulatedUnit;

namespace {

constexpr quint32 kRecordSize = 160; // state_store.c
constexpr quint32 kUnusedByte = 153; // all ones in every record
constexpr int kRecordsASector = 6; // of 1024 bytes

/// The minimum rollback index stands for "which write was this".
bool save(quint32 number)
{
    state_store store;
    boot_record record;
    state_store_load(&store, &record);
    record.minimum_rollback_index = number;
    return state_store_save(&store, &record);
}

quint32 load()
{
    state_store store;
    boot_record record;
    return state_store_load(&store, &record) ? record.minimum_rollback_index : UINT32_MAX;
}

} // namespace

class TestStateStore : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void startsWithNothing()
    {
        SimulatedUnit unit;
        state_store store;
        boot_record record;
        QVERIFY(!state_store_load(&store, &record));
        QCOMPARE(record.active_slot, quint8(BM_SLOT_NONE));
        QCOMPARE(record.pending_slot, quint8(BM_SLOT_NONE));
    }

    void givesBackEveryField()
    {
        SimulatedUnit unit;
        state_store store;
        boot_record written;
        state_store_load(&store, &written);
        written = {.active_slot = BM_SLOT_B,
                   .pending_slot = BM_SLOT_A,
                   .trials_remaining = 3,
                   .rollback_reason = BM_ROLLBACK_EXPIRED,
                   .revert_reason = BM_REVERT_REASON_HEALTH,
                   .boots = 0x01020304,
                   .minimum_rollback_index = 0xf1f2f3f4,
                   .pending_hash = {},
                   .rolled_back_hash = {},
                   .confirmed_hash = {}};
        std::memset(written.pending_hash, 1, BM_HASH_SIZE);
        std::memset(written.rolled_back_hash, 2, BM_HASH_SIZE);
        std::memset(written.confirmed_hash[0], 3, BM_HASH_SIZE);
        std::memset(written.confirmed_hash[1], 4, BM_HASH_SIZE);
        QVERIFY(state_store_save(&store, &written));

        boot_record read;
        QVERIFY(state_store_load(&store, &read));
        QCOMPARE(read.active_slot, written.active_slot);
        QCOMPARE(read.pending_slot, written.pending_slot);
        QCOMPARE(read.trials_remaining, written.trials_remaining);
        QCOMPARE(read.rollback_reason, written.rollback_reason);
        QCOMPARE(read.revert_reason, written.revert_reason);
        QCOMPARE(read.boots, written.boots);
        QCOMPARE(read.minimum_rollback_index, written.minimum_rollback_index);
        QCOMPARE(std::memcmp(read.pending_hash, written.pending_hash, BM_HASH_SIZE), 0);
        QCOMPARE(std::memcmp(read.rolled_back_hash, written.rolled_back_hash, BM_HASH_SIZE), 0);
        QCOMPARE(std::memcmp(read.confirmed_hash, written.confirmed_hash, sizeof read.confirmed_hash), 0);
    }

    void theNewestRecordCountsThroughManyWraps()
    {
        SimulatedUnit unit;
        for (quint32 number = 1; number <= 100; ++number) {
            QVERIFY(save(number));
            QCOMPARE(load(), number);
        }
        QVERIFY(!unit.brokeFlashRule);
    }

    void bothSectorsWearAlike()
    {
        SimulatedUnit unit;
        for (quint32 number = 0; number < 120; ++number) {
            QVERIFY(save(number));
        }
        QCOMPARE(unit.eraseCounts[0], 120 / kRecordsASector / 2);
        QCOMPARE(unit.eraseCounts[1], 120 / kRecordsASector / 2);
    }

    void ignoresATornRecord_data()
    {
        QTest::addColumn<int>("bytes");
        for (int bytes = 0; bytes < int(kRecordSize); bytes += 7) {
            QTest::addRow("%d bytes", bytes) << bytes;
        }
    }

    void ignoresATornRecord()
    {
        QFETCH(int, bytes);
        SimulatedUnit unit;
        QVERIFY(save(1));
        unit.cutPowerAt(0, bytes);
        QVERIFY(!save(2));
        unit.restorePower();
        QCOMPARE(load(), 1u);
        QVERIFY(save(3));
        QCOMPARE(load(), 3u);
        QVERIFY(!unit.brokeFlashRule);
    }

    void survivesACutAnywhereInAWrap()
    {
        for (int operation = 0; operation < 2; ++operation) {
            for (int bytes = 0; bytes <= 1024; bytes += 32) {
                SimulatedUnit unit;
                for (quint32 number = 1; number <= kRecordsASector; ++number) {
                    QVERIFY(save(number));
                }
                unit.cutPowerAt(operation, bytes);
                save(100);
                unit.restorePower();
                const quint32 found = load();
                QVERIFY(found == kRecordsASector || found == 100);
                QVERIFY(save(101));
                QCOMPARE(load(), 101u);
            }
        }
    }

    void fallsBackWhenTheNewestIsDamaged()
    {
        SimulatedUnit unit;
        save(1);
        save(2);
        unit.corrupt(BM_REGION_STATE, kRecordSize + 30);
        QCOMPARE(load(), 1u);
        QVERIFY(save(3));
        QCOMPARE(load(), 3u);
        QVERIFY(!unit.brokeFlashRule);
    }

    void everyDamagedByteIsNoticed()
    {
        for (quint32 at = 0; at < kRecordSize; ++at) {
            SimulatedUnit unit;
            save(7);
            unit.corrupt(BM_REGION_STATE, at);
            QCOMPARE(load(), UINT32_MAX);
        }
    }

    void startsAnewWhenNothingIsReadable()
    {
        SimulatedUnit unit;
        for (quint32 number = 1; number <= 12; ++number) {
            save(number);
        }
        unit.corrupt(BM_REGION_STATE, 0, 2048);
        QCOMPARE(load(), UINT32_MAX);
        QVERIFY(save(50));
        QCOMPARE(load(), 50u);
        QVERIFY(!unit.brokeFlashRule);
    }

    void saysSoWhenTheFlashIsDead()
    {
        SimulatedUnit unit;
        save(1);
        unit.isFlashDead = true;
        QVERIFY(!save(2));
        QCOMPARE(load(), 1u);
    }

    void takesTheNextPlaceWhenOneIsWornOut()
    {
        SimulatedUnit unit;
        save(1);
        unit.wornOut = {kRecordSize + kUnusedByte};
        QVERIFY(save(2));
        QCOMPARE(load(), 2u);
    }

    void neverErasesTheSectorOfTheNewestRecord()
    {
        SimulatedUnit unit;
        for (quint32 number = 1; number <= kRecordsASector; ++number) {
            QVERIFY(save(number));
        }
        for (quint32 place = 0; place < kRecordsASector; ++place) {
            unit.wornOut.append(1024 + place * kRecordSize + kUnusedByte);
        }
        state_store store;
        boot_record record;
        QVERIFY(state_store_load(&store, &record));
        for (int attempt = 0; attempt < 5; ++attempt) {
            QVERIFY(!state_store_save(&store, &record));
        }
        QCOMPARE(load(), quint32(kRecordsASector));
        QCOMPARE(unit.eraseCounts[0], 1);
    }
};

QTEST_GUILESS_MAIN(TestStateStore)
#include "tst_state_store.moc"
