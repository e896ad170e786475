// SPDX-License-Identifier: Apache-2.0
#include "tests/support/boot_image.h"
#include "tests/support/simulated_unit.h"

#include <QTest>

#include <optional>

using testing::BootImage;
using testing::SimulatedBoot;
using testing::SimulatedUnit;
using testing::TestKey;

namespace {

const BootImage kImage = {.major = 1, .rollbackIndex = 1};

/// What a recovery key signs; written out here, so that a change of the wire is noticed.
QByteArray messageFor(const QByteArray &challenge, char deviceId = 'D')
{
    return QByteArray("bootmend unlock", 16) + QByteArray(16, deviceId) + challenge;
}

const quint8 *raw(const QByteArray &bytes)
{
    return reinterpret_cast<const quint8 *>(bytes.constData());
}

} // namespace

class TestUnlock : public QObject
{
    Q_OBJECT

private:
    std::optional<SimulatedUnit> m_unit;
    std::optional<SimulatedBoot> m_boot;

    void bootIntoRecovery()
    {
        m_unit->isButtonHeld = true;
        m_boot.emplace(*m_unit);
    }

    QByteArray challenge()
    {
        QByteArray bytes(BM_CHALLENGE_SIZE, '\0');
        m_boot->services->challenge(reinterpret_cast<quint8 *>(bytes.data()));
        return bytes;
    }

    bm_service_result unlockBy(TestKey key)
    {
        return answer(testing::signatureBy(key, messageFor(challenge())));
    }
    bm_service_result answer(const QByteArray &signature) { return m_boot->services->unlock(raw(signature)); }

    QByteArray region(bm_region region) const
    {
        return m_unit->flash.mid(m_unit->regionOffset(region), m_unit->map.regions[region].size);
    }

    bool isErased(bm_region which) const { return region(which).count('\xff') == region(which).size(); }

private Q_SLOTS:
    void init()
    {
        m_unit.emplace();
        m_unit->provision();
        m_unit->writeImage(BM_SLOT_A, kImage.bytes());
        m_unit->confirmSlot(BM_SLOT_A, kImage.hash(), 1);
        bootIntoRecovery();
    }

    void aRecoveryKeyUnlocksUntilTheReset()
    {
        bm_boot_state state = {};
        QCOMPARE(unlockBy(TestKey::Recovery), BM_SERVICE_OK);
        m_boot->services->boot_state(&state);
        QVERIFY(state.is_unlocked);
        bootIntoRecovery();
        m_boot->services->boot_state(&state);
        QVERIFY(!state.is_unlocked);
    }

    void noOtherKeyDoes_data()
    {
        QTest::addColumn<int>("key");
        QTest::newRow("boot key") << int(TestKey::Boot);
        QTest::newRow("revoked key") << int(TestKey::Revoked);
    }

    void noOtherKeyDoes()
    {
        QFETCH(int, key);
        QCOMPARE(unlockBy(TestKey(key)), BM_SERVICE_SIGNATURE_WRONG);
        QCOMPARE(m_boot->services->region_erase(BM_REGION_SLOT_A), BM_SERVICE_LOCKED);
    }

    void anAnswerCountsOnce()
    {
        const QByteArray first = challenge();
        const QByteArray signature = testing::signatureBy(TestKey::Recovery, messageFor(first));
        const QByteArray second = challenge(); // the first one no longer counts
        QVERIFY(first != second);
        QCOMPARE(answer(signature), BM_SERVICE_SIGNATURE_WRONG);
        QCOMPARE(answer(testing::signatureBy(TestKey::Recovery, messageFor(second))),
                 BM_SERVICE_SIGNATURE_WRONG);
        QCOMPARE(unlockBy(TestKey::Recovery), BM_SERVICE_OK);
    }

    void anAnswerIsForOneUnitAndOneBoot()
    {
        const QByteArray old = challenge();
        QCOMPARE(answer(testing::signatureBy(TestKey::Recovery, messageFor(old, 'X'))),
                 BM_SERVICE_SIGNATURE_WRONG);
        const QByteArray signature = testing::signatureBy(TestKey::Recovery, messageFor(challenge()));
        bootIntoRecovery();
        QVERIFY(challenge() != old);
        QCOMPARE(answer(signature), BM_SERVICE_SIGNATURE_WRONG);
    }

    void aLockedUnitErasesNothing()
    {
        const QByteArray before = m_unit->flash;
        for (quint32 region = 0; region < BM_REGION_COUNT + 2; ++region) {
            QVERIFY(m_boot->services->region_erase(region) != BM_SERVICE_OK);
        }
        QCOMPARE(m_unit->flash, before);
    }

