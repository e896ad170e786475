// SPDX-License-Identifier: Apache-2.0
#include "tests/support/boot_image.h"
#include "tests/support/simulated_unit.h"

#include <QTest>

#include <optional>

using testing::BootImage;
using testing::SimulatedBoot;
using testing::SimulatedUnit;

namespace {

const BootImage kOld = {.major = 1, .rollbackIndex = 3};
const BootImage kNew = {.major = 2, .rollbackIndex = 4};
const BootImage kOlder = {.major = 0, .minor = 9, .rollbackIndex = 1};

const quint8 *raw(const QByteArray &bytes)
{
    return reinterpret_cast<const quint8 *>(bytes.constData());
}

} // namespace

/// What the boot policy makes of flash that fails or decays in the wrong moment.
class TestBootFaults : public QObject
{
    Q_OBJECT

private:
    std::optional<SimulatedUnit> m_unit;

private Q_SLOTS:
    void init()
    {
        m_unit.emplace();
        m_unit->provision();
        m_unit->writeImage(BM_SLOT_A, kOld.bytes());
        m_unit->writeImage(BM_SLOT_B, kNew.bytes());
        m_unit->confirmSlot(BM_SLOT_A, kOld.hash(), 3);
    }

    void aRollbackThatCannotBeWrittenStartsNoMoreTrials()
    {
        m_unit->setPending(BM_SLOT_B, kNew.hash());
        QVERIFY(SimulatedBoot(*m_unit).isTrial());
        while (boot.store.next % 1024 != 0) { // the next record needs an erase
            QVERIFY(boot_session_save());
        }
        for (int crash = 0; crash < 3; ++crash) {
            m_unit->failingErases = 1;
            SimulatedBoot next(*m_unit, BM_RESET_CRASH);
            QCOMPARE(next.slot, quint8(BM_SLOT_A));
            QVERIFY(!next.isTrial());
        }
    }

    void aDamagedIdentityDoesNotGiveUpTheLastGoodImage()
    {
        m_unit->corrupt(BM_REGION_IDENTITY, 20);
        SimulatedBoot boot(*m_unit);
        QVERIFY(boot.isRecovery());
        QCOMPARE(boot.services->slot_for_upload(), quint8(BM_SLOT_B));
        quint32 offset = 0;
        QCOMPARE(boot.services->slot_open(BM_SLOT_A, nullptr, 0, &offset), BM_SERVICE_NOT_ALLOWED);
    }

    void aLostStateKeepsTheMinimumThatTheEvidenceKnows()
    {
        SimulatedBoot{*m_unit}; // leaves the confirmation in the evidence
        m_unit->writeImage(BM_SLOT_B, kOlder.bytes());
        m_unit->corrupt(BM_REGION_STATE, 0, 2048);
        SimulatedBoot next(*m_unit);
        QCOMPARE(next.slot, quint8(BM_SLOT_A));
        QCOMPARE(next.session.record.minimum_rollback_index, 3u);
    }

    void aLostStateWithoutAnyImageKeepsTheConfiguration()
    {
        {
            SimulatedBoot boot(*m_unit);
            QCOMPARE(boot.services->config_open(1, 16), BM_SERVICE_OK);
            QCOMPARE(boot.services->config_append(kOld.bytes().constData(), 16), BM_SERVICE_OK);
            QCOMPARE(boot.services->config_commit(), BM_SERVICE_OK);
        }
        m_unit->corrupt(BM_REGION_STATE, 0, 2048);
        m_unit->corrupt(BM_REGION_SLOT_A, 60);
        m_unit->corrupt(BM_REGION_SLOT_B, 60);
        SimulatedBoot boot(*m_unit);
        QVERIFY(boot.isRecovery());
        bm_config found;
        QCOMPARE(boot.services->config_find(UINT32_MAX, &found), BM_SERVICE_OK);
    }

