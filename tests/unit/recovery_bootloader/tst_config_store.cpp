// SPDX-License-Identifier: Apache-2.0
#include "tests/support/boot_image.h"
#include "tests/support/simulated_unit.h"

#include <QTest>

#include <optional>

using testing::BootImage;
using testing::SimulatedBoot;
using testing::SimulatedUnit;

namespace {

const BootImage kOld = {.major = 1, .rollbackIndex = 1};
const BootImage kNew = {.major = 2, .rollbackIndex = 1};
const QByteArray kOldSettings = "interval=5;limit=70";
const QByteArray kNewSettings = QByteArray(700, 'n') + "end";
constexpr quint32 kAnySchema = UINT32_MAX;

struct Found {
    quint32 schema = 0;
    QByteArray data;
};

std::optional<Found> find(const SimulatedBoot &boot, quint32 newestSchema = kAnySchema)
{
    bm_config config = {};
    if (boot.services->config_find(newestSchema, &config) != BM_SERVICE_OK) {
        return std::nullopt;
    }
    return Found{config.schema, QByteArray(reinterpret_cast<const char *>(config.data), config.length)};
}

bm_service_result write(const SimulatedBoot &boot, quint32 schema, const QByteArray &data)
{
    const boot_services *services = boot.services;
    bm_service_result result = services->config_open(schema, quint32(data.size()));
    for (qsizetype at = 0; result == BM_SERVICE_OK && at < data.size(); at += 64) {
        const QByteArray step = data.mid(at, 64);
        result = services->config_append(step.constData(), quint32(step.size()));
    }
    return result == BM_SERVICE_OK ? services->config_commit() : result;
}

} // namespace

class TestConfigStore : public QObject
{
    Q_OBJECT

private:
    std::optional<SimulatedUnit> m_unit;
    std::optional<SimulatedBoot> m_boot;

    void boot(bm_reset_reason reason = BM_RESET_POWER_ON) { m_boot.emplace(*m_unit, reason); }

    void startTrial()
    {
        m_unit->setPending(BM_SLOT_B, kNew.hash());
        boot();
        QVERIFY(m_boot->isTrial());
    }

    void expect(quint32 schema, const QByteArray &data)
    {
        const std::optional<Found> found = find(*m_boot);
        QVERIFY(found.has_value());
        QCOMPARE(found->schema, schema);
        QCOMPARE(found->data, data);
    }

private Q_SLOTS:
    void init()
    {
        m_unit.emplace();
        m_unit->provision();
        m_unit->writeImage(BM_SLOT_A, kOld.bytes());
        m_unit->writeImage(BM_SLOT_B, kNew.bytes());
        m_unit->confirmSlot(BM_SLOT_A, kOld.hash(), 1);
        boot();
    }

    void cleanup() { QVERIFY(!m_unit->brokeFlashRule); }

    void aNewUnitHasNone() { QVERIFY(!find(*m_boot)); }

    void givesBackWhatWasWritten()
    {
        QCOMPARE(write(*m_boot, 1, kOldSettings), BM_SERVICE_OK);
        expect(1, kOldSettings);
        boot();
        expect(1, kOldSettings);
    }

    void theNewestOfManyCounts()
    {
        for (int i = 0; i < 20; ++i) {
            QCOMPARE(write(*m_boot, 1, QByteArray::number(i)), BM_SERVICE_OK);
            boot();
            expect(1, QByteArray::number(i));
        }
    }

    void wearIsSharedByBothRegions()
    {
        for (int i = 0; i < 20; ++i) {
            QCOMPARE(write(*m_boot, 1, kOldSettings), BM_SERVICE_OK);
        }
        const quint32 first = m_unit->regionOffset(BM_REGION_CONFIG_A) / m_unit->map.sector_size;
        QCOMPARE(m_unit->eraseCounts[first], 10);
        QCOMPARE(m_unit->eraseCounts[first + 1], 10);
    }

    void whatIsNotCommittedChangesNothing()
    {
        QCOMPARE(write(*m_boot, 1, kOldSettings), BM_SERVICE_OK);
        QCOMPARE(m_boot->services->config_open(2, 32), BM_SERVICE_OK);
        QCOMPARE(m_boot->services->config_append(kNewSettings.constData(), 16), BM_SERVICE_OK);
        QVERIFY(m_boot->services->config_commit() != BM_SERVICE_OK);
        expect(1, kOldSettings);
        boot();
        expect(1, kOldSettings);
        QVERIFY(m_boot->services->config_commit() != BM_SERVICE_OK);
    }

