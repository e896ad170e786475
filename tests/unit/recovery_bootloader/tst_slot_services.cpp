// SPDX-License-Identifier: Apache-2.0
#include "tests/support/boot_image.h"
#include "tests/support/simulated_unit.h"

#include <QCryptographicHash>
#include <QTest>

#include <optional>

using testing::BootImage;
using testing::SimulatedBoot;
using testing::SimulatedUnit;

namespace {

const BootImage kOld = {.major = 1, .rollbackIndex = 1};

const quint8 *raw(const QByteArray &bytes)
{
    return reinterpret_cast<const quint8 *>(bytes.constData());
}

} // namespace

/// Uploads that end before they are finished, and go on.
class TestSlotServices : public QObject
{
    Q_OBJECT

private:
    std::optional<SimulatedUnit> m_unit;
    quint32 m_offset = 0;

private Q_SLOTS:
    void init()
    {
        m_unit.emplace();
        m_unit->provision();
        m_unit->writeImage(BM_SLOT_A, kOld.bytes());
        m_unit->confirmSlot(BM_SLOT_A, kOld.hash(), 1);
    }

    void cleanup() { QVERIFY(!m_unit->brokeFlashRule); }

    void anUploadGoesOnAfterAReset_data()
    {
        QTest::addColumn<int>("written");
        QTest::addColumn<int>("resumedAt");
        QTest::newRow("nothing") << 0 << 0;
        QTest::newRow("in the first sector") << 512 << 0;
        QTest::newRow("the first sector") << 1024 << 0;
        QTest::newRow("in the second") << 1536 << 1024;
        QTest::newRow("in the third") << 2560 << 2048;
        QTest::newRow("all of it") << 3072 << 3072;
    }

    void anUploadGoesOnAfterAReset()
    {
        QFETCH(int, written);
        QFETCH(int, resumedAt);
        const QByteArray file = QByteArray(3071, 'f') + 'e';
        const QByteArray key = QCryptographicHash::hash(file, QCryptographicHash::Sha256);
        m_unit->writeImage(BM_SLOT_B, BootImage{.payload = QByteArray(3600, 'o')}.bytes());
        SimulatedBoot boot(*m_unit);
        QCOMPARE(boot.services->slot_open(BM_SLOT_B, raw(key), 3072, &m_offset), BM_SERVICE_OK);
        QCOMPARE(m_offset, 0u);
        for (int at = 0; at < written; at += 512) {
            QCOMPARE(boot.services->slot_erase(BM_SLOT_B, quint32(at & ~1023)), BM_SERVICE_OK);
            QCOMPARE(boot.services->slot_program(BM_SLOT_B, quint32(at), file.constData() + at, 512),
                     BM_SERVICE_OK);
        }
        SimulatedBoot next(*m_unit, BM_RESET_REQUESTED);
        QCOMPARE(next.services->slot_open(BM_SLOT_B, raw(key), 3072, &m_offset), BM_SERVICE_OK);
        QCOMPARE(m_offset, quint32(resumedAt));
        for (quint32 at = m_offset; at < 3072; at += 512) {
            QCOMPARE(next.services->slot_erase(BM_SLOT_B, at & ~1023u), BM_SERVICE_OK);
            QCOMPARE(next.services->slot_program(BM_SLOT_B, at, file.constData() + at, 512), BM_SERVICE_OK);
        }
        QCOMPARE(m_unit->readSlot(BM_SLOT_B, file.size()), file);
    }

    void onlyTheSameUploadGoesOn()
    {
        const QByteArray key(32, 'k');
        const QByteArray other(32, 'o');
        SimulatedBoot boot(*m_unit);
        QCOMPARE(boot.services->slot_open(BM_SLOT_B, raw(key), 3072, &m_offset), BM_SERVICE_OK);
        const QByteArray data(1024, 'x');
        for (quint32 at = 0; at < 3072; at += 1024) {
            QCOMPARE(boot.services->slot_erase(BM_SLOT_B, at), BM_SERVICE_OK);
            QCOMPARE(boot.services->slot_program(BM_SLOT_B, at, data.constData(), 1024), BM_SERVICE_OK);
        }
        QCOMPARE(boot.services->slot_open(BM_SLOT_B, raw(key), 3072, &m_offset), BM_SERVICE_OK);
        QCOMPARE(m_offset, 0u); // it ended with other bytes than it promised
        for (const quint32 length : {3071u, 3073u}) {
            SimulatedBoot next(*m_unit);
            QCOMPARE(next.services->slot_open(BM_SLOT_B, raw(key), length, &m_offset), BM_SERVICE_OK);
            QCOMPARE(m_offset, 0u);
        }
        SimulatedBoot next(*m_unit);
        QCOMPARE(next.services->slot_open(BM_SLOT_B, raw(other), 3072, &m_offset), BM_SERVICE_OK);
        QCOMPARE(m_offset, 0u);
        SimulatedBoot last(*m_unit);
        QCOMPARE(last.services->slot_open(BM_SLOT_B, nullptr, 0, &m_offset), BM_SERVICE_OK);
        SimulatedBoot again(*m_unit);
        QCOMPARE(again.services->slot_open(BM_SLOT_B, raw(other), 3072, &m_offset), BM_SERVICE_OK);
        QCOMPARE(m_offset, 0u);
    }
};

QTEST_GUILESS_MAIN(TestSlotServices)
#include "tst_slot_services.moc"
