// SPDX-License-Identifier: Apache-2.0
#include "tests/power_cuts/story.h"

#include <QTest>

#include <numeric>

using namespace testing;

namespace {

constexpr int kBoots = 5000;
constexpr int kUpdates = 1000;

/// Erases of one sector, on average, over all sectors of the region.
double erasesOf(const SimulatedUnit &unit, bm_region region)
{
    const auto first = unit.eraseCounts.cbegin() + unit.regionOffset(region) / unit.map.sector_size;
    const auto end = first + unit.map.regions[region].size / unit.map.sector_size;
    return std::accumulate(first, end, 0);
}

struct Wear {
    double state = 0; // erases of a sector in the region, each time
    double evidence = 0;
};

} // namespace

/// What a boot and an update cost the flash: a record is appended in place of an erase, so that one erase
/// serves as many records as fit into a sector.
class TestFlashWear : public QObject
{
    Q_OBJECT

private:
    static void countFrom(SimulatedUnit &unit) { unit.eraseCounts.fill(0); }

    static Wear wearOf(const SimulatedUnit &unit, int times)
    {
        return {.state = erasesOf(unit, BM_REGION_STATE) / times,
                .evidence = erasesOf(unit, BM_REGION_EVIDENCE) / times};
    }

    static void tell(const char *what, const SimulatedUnit &unit, const Wear &wear)
    {
        qInfo("%s, sectors of %u bytes: %.4f erases for the state, %.4f for the evidence", what,
              unit.map.sector_size, wear.state, wear.evidence);
    }

    static void update(SimulatedUnit &unit, const KnownImage &image)
    {
        Expectation expected;
        Story story(unit, expected);
        story.upload(image);
        story.requestTrial(image);
        story.boot(BM_RESET_REQUESTED);
        story.confirm();
        QVERIFY2(story.refusal().empty(), story.refusal().c_str());
    }

    static void addGeometries()
    {
        QTest::addColumn<quint32>("sectorSize");
        QTest::addColumn<quint32>("writeSize");
        QTest::newRow("host port") << 4096U << 8U;
        QTest::newRow("small controller") << 1024U << 4U;
    }

private Q_SLOTS:
    void bootsAreCheap_data() { addGeometries(); }

    void bootsAreCheap()
    {
        QFETCH(quint32, sectorSize);
        QFETCH(quint32, writeSize);
        SimulatedUnit unit(sectorSize, writeSize);
        unit.provision();
        update(unit, oldImage());
        countFrom(unit);
        for (int i = 0; i < kBoots; ++i) {
            SimulatedBoot boot(unit);
            QVERIFY(!boot.isRecovery());
        }
        const Wear wear = wearOf(unit, kBoots);
        tell("a boot", unit, wear);
        // One event of 32 bytes a boot, and one that is repeated at the start of each sector.
        const double events = sectorSize / 32.0 - 1;
        QCOMPARE(wear.state, 0);
        QVERIFY(wear.evidence <= 1.05 / events);
        QVERIFY(wear.evidence >= 0.95 / events);
    }

    void updatesAreCheap_data() { addGeometries(); }

    void updatesAreCheap()
    {
        QFETCH(quint32, sectorSize);
        QFETCH(quint32, writeSize);
        SimulatedUnit unit(sectorSize, writeSize);
        unit.provision();
        const KnownImage other({.payload = QByteArray(150, 'p'), .major = 4, .rollbackIndex = 1});
        update(unit, oldImage());
        countFrom(unit);
        for (int i = 0; i < kUpdates; ++i) {
            update(unit, i % 2 == 0 ? other : oldImage());
        }
        const Wear wear = wearOf(unit, kUpdates);
        tell("an update", unit, wear);
        // Four records of 128 bytes: the upload, the request, the trial, the confirmation. Two boots and the
        // confirmation in the evidence.
        QVERIFY(wear.state <= 4.2 * 128 / sectorSize);
        QVERIFY(wear.state >= 3.8 * 128 / sectorSize);
        QVERIFY(wear.evidence <= 3.3 * 32 / sectorSize);
        QVERIFY(wear.evidence > 0);
        const double slots = erasesOf(unit, BM_REGION_SLOT_A) + erasesOf(unit, BM_REGION_SLOT_B);
        QVERIFY(slots <= 2.0 * kUpdates); // the image's one sector, and the one ahead of it
    }
};

QTEST_GUILESS_MAIN(TestFlashWear)
#include "tst_flash_wear.moc"
