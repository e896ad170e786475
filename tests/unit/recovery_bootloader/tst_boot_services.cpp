// SPDX-License-Identifier: Apache-2.0
#include "tests/support/boot_image.h"
#include "tests/support/simulated_unit.h"

#include <QTest>

#include <algorithm>
#include <optional>

using testing::BootImage;
using testing::SimulatedBoot;
using testing::SimulatedUnit;

namespace {

const BootImage kOld = {.major = 1, .rollbackIndex = 1};
const BootImage kNew = {.major = 2, .rollbackIndex = 2};

void prepare(SimulatedUnit &unit)
{
    unit.provision();
    unit.writeImage(BM_SLOT_A, kOld.bytes());
    unit.writeImage(BM_SLOT_B, kNew.bytes());
    unit.confirmSlot(BM_SLOT_A, kOld.hash(), 1);
}

const quint8 *raw(const QByteArray &bytes)
{
    return reinterpret_cast<const quint8 *>(bytes.constData());
}

bm_boot_state stateOf(const SimulatedBoot &boot)
{
    bm_boot_state state = {};
    boot.services->boot_state(&state);
    return state;
}

bm_slot_status statusOf(const SimulatedBoot &boot, quint8 slot)
{
    bm_slot_status status = {};
    boot.services->slot_status(slot, &status);
    return status;
}

} // namespace

class TestBootServices : public QObject
{
    Q_OBJECT

private:
    SimulatedUnit *m_unit = nullptr;
    quint32 m_offset = 0;

    /// The new image on trial, freshly started.
    void startTrial(std::optional<SimulatedBoot> &boot)
    {
        const QByteArray hash = kNew.hash();
        boot.emplace(*m_unit);
        QCOMPARE(boot->services->request_trial(raw(hash), 0), BM_SERVICE_OK);
        boot.emplace(*m_unit, BM_RESET_REQUESTED);
        QVERIFY(boot->isTrial());
    }

private Q_SLOTS:
    void init()
    {
        m_unit = new SimulatedUnit;
        prepare(*m_unit);
    }

    void cleanup()
    {
        QVERIFY(!m_unit->brokeFlashRule);
        delete m_unit;
        m_unit = nullptr;
    }

    void theTableSaysWhatItIs()
    {
        SimulatedBoot boot(*m_unit);
        QCOMPARE(boot.services->abi, BM_BOOT_SERVICES_ABI);
        QCOMPARE(size_t(boot.services->size), sizeof(boot_services));
        QCOMPARE(stateOf(boot).stage, quint8(BM_STAGE_APPLICATION));
    }

    void theRunningSlotCannotBeWritten()
    {
        SimulatedBoot boot(*m_unit);
        const QByteArray before = m_unit->flash;
        const QByteArray data(8, '\0');
        QCOMPARE(boot.services->slot_open(BM_SLOT_A, nullptr, 0, &m_offset), BM_SERVICE_NOT_ALLOWED);
        QCOMPARE(boot.services->slot_erase(BM_SLOT_A, 0), BM_SERVICE_NOT_ALLOWED);
        QCOMPARE(boot.services->slot_program(BM_SLOT_A, 0, data.constData(), 8), BM_SERVICE_NOT_ALLOWED);
        QCOMPARE(boot.services->slot_for_upload(), quint8(BM_SLOT_B));
        QCOMPARE(m_unit->flash, before);
    }

    void noSlotCanBeWrittenDuringATrial()
    {
        std::optional<SimulatedBoot> boot;
        startTrial(boot);
        QCOMPARE(boot->services->slot_for_upload(), quint8(BM_SLOT_NONE));
        QCOMPARE(boot->services->slot_open(BM_SLOT_A, nullptr, 0, &m_offset), BM_SERVICE_NOT_ALLOWED);
        QCOMPARE(boot->services->slot_open(BM_SLOT_B, nullptr, 0, &m_offset), BM_SERVICE_NOT_ALLOWED);
        QCOMPARE(boot->services->slot_erase(BM_SLOT_A, 0), BM_SERVICE_NOT_ALLOWED);
    }