    void stateAndIdentityAreNeverErased()
    {
        QCOMPARE(unlockBy(TestKey::Recovery), BM_SERVICE_OK);
        QCOMPARE(m_boot->services->region_erase(BM_REGION_STATE), BM_SERVICE_NOT_ALLOWED);
        QCOMPARE(m_boot->services->region_erase(BM_REGION_IDENTITY), BM_SERVICE_NOT_ALLOWED);
        QCOMPARE(m_boot->services->region_erase(BM_REGION_COUNT), BM_SERVICE_NOT_ALLOWED);
        QCOMPARE(m_boot->services->region_erase(UINT32_MAX), BM_SERVICE_NOT_ALLOWED);
    }

    void anUnlockedUnitErasesItsLastGoodImage()
    {
        QCOMPARE(unlockBy(TestKey::Recovery), BM_SERVICE_OK);
        QCOMPARE(m_boot->services->region_erase(BM_REGION_SLOT_A), BM_SERVICE_OK);
        QVERIFY(isErased(BM_REGION_SLOT_A));
        m_unit->isButtonHeld = false;
        QVERIFY(SimulatedBoot(*m_unit).isRecovery());
    }

    void theEvidenceTellsThatItWasErased()
    {
        const quint32 boots = m_boot->session.boots;
        QCOMPARE(unlockBy(TestKey::Recovery), BM_SERVICE_OK);
        QCOMPARE(m_boot->services->region_erase(BM_REGION_EVIDENCE), BM_SERVICE_OK);
        bm_evidence_event events[4];
        QVERIFY(m_boot->services->evidence(0, events, 4) >= 1);
        QCOMPARE(events[0].kind, quint8(BM_EVIDENCE_ERASED));
        QCOMPARE(events[0].code, quint8(BM_REGION_EVIDENCE));
        bootIntoRecovery();
        QCOMPARE(m_boot->session.boots, boots + 1);
    }

    void anApplicationErasesNothing()
    {
        m_unit->isButtonHeld = false;
        m_boot.emplace(*m_unit);
        QCOMPARE(unlockBy(TestKey::Recovery), BM_SERVICE_OK);
        QCOMPARE(m_boot->services->region_erase(BM_REGION_SLOT_B), BM_SERVICE_NOT_ALLOWED);
    }

    void theIdentityIsWrittenOnce()
    {
        m_unit.emplace();
        bootIntoRecovery();
        bm_identity identity = {};
        std::strcpy(identity.product, "bench-sensor");
        std::strcpy(identity.serial, "BM-0002");
        QCOMPARE(m_boot->services->identity_write(&identity), BM_SERVICE_OK);
        bm_identity read = {};
        QCOMPARE(m_boot->services->identity(&read), BM_SERVICE_OK);
        QCOMPARE(std::memcmp(&read, &identity, sizeof read), 0);
        identity.serial[0] = 'X';
        QCOMPARE(m_boot->services->identity_write(&identity), BM_SERVICE_PROVISIONED);
        bootIntoRecovery();
        QCOMPARE(m_boot->services->identity(&read), BM_SERVICE_OK);
        QCOMPARE(read.serial[0], 'B');
    }

    void aDamagedIdentityIsForARecoveryKey()
    {
        m_unit->corrupt(BM_REGION_IDENTITY, 20);
        bootIntoRecovery();
        bm_identity identity = {};
        QCOMPARE(m_boot->services->identity(&identity), BM_SERVICE_NOT_PROVISIONED);
        QCOMPARE(m_boot->services->identity_write(&identity), BM_SERVICE_LOCKED);
        const QByteArray signature = testing::signatureBy(TestKey::Recovery, messageFor(challenge(), '\0'));
        QCOMPARE(answer(signature), BM_SERVICE_OK);
        QCOMPARE(m_boot->services->identity_write(&identity), BM_SERVICE_OK);
    }

    void anIdentityThatWasCutShortIsWrittenAgain()
    {
        bm_identity identity = {};
        std::strcpy(identity.product, "bench-sensor");
        for (const int bytes : {0, 1, 8, 80, 136, 140}) { // the CRC is behind them
            m_unit.emplace();
            bootIntoRecovery();
            m_unit->cutPowerAt(1, bytes); // behind the erase
            QVERIFY(m_boot->services->identity_write(&identity) != BM_SERVICE_OK);
            m_unit->restorePower();
            bootIntoRecovery();
            QCOMPARE(m_boot->services->identity_write(&identity), BM_SERVICE_OK);
        }
    }
};

QTEST_GUILESS_MAIN(TestUnlock)
#include "tst_unlock.moc"