    void aTrialsMigrationIsItsOwnUntilItIsConfirmed()
    {
        QCOMPARE(write(*m_boot, 1, kOldSettings), BM_SERVICE_OK);
        startTrial();
        expect(1, kOldSettings);
        QCOMPARE(write(*m_boot, 2, kNewSettings), BM_SERVICE_OK);
        expect(2, kNewSettings);
        QCOMPARE(m_boot->services->confirm(), BM_SERVICE_OK);
        expect(2, kNewSettings);
        boot();
        expect(2, kNewSettings);
    }

    void aRollbackFindsWhatItCanRead()
    {
        QCOMPARE(write(*m_boot, 1, kOldSettings), BM_SERVICE_OK);
        startTrial();
        QCOMPARE(write(*m_boot, 2, kNewSettings), BM_SERVICE_OK);
        QCOMPARE(write(*m_boot, 3, kNewSettings), BM_SERVICE_OK); // also when it wrote more than once
        boot(BM_RESET_CRASH);
        QCOMPARE(m_boot->slot, quint8(BM_SLOT_A));
        expect(1, kOldSettings);
        QCOMPARE(write(*m_boot, 1, "changed"), BM_SERVICE_OK);
        expect(1, "changed");
    }

    void aSecondTrialDoesNotFindTheMigrationOfAnother()
    {
        QCOMPARE(write(*m_boot, 1, kOldSettings), BM_SERVICE_OK);
        startTrial();
        QCOMPARE(write(*m_boot, 2, kNewSettings), BM_SERVICE_OK);
        boot(BM_RESET_CRASH);
        const BootImage third = {.major = 3, .rollbackIndex = 1};
        m_unit->writeImage(BM_SLOT_B, third.bytes());
        m_unit->setPending(BM_SLOT_B, third.hash());
        boot();
        QVERIFY(m_boot->isTrial());
        expect(1, kOldSettings);
        QCOMPARE(m_boot->services->confirm(), BM_SERVICE_OK);
        expect(1, kOldSettings);
    }

    void aReaderSaysWhatItCanRead()
    {
        QCOMPARE(write(*m_boot, 1, kOldSettings), BM_SERVICE_OK);
        QCOMPARE(write(*m_boot, 2, kNewSettings), BM_SERVICE_OK);
        QCOMPARE(find(*m_boot, 1)->data, kOldSettings);
        QCOMPARE(find(*m_boot, 2)->data, kNewSettings);
        QVERIFY(!find(*m_boot, 0));
    }

    void aDamagedOneGivesWayToTheOneBefore()
    {
        QCOMPARE(write(*m_boot, 1, kOldSettings), BM_SERVICE_OK);
        QCOMPARE(write(*m_boot, 1, "newer settings"), BM_SERVICE_OK);
        bm_config config = {};
        m_boot->services->config_find(kAnySchema, &config);
        m_unit->corrupt(bm_region(config.region), config.length / 2 + 32);
        boot();
        expect(1, kOldSettings);
    }

    void theLastUpToARegionFits()
    {
        const quint32 room = m_unit->map.regions[BM_REGION_CONFIG_A].size;
        QCOMPARE(m_boot->services->config_open(1, room), BM_SERVICE_INVALID);
        QCOMPARE(m_boot->services->config_open(1, UINT32_MAX), BM_SERVICE_INVALID);
        QCOMPARE(m_boot->services->config_open(1, 0), BM_SERVICE_INVALID);
        QCOMPARE(write(*m_boot, 1, QByteArray(room - 64, 'x')), BM_SERVICE_OK);
        QCOMPARE(m_boot->services->config_open(1, 16), BM_SERVICE_OK);
        QCOMPARE(m_boot->services->config_append(kNewSettings.constData(), 32), BM_SERVICE_INVALID);
        QCOMPARE(m_boot->services->config_append(kNewSettings.constData(), 3), BM_SERVICE_INVALID);
        QCOMPARE(m_boot->services->config_append(kNewSettings.constData(), UINT32_MAX), BM_SERVICE_INVALID);
    }

    void aLostStateKeepsWhatAConfirmedImageWrote()
    {
        QCOMPARE(write(*m_boot, 1, kOldSettings), BM_SERVICE_OK);
        startTrial();
        QCOMPARE(write(*m_boot, 2, kNewSettings), BM_SERVICE_OK);
        m_unit->corrupt(BM_REGION_STATE, 0, 2048);
        boot();
        QCOMPARE(m_boot->slot, quint8(BM_SLOT_A));
        expect(1, kOldSettings);
    }
};

QTEST_GUILESS_MAIN(TestConfigStore)
#include "tst_config_store.moc"