    void nothingBeyondASlotCanBeWrittenOrRead()
    {
        SimulatedBoot boot(*m_unit);
        const QByteArray before = m_unit->flash;
        quint8 bytes[16] = {};
        const quint32 size = m_unit->map.regions[BM_REGION_SLOT_B].size;
        QVERIFY(boot.services->slot_program(BM_SLOT_B, size, bytes, 8) != BM_SERVICE_OK);
        QVERIFY(boot.services->slot_program(BM_SLOT_B, size - 8, bytes, 16) != BM_SERVICE_OK);
        QVERIFY(boot.services->slot_program(BM_SLOT_B, 4, bytes, 8) != BM_SERVICE_OK);
        QVERIFY(boot.services->slot_program(BM_SLOT_B, UINT32_MAX - 7, bytes, 16) != BM_SERVICE_OK);
        QVERIFY(boot.services->slot_erase(BM_SLOT_B, size) != BM_SERVICE_OK);
        QVERIFY(boot.services->slot_erase(BM_SLOT_B, 8) != BM_SERVICE_OK);
        QVERIFY(boot.services->slot_sha256(BM_SLOT_B, size + 1, bytes) != BM_SERVICE_OK);
        QVERIFY(boot.services->slot_open(2, nullptr, 0, &m_offset) != BM_SERVICE_OK);
        QVERIFY(boot.services->slot_erase(255, 0) != BM_SERVICE_OK);
        QCOMPARE(m_unit->flash, before);
    }

    void opensBothSlotsWhenNeitherHoldsAGoodImage()
    {
        m_unit->corrupt(BM_REGION_SLOT_A, 60);
        m_unit->corrupt(BM_REGION_SLOT_B, 60);
        SimulatedBoot boot(*m_unit);
        QCOMPARE(boot.services->slot_for_upload(), quint8(BM_SLOT_A));
        QCOMPARE(boot.services->slot_open(BM_SLOT_B, nullptr, 0, &m_offset), BM_SERVICE_OK);
    }

    void recoveryProtectsTheLastGoodImage()
    {
        m_unit->isButtonHeld = true;
        SimulatedBoot boot(*m_unit);
        QCOMPARE(stateOf(boot).stage, quint8(BM_STAGE_RECOVERY));
        QCOMPARE(boot.services->slot_for_upload(), quint8(BM_SLOT_B));
        QCOMPARE(boot.services->slot_open(BM_SLOT_A, nullptr, 0, &m_offset), BM_SERVICE_NOT_ALLOWED);
    }

    void onlyTheSlotThatWasOpenedCanBeWritten()
    {
        SimulatedBoot boot(*m_unit);
        const QByteArray before = m_unit->flash;
        QCOMPARE(boot.services->slot_erase(BM_SLOT_B, 0), BM_SERVICE_NOT_ALLOWED);
        QCOMPARE(boot.services->slot_open(BM_SLOT_A, nullptr, 0, &m_offset), BM_SERVICE_NOT_ALLOWED);
        QCOMPARE(boot.services->slot_erase(BM_SLOT_A, 0), BM_SERVICE_NOT_ALLOWED);
        QCOMPARE(m_unit->flash, before);
        QCOMPARE(boot.services->slot_open(BM_SLOT_B, nullptr, 0, &m_offset), BM_SERVICE_OK);
        QCOMPARE(boot.services->slot_erase(BM_SLOT_B, 0), BM_SERVICE_OK);
    }

    void theConfirmedImageIsWrittenAgainToItsEnd()
    {
        const BootImage image = {.payload = QByteArray(2600, 'r')};
        const QByteArray bytes = image.bytes().leftJustified(3072, '\xff');
        m_unit->writeImage(BM_SLOT_A, bytes);
        m_unit->confirmSlot(BM_SLOT_A, image.hash(), 1);
        m_unit->corrupt(BM_REGION_SLOT_A, 1500); // only the second sector is damaged
        SimulatedBoot boot(*m_unit);
        QCOMPARE(boot.slot, quint8(BM_SLOT_NONE));
        QCOMPARE(boot.services->slot_open(BM_SLOT_A, nullptr, 0, &m_offset), BM_SERVICE_OK);
        const int kicks = m_unit->kickCount;
        for (quint32 sector = 0; sector < 3072; sector += 1024) {
            QCOMPARE(boot.services->slot_erase(BM_SLOT_A, sector), BM_SERVICE_OK);
            QCOMPARE(boot.services->slot_program(BM_SLOT_A, sector, bytes.constData() + sector, 1024),
                     BM_SERVICE_OK);
        }
        QCOMPARE(m_unit->kickCount, kicks); // nothing is verified for each call
        QCOMPARE(boot.services->slot_for_upload(), quint8(BM_SLOT_B)); // what was rescued is protected
        QCOMPARE(boot.services->slot_open(BM_SLOT_A, nullptr, 0, &m_offset), BM_SERVICE_NOT_ALLOWED);
        QCOMPARE(boot.services->slot_erase(BM_SLOT_A, 0), BM_SERVICE_NOT_ALLOWED);
        QCOMPARE(SimulatedBoot(*m_unit).slot, quint8(BM_SLOT_A));
    }

