// SPDX-License-Identifier: Apache-2.0
#include "tests/support/simulated_unit.h"

#include <QTest>

using testing::SimulatedUnit;

namespace {

constexpr quint32 kRecordSize = sizeof(boot_record);
constexpr quint32 kUnusedByte =
    offsetof(boot_record, unused); // 0 in every record, unless a test says otherwise
constexpr int kRecordsASector = 8; // of 1024 bytes

/// The minimum rollback index stands for "which write was this".
bool save(quint32 number)
{
    record_ring store;
    boot_record record;
    state_store_load(&store, &record);
    record.minimum_rollback_index = number;
    record.unused = UINT32_MAX;
    return record_ring_append(&store, &record);
}

quint32 load()
{
    record_ring store;
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
        record_ring store;
        boot_record record;
        QVERIFY(!state_store_load(&store, &record));
        QCOMPARE(record.active_slot, quint8(BM_SLOT_NONE));
        QCOMPARE(record.pending_slot, quint8(BM_SLOT_NONE));
    }

    void givesBackEveryField()
    {
        SimulatedUnit unit;
        record_ring store;
        boot_record written;
        state_store_load(&store, &written);
        std::memset(&written.active_slot, 0x5a,
                    offsetof(boot_record, crc) - offsetof(boot_record, active_slot));
        QVERIFY(record_ring_append(&store, &written));

        boot_record read;
        QVERIFY(state_store_load(&store, &read));
        QCOMPARE(std::memcmp(&read, &written, sizeof read), 0);
        QCOMPARE(read.active_slot, quint8(0x5a));
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
        for (quint32 number = 0; number < 160; ++number) {
            QVERIFY(save(number));
        }
        QCOMPARE(unit.eraseCounts[0], 160 / kRecordsASector / 2);
        QCOMPARE(unit.eraseCounts[1], 160 / kRecordsASector / 2);
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
        for (quint32 number = 1; number <= 16; ++number) {
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

    void goesAroundABadSector()
    {
        SimulatedUnit unit;
        unit.map.regions[BM_REGION_STATE] = unit.map.regions[BM_REGION_SLOT_B]; // four sectors
        unit.deadSectors = {unit.regionOffset(BM_REGION_STATE) + 1024};
        for (quint32 number = 1; number <= 100; ++number) {
            QVERIFY(save(number));
            QCOMPARE(load(), number);
        }
        QVERIFY(!unit.brokeFlashRule);
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
        record_ring store;
        boot_record record;
        QVERIFY(state_store_load(&store, &record));
        record.unused = UINT32_MAX;
        for (int attempt = 0; attempt < 5; ++attempt) {
            QVERIFY(!record_ring_append(&store, &record));
        }
        QCOMPARE(load(), quint32(kRecordsASector));
        QCOMPARE(unit.eraseCounts[0], 1);
    }
};

QTEST_GUILESS_MAIN(TestStateStore)
#include "tst_state_store.moc"