    void anUploadIsNotResumedBehindATornFirstSector()
    {
        const QByteArray key(32, 'k');
        const QByteArray other(32, 'o');
        const QByteArray data(1024, 'x');
        quint32 offset = 0;
        {
            SimulatedBoot boot(*m_unit);
            QCOMPARE(boot.services->slot_open(BM_SLOT_B, raw(key), 3072, &offset), BM_SERVICE_OK);
            for (quint32 at = 0; at < 3072; at += 1024) {
                QCOMPARE(boot.services->slot_erase(BM_SLOT_B, at), BM_SERVICE_OK);
                QCOMPARE(boot.services->slot_program(BM_SLOT_B, at, data.constData(), 1024), BM_SERVICE_OK);
            }
        }
        for (int operation = 0; operation < 2; ++operation) {
            const QByteArray before = m_unit->flash;
            SimulatedBoot boot(*m_unit);
            m_unit->cutPowerAt(operation, 512);
            QVERIFY(boot.services->slot_open(BM_SLOT_B, raw(other), 3072, &offset) != BM_SERVICE_OK);
            m_unit->restorePower();
            SimulatedBoot next(*m_unit);
            QCOMPARE(next.services->slot_open(BM_SLOT_B, raw(key), 3072, &offset), BM_SERVICE_OK);
            QCOMPARE(offset, 0u);
            m_unit->flash = before;
        }
    }

    void anExpiredTrialIsNotKeptAliveByItsConfiguration()
    {
        m_unit->setPending(BM_SLOT_B, kNew.hash());
        SimulatedBoot boot(*m_unit);
        m_unit->now += m_unit->timing.trial_limit_ms;
        const int kicks = m_unit->kickCount;
        QCOMPARE(boot.services->config_open(1, 16), BM_SERVICE_OK);
        QCOMPARE(m_unit->kickCount, kicks);
    }

    void aTrialThatExpiresSaysSoAfterACrashBefore()
    {
        m_unit->timing.trial_limit_ms = 60000;
        m_unit->setPending(BM_SLOT_B, kNew.hash());
        {
            SimulatedBoot boot(*m_unit, BM_RESET_CRASH);
            QVERIFY(boot.isTrial());
            m_unit->now += 60000;
            boot.services->watchdog_kick();
        }
        SimulatedBoot next(*m_unit, BM_RESET_WATCHDOG);
        QCOMPARE(next.session.record.rollback_reason, quint8(BM_ROLLBACK_EXPIRED));
    }

    void nothingIsAppendedWithoutAnOpenConfiguration()
    {
        const QByteArray data(32, 'd');
        SimulatedBoot boot(*m_unit);
        QVERIFY(boot.services->config_append(data.constData(), 16) != BM_SERVICE_OK);
        QCOMPARE(boot.services->config_open(1, 16), BM_SERVICE_OK);
        QCOMPARE(boot.services->config_append(data.constData(), 16), BM_SERVICE_OK);
        QCOMPARE(boot.services->config_commit(), BM_SERVICE_OK);
        const QByteArray before = m_unit->flash;
        QVERIFY(boot.services->config_append(data.constData(), 16) != BM_SERVICE_OK);
        QVERIFY(boot.services->config_open(1, UINT32_MAX) != BM_SERVICE_OK);
        QVERIFY(boot.services->config_append(data.constData(), 16) != BM_SERVICE_OK);
        QCOMPARE(m_unit->flash, before);
    }

    void earlyBytesComeFirstToSmallReadersAsWell()
    {
        m_unit->received = "ab!!xyz";
        SimulatedBoot boot(*m_unit);
        QByteArray read;
        quint8 byte = 0;
        while (boot.services->line_read(&byte, 1) > 0) {
            read.append(char(byte));
        }
        QCOMPARE(read, QByteArray("ab!!xyz"));
    }
};

QTEST_GUILESS_MAIN(TestBootFaults)
#include "tst_boot_faults.moc"