    void openingAPendingSlotCancelsItsTrialFirst()
    {
        const QByteArray hash = kNew.hash();
        {
            SimulatedBoot boot(*m_unit);
            QCOMPARE(boot.services->request_trial(raw(hash), 0), BM_SERVICE_OK);
            QCOMPARE(boot.services->slot_erase(BM_SLOT_B, 0), BM_SERVICE_NOT_ALLOWED);
            QCOMPARE(boot.services->slot_open(BM_SLOT_B, nullptr, 0, &m_offset), BM_SERVICE_OK);
            QCOMPARE(stateOf(boot).pending, quint8(BM_SLOT_NONE));
            QCOMPARE(boot.services->slot_erase(BM_SLOT_B, 0), BM_SERVICE_OK);
        }
        SimulatedBoot next(*m_unit);
        QCOMPARE(next.slot, quint8(BM_SLOT_A));
        QCOMPARE(stateOf(next).rollback_reason, quint8(BM_ROLLBACK_NONE));
    }

    void refusesATrial_data()
    {
        QTest::addColumn<QByteArray>("image");
        QTest::addColumn<QByteArray>("hash");
        QTest::addColumn<int>("result");
        const BootImage stranger = {.major = 7, .isSignedByStranger = true};
        const BootImage other = {.major = 7, .productClass = QByteArray(16, 'X')};
        const BootImage older = {.major = 7, .rollbackIndex = 0};
        const QByteArray damaged = kNew.bytes().replace(60, 1, "X");
        QTest::newRow("unknown hash") << kNew.bytes() << QByteArray(32, 'h') << int(BM_SERVICE_NOT_FOUND);
        QTest::newRow("damaged") << damaged << kNew.hash() << int(BM_SERVICE_NOT_FOUND);
        QTest::newRow("unknown key") << stranger.bytes() << stranger.hash() << int(BM_SERVICE_IMAGE_REFUSED);
        QTest::newRow("other product") << other.bytes() << other.hash() << int(BM_SERVICE_IMAGE_REFUSED);
        QTest::newRow("too old") << older.bytes() << older.hash() << int(BM_SERVICE_IMAGE_REFUSED);
        QTest::newRow("it runs") << kNew.bytes() << kOld.hash() << int(BM_SERVICE_IMAGE_RUNS);
    }

    void refusesATrial()
    {
        QFETCH(QByteArray, image);
        QFETCH(QByteArray, hash);
        QFETCH(int, result);
        m_unit->writeImage(BM_SLOT_B, image);
        SimulatedBoot boot(*m_unit);
        QCOMPARE(int(boot.services->request_trial(raw(hash), 0)), result);
        QCOMPARE(stateOf(boot).pending, quint8(BM_SLOT_NONE));
    }

    void aTrialIsRequestedOnce()
    {
        const QByteArray hash = kNew.hash();
        SimulatedBoot boot(*m_unit);
        QCOMPARE(boot.services->request_trial(raw(hash), 0), BM_SERVICE_OK);
        const quint32 sequence = stateOf(boot).sequence;
        QCOMPARE(boot.services->request_trial(raw(hash), 0), BM_SERVICE_OK);
        QCOMPARE(stateOf(boot).sequence, sequence);
        QVERIFY(statusOf(boot, BM_SLOT_B).is_pending);
    }

    void confirmationRaisesTheMinimumAndATrialDoesNot()
    {
        std::optional<SimulatedBoot> boot;
        startTrial(boot);
        QCOMPARE(stateOf(*boot).minimum_rollback_index, 1u);
        QVERIFY(!stateOf(*boot).is_confirmed);
        QVERIFY(statusOf(*boot, BM_SLOT_A).is_confirmed);
        QCOMPARE(boot->services->confirm(), BM_SERVICE_OK);
        QCOMPARE(stateOf(*boot).minimum_rollback_index, 2u);
        QVERIFY(stateOf(*boot).is_confirmed);
        QVERIFY(statusOf(*boot, BM_SLOT_B).is_confirmed);
        QVERIFY(!statusOf(*boot, BM_SLOT_A).is_confirmed);
        QCOMPARE(int(statusOf(*boot, BM_SLOT_A).verdict), int(BM_IMAGE_ROLLBACK));
        boot.emplace(*m_unit, BM_RESET_CRASH);
        QCOMPARE(boot->slot, quint8(BM_SLOT_B));
        QVERIFY(!boot->isTrial());
    }

    void confirmingTwiceWritesOnce()
    {
        std::optional<SimulatedBoot> boot;
        startTrial(boot);
        QCOMPARE(boot->services->confirm(), BM_SERVICE_OK);
        const quint32 sequence = stateOf(*boot).sequence;
        QCOMPARE(boot->services->confirm(), BM_SERVICE_OK);
        QCOMPARE(stateOf(*boot).sequence, sequence);
    }

    void aConfirmationThatCannotBeWrittenIsNone()
    {
        std::optional<SimulatedBoot> boot;
        startTrial(boot);
        m_unit->isFlashDead = true;
        QCOMPARE(boot->services->confirm(), BM_SERVICE_FLASH_FAILED);
        QVERIFY(!stateOf(*boot).is_confirmed);
        QCOMPARE(stateOf(*boot).minimum_rollback_index, 1u);
    }

    void recoveryConfirmsNothing()
    {
        m_unit->isButtonHeld = true;
        SimulatedBoot boot(*m_unit);
        QCOMPARE(boot.services->confirm(), BM_SERVICE_NOT_ON_TRIAL);
    }

    void aRevertNamesItsReason_data()
    {
        QTest::addColumn<int>("asked");
        QTest::addColumn<int>("recorded");
        QTest::newRow("health") << int(BM_REVERT_REASON_HEALTH) << int(BM_ROLLBACK_HEALTH);
        QTest::newRow("person") << int(BM_REVERT_REASON_REQUESTED) << int(BM_ROLLBACK_REQUESTED);
    }

    void aRevertNamesItsReason()
    {
        QFETCH(int, asked);
        QFETCH(int, recorded);
        std::optional<SimulatedBoot> boot;
        startTrial(boot);
        QCOMPARE(boot->services->revert(quint32(asked)), BM_SERVICE_OK);
        QCOMPARE(boot->services->confirm(), BM_SERVICE_NOT_ON_TRIAL);
        boot.emplace(*m_unit, BM_RESET_WATCHDOG);
        QCOMPARE(boot->slot, quint8(BM_SLOT_A));
        QCOMPARE(int(stateOf(*boot).rollback_reason), recorded);
    }

    void aRevertEndsAllTrialsThatAreLeft()
    {
        m_unit->timing.trials = 3;
        std::optional<SimulatedBoot> boot;
        startTrial(boot);
        QCOMPARE(boot->services->revert(BM_REVERT_REASON_REQUESTED), BM_SERVICE_OK);
        boot.emplace(*m_unit, BM_RESET_REQUESTED);
        QCOMPARE(boot->slot, quint8(BM_SLOT_A));
    }

    void aRevertBeforeTheTrialCancelsIt()
    {
        const QByteArray hash = kNew.hash();
        SimulatedBoot boot(*m_unit);
        QCOMPARE(boot.services->revert(BM_REVERT_REASON_REQUESTED), BM_SERVICE_NOT_ON_TRIAL);
        boot.services->request_trial(raw(hash), 0);
        QCOMPARE(boot.services->revert(BM_REVERT_REASON_REQUESTED), BM_SERVICE_OK);
        QCOMPARE(stateOf(boot).pending, quint8(BM_SLOT_NONE));
        QCOMPARE(stateOf(boot).rollback_reason, quint8(BM_ROLLBACK_NONE));
    }

    void aRevertWantsAKnownReason()
    {
        std::optional<SimulatedBoot> boot;
        startTrial(boot);
        QCOMPARE(boot->services->revert(0), BM_SERVICE_INVALID);
        QCOMPARE(boot->services->revert(3), BM_SERVICE_INVALID);
    }

    void aTrialExpires()
    {
        std::optional<SimulatedBoot> boot;
        startTrial(boot);
        m_unit->now += m_unit->timing.trial_limit_ms - 1;
        const int kicks = m_unit->kickCount;
        boot->services->watchdog_kick();
        QCOMPARE(m_unit->kickCount, kicks + 1);
        m_unit->now += 1;
        boot->services->watchdog_kick();
        boot->services->watchdog_kick();
        QCOMPARE(m_unit->kickCount, kicks + 1);
        QCOMPARE(boot->services->confirm(), BM_SERVICE_NOT_ON_TRIAL);
        boot.emplace(*m_unit, BM_RESET_WATCHDOG);
        QCOMPARE(boot->slot, quint8(BM_SLOT_A));
        QCOMPARE(stateOf(*boot).rollback_reason, quint8(BM_ROLLBACK_EXPIRED));
    }

    void kicksTheWatchdogWhileItHashes_data()
    {
        QTest::addColumn<bool>("isConfirmedFirst");
        QTest::addColumn<bool>("isAskedForTheHash");
        QTest::newRow("image list on trial") << false << false;
        QTest::newRow("image list once confirmed") << true << false;
        QTest::newRow("hash on trial") << false << true;
    }

    void kicksTheWatchdogWhileItHashes()
    {
        QFETCH(bool, isConfirmedFirst);
        QFETCH(bool, isAskedForTheHash);
        const BootImage large = {.payload = QByteArray(3500, 'l')};
        m_unit->writeImage(BM_SLOT_A, large.bytes());
        m_unit->confirmSlot(BM_SLOT_A, large.hash(), 1);
        std::optional<SimulatedBoot> boot;
        startTrial(boot);
        if (isConfirmedFirst) {
            QCOMPARE(boot->services->confirm(), BM_SERVICE_OK);
        }
        const int kicks = m_unit->kickCount;
        quint8 hash[BM_HASH_SIZE];
        if (isAskedForTheHash) {
            QCOMPARE(boot->services->slot_sha256(BM_SLOT_A, 3500, hash), BM_SERVICE_OK);
        } else {
            QVERIFY(statusOf(*boot, BM_SLOT_A).is_intact);
        }
        QVERIFY(m_unit->kickCount > kicks);
    }

    void hashingDoesNotOutliveTheTrial()
    {
        std::optional<SimulatedBoot> boot;
        startTrial(boot);
        m_unit->now += m_unit->timing.trial_limit_ms;
        const int kicks = m_unit->kickCount;
        quint8 hash[BM_HASH_SIZE];
        QCOMPARE(boot->services->slot_sha256(BM_SLOT_A, 300, hash), BM_SERVICE_OK);
        QCOMPARE(m_unit->kickCount, kicks);
    }

    void aConfirmedTrialDoesNotExpire()
    {
        std::optional<SimulatedBoot> boot;
        startTrial(boot);
        boot->services->confirm();
        m_unit->now += 10 * m_unit->timing.trial_limit_ms;
        const int kicks = m_unit->kickCount;
        boot->services->watchdog_kick();
        QCOMPARE(m_unit->kickCount, kicks + 1);
    }

    void aRolledBackImageIsTriedAgainOnlyByForce()
    {
        const QByteArray hash = kNew.hash();
        std::optional<SimulatedBoot> boot;
        startTrial(boot);
        boot.emplace(*m_unit, BM_RESET_CRASH);
        QCOMPARE(stateOf(*boot).rollback_reason, quint8(BM_ROLLBACK_CRASHED));
        QCOMPARE(boot->services->request_trial(raw(hash), 0), BM_SERVICE_ROLLED_BACK);
        QCOMPARE(stateOf(*boot).rollback_reason, quint8(BM_ROLLBACK_CRASHED));
        QCOMPARE(boot->services->request_trial(raw(hash), BM_TRIAL_FORCE), BM_SERVICE_OK);
        QCOMPARE(stateOf(*boot).rollback_reason, quint8(BM_ROLLBACK_NONE));
        QVERIFY(!stateOf(*boot).has_rolled_back);
    }

    void evidenceIsReadInPages()
    {
        for (int i = 0; i < 90; ++i) { // the region holds 64 events, and at least 32 of them stay
            SimulatedBoot boot(*m_unit);
        }
        SimulatedBoot boot(*m_unit);
        bm_evidence_event events[8];
        quint32 expected = 0;
        quint32 from = 0;
        int total = 0;
        for (;;) {
            const size_t count = boot.services->evidence(from, events, 8);
            if (count == 0) {
                break;
            }
            for (size_t i = 0; i < count; ++i) {
                QVERIFY(expected == 0 || events[i].sequence == expected);
                expected = events[i].sequence + 1;
                ++total;
            }
            from = expected;
        }
        // 91 boots, and the confirmation once in each sector.
        QCOMPARE(expected, 91u + 3u + 1u);
        QVERIFY(total >= 32);
    }
};

QTEST_GUILESS_MAIN(TestBootServices)
#include "tst_boot_services.moc"
