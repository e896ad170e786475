// SPDX-License-Identifier: Apache-2.0
#include "tests/support/boot_image.h"
#include "tests/support/served_unit.h"

#include <QTest>

using testing::BootImage;
using testing::ServedUnit;
using testing::SimulatedUnit;
using testing::TestKey;

namespace {

const BootImage kOld = {.major = 1, .rollbackIndex = 1};
const BootImage kNew = {.major = 2, .rollbackIndex = 2};

const QString kRc = QStringLiteral("rc");
const QString kRegion = QStringLiteral("region");
const QString kOff = QStringLiteral("off");
const QString kLen = QStringLiteral("len");
const QString kSig = QStringLiteral("sig");
const QString kHash = QStringLiteral("hash");
const QString kForce = QStringLiteral("force");

constexpr int kRead = 0;
constexpr int kWrite = 2;

QCborMap ownError(unsigned code)
{
    return {{QStringLiteral("err"), QCborMap{{QStringLiteral("group"), 64}, {kRc, int(code)}}}};
}

const QCborMap kInvalid = {{kRc, 3}};

QCborMap goodIdentity()
{
    return {{QStringLiteral("product"), QStringLiteral("bench-sensor")},
            {QStringLiteral("hw"), QStringLiteral("revA")},
            {QStringLiteral("serial"), QStringLiteral("BM-0042")},
            {QStringLiteral("device_id"), QByteArray(16, 'd')},
            {QStringLiteral("vendor"), QByteArray(16, 'V')},
            {QStringLiteral("class"), QByteArray(16, 'C')}};
}

} // namespace

/// What the server does for a unit in recovery mode: identity, unlock, regions, configuration, forced trials.
class TestSmpRecovery : public QObject
{
    Q_OBJECT

private:
    std::unique_ptr<SimulatedUnit> m_unit;
    std::unique_ptr<ServedUnit> m_served;

    QCborMap ask(int operation, int group, int command, const QCborMap &request = {}, int version = 1)
    {
        return m_served->ask(operation, group, command, request, version)
            .value_or(QCborMap{{QStringLiteral("no answer"), true}});
    }

    QCborMap own(int operation, int command, const QCborMap &request = {})
    {
        return ask(operation, 64, command, request);
    }

    QByteArray challenge() { return own(kRead, BM_SMP_UNLOCK)[QStringLiteral("challenge")].toByteArray(); }

    QByteArray signatureOfChallenge(TestKey key)
    {
        return testing::signatureBy(key,
                                    QByteArray("bootmend unlock", 16) + QByteArray(16, 'D') + challenge());
    }

    void unlock()
    {
        QCOMPARE(own(kWrite, BM_SMP_UNLOCK, {{kSig, signatureOfChallenge(TestKey::Recovery)}}), QCborMap());
    }

    QByteArray region(bm_region which) const
    {
        return m_unit->flash.mid(m_unit->regionOffset(which), m_unit->map.regions[which].size);
    }

    void bootWithoutIdentity()
    {
        m_unit = std::make_unique<SimulatedUnit>();
        m_unit->isButtonHeld = true;
        m_served = std::make_unique<ServedUnit>(*m_unit);
    }

private Q_SLOTS:
    void init()
    {
        m_unit = std::make_unique<SimulatedUnit>();
        m_unit->provision();
        m_unit->writeImage(BM_SLOT_A, kOld.bytes());
        m_unit->writeImage(BM_SLOT_B, kNew.bytes());
        m_unit->confirmSlot(BM_SLOT_A, kOld.hash(), 1);
        m_unit->isButtonHeld = true;
        m_served = std::make_unique<ServedUnit>(*m_unit);
    }

    void cleanup() { QVERIFY(!m_unit->brokeFlashRule); }

    void saysWhyItIsInRecovery()
    {
        const QString cause = QStringLiteral("cause");
        QCOMPARE(own(kRead, BM_SMP_BOOT_STATE)[cause].toInteger(), int(BM_RECOVERY_REQUESTED));
        m_unit->isButtonHeld = false;
        m_served->boot();
        const QCborMap running = own(kRead, BM_SMP_BOOT_STATE);
        QCOMPARE(running[QStringLiteral("stage")].toString(), QStringLiteral("application"));
        QVERIFY(running[cause].isUndefined());
        m_unit->corrupt(BM_REGION_SLOT_A, 60);
        m_unit->corrupt(BM_REGION_SLOT_B, 60);
        m_served->boot();
        QCOMPARE(own(kRead, BM_SMP_BOOT_STATE)[cause].toInteger(), int(BM_RECOVERY_NO_IMAGE));
    }

    void tellsWhereImagesRun()
    {
        const QCborMap query = {{QStringLiteral("query"), QStringLiteral("mode")}};
        QCOMPARE(ask(kRead, 0, 8, query), (QCborMap{{QStringLiteral("mode"), 6}}));
        m_served->services().boot_state = [](bm_boot_state *state) {
            *state = {};
            return BM_SERVICE_OK;
        };
        QCOMPARE(ask(kRead, 0, 8, query), (QCborMap{{QStringLiteral("mode"), 5}}));
    }

    // --- Unlock ---

    void unlocksByASignedChallenge()
    {
        const QString unlocked = QStringLiteral("unlocked");
        QVERIFY(own(kRead, BM_SMP_BOOT_STATE)[unlocked].isUndefined());
        QCOMPARE(challenge().size(), qsizetype(BM_CHALLENGE_SIZE));
        unlock();
        QVERIFY(own(kRead, BM_SMP_BOOT_STATE)[unlocked].isTrue());
        m_served->boot();
        QVERIFY(own(kRead, BM_SMP_BOOT_STATE)[unlocked].isUndefined());
    }

    void refusesAnUnlock()
    {
        const QCborMap wrong = ownError(BM_SMP_ERR_WRONG_SIGNATURE);
        const auto unlockWith = [this](const QCborValue &signature) {
            return own(kWrite, BM_SMP_UNLOCK, {{kSig, signature}});
        };
        QCOMPARE(unlockWith(QByteArray(64, 's')), wrong); // nobody asked for a challenge
        QCOMPARE(unlockWith(signatureOfChallenge(TestKey::Boot)), wrong);
        const QByteArray older = signatureOfChallenge(TestKey::Recovery);
        challenge();
        QCOMPARE(unlockWith(older), wrong);
        const QByteArray good = signatureOfChallenge(TestKey::Recovery);
        QCOMPARE(unlockWith(good.first(63)), kInvalid);
        QCOMPARE(unlockWith(good + 'x'), kInvalid);
        QCOMPARE(unlockWith(QStringLiteral("sig")), kInvalid);
        QCOMPARE(own(kWrite, BM_SMP_UNLOCK), kInvalid);
        QCOMPARE(unlockWith(good), QCborMap()); // what was no signature has not used the challenge up
        QCOMPARE(ask(kWrite, 64, BM_SMP_UNLOCK, {{kSig, good}}, 0), (QCborMap{{kRc, 6}})); // SMP v1
    }

    // --- Regions ---

    void readsRegionsOfAnUnlockedUnit()
    {
        unlock();
        for (int which = 0; which < BM_REGION_COUNT; ++which) {
            const QByteArray content = region(bm_region(which));
            QByteArray read;
            while (read.size() < content.size()) {
                const QCborMap answer =
                    own(kRead, BM_SMP_REGION, {{kRegion, which}, {kOff, read.size()}, {kLen, 256}});
                const QByteArray data = answer[QStringLiteral("data")].toByteArray();
                QCOMPARE(data.size(), 256);
                read += data;
            }
            QCOMPARE(read, content);
        }
    }

    void readsNoRegionOfALockedUnit()
    {
        const QCborMap locked = ownError(BM_SMP_ERR_LOCKED);
        QCOMPARE(own(kRead, BM_SMP_REGION, {{kRegion, 5}, {kOff, 0}, {kLen, 1}}), locked);
        QCOMPARE(own(kRead, BM_SMP_REGION, {{kRegion, 99}, {kOff, 0}, {kLen, 1}}), locked);
    }

    void readsNothingOutsideARegion_data()
    {
        QTest::addColumn<QCborMap>("request");
        const auto row = [](const char *name, qint64 region, qint64 offset, qint64 length) {
            QTest::newRow(name) << QCborMap{{kRegion, region}, {kOff, offset}, {kLen, length}};
        };
        row("no such region", BM_REGION_COUNT, 0, 1);
        row("region beyond 32 bits", Q_INT64_C(0x100000005), 0, 1);
        row("more than an answer holds", BM_REGION_SLOT_A, 0, 257);
        row("behind the end", BM_REGION_SLOT_B, 4097, 0);
        row("over the end", BM_REGION_SLOT_B, 4000, 97);
        row("around the end of numbers", BM_REGION_SLOT_B, 0xffffffff, 2);
        row("longest", BM_REGION_SLOT_B, 0, 0xffffffff);
        QTest::newRow("no length") << QCborMap{{kRegion, 5}, {kOff, 0}};
        QTest::newRow("no offset") << QCborMap{{kRegion, 5}, {kLen, 1}};
        QTest::newRow("no region") << QCborMap{{kOff, 0}, {kLen, 1}};
    }

    void readsNothingOutsideARegion()
    {
        QFETCH(QCborMap, request);
        unlock();
        QCOMPARE(own(kRead, BM_SMP_REGION, request), kInvalid);
    }

    void readsUpToTheEndOfARegion()
    {
        unlock();
        const auto data = [this](int offset, int length) {
            return own(kRead, BM_SMP_REGION, {{kRegion, BM_REGION_SLOT_B}, {kOff, offset}, {kLen, length}});
        };
        QCOMPARE(data(4095, 1), (QCborMap{{QStringLiteral("data"), QByteArray(1, '\xff')}}));
        QCOMPARE(data(4096, 0), (QCborMap{{QStringLiteral("data"), QByteArray("")}}));
    }

    void erasesRegionsOfAnUnlockedUnit()
    {
        const QCborMap slotB = {{kRegion, BM_REGION_SLOT_B}};
        QByteArray before = m_unit->flash;
        QCOMPARE(own(kWrite, BM_SMP_REGION, slotB), ownError(BM_SMP_ERR_LOCKED));
        QCOMPARE(m_unit->flash, before);
        unlock();
        before = m_unit->flash;
        for (const bm_region kept : {BM_REGION_STATE, BM_REGION_IDENTITY, BM_REGION_COUNT}) {
            QCOMPARE(own(kWrite, BM_SMP_REGION, {{kRegion, kept}}), ownError(BM_SMP_ERR_NOT_ALLOWED));
        }
        QCOMPARE(own(kWrite, BM_SMP_REGION), kInvalid);
        QCOMPARE(m_unit->flash, before);
        QCOMPARE(own(kWrite, BM_SMP_REGION, slotB), QCborMap());
        QCOMPARE(region(BM_REGION_SLOT_B), QByteArray(4096, '\xff'));
        QCOMPARE(region(BM_REGION_SLOT_A).first(kOld.bytes().size()), kOld.bytes());
    }

    void erasesNothingWhileAnApplicationRuns()
    {
        m_unit->isButtonHeld = false;
        m_served->boot();
        const QByteArray before = m_unit->flash;
        QCOMPARE(own(kWrite, BM_SMP_REGION, {{kRegion, BM_REGION_SLOT_B}}), ownError(BM_SMP_ERR_NOT_ALLOWED));
        QCOMPARE(m_unit->flash, before);
    }

    void anEraseEndsTheUploadIntoThatRegion()
    {
        const QByteArray image = kNew.bytes();
        const QCborMap first = {{kOff, 0}, {kLen, image.size()}, {QStringLiteral("data"), image.first(200)}};
        QCOMPARE(ask(kWrite, 1, 1, first), (QCborMap{{kOff, 200}}));
        unlock();
        QCOMPARE(own(kWrite, BM_SMP_REGION, {{kRegion, BM_REGION_SLOT_B}}), QCborMap());
        QCOMPARE(ask(kWrite, 1, 1, {{kOff, 200}, {QStringLiteral("data"), image.mid(200, 100)}}),
                 (QCborMap{{kOff, 0}}));
        QCOMPARE(region(BM_REGION_SLOT_B), QByteArray(4096, '\xff'));
    }

    // --- Identity ---

    void writesTheIdentityOnce()
    {
        bootWithoutIdentity();
        QCOMPARE(own(kRead, BM_SMP_IDENTITY), ownError(BM_SMP_ERR_NOT_PROVISIONED));
        QCOMPARE(own(kWrite, BM_SMP_IDENTITY, goodIdentity()), QCborMap());
        const QCborMap identity = own(kRead, BM_SMP_IDENTITY);
        for (const char *key : {"product", "hw", "serial", "device_id", "class"}) {
            QCOMPARE(identity[QLatin1String(key)], goodIdentity()[QLatin1String(key)]);
        }
        const QByteArray before = m_unit->flash;
        QCborMap other = goodIdentity();
        other[QStringLiteral("serial")] = QStringLiteral("BM-0043");
        QCOMPARE(own(kWrite, BM_SMP_IDENTITY, other), ownError(BM_SMP_ERR_PROVISIONED));
        QCOMPARE(m_unit->flash, before);
        m_served->boot();
        QCOMPARE(own(kRead, BM_SMP_IDENTITY), identity);
    }

    void refusesHalfAnIdentity_data()
    {
        QTest::addColumn<QString>("key");
        QTest::addColumn<QCborValue>("value");
        const QCborMap good = goodIdentity();
        for (auto field = good.begin(); field != good.end(); ++field) {
            const QString key = field.key().toString();
            const QByteArray name = key.toLatin1();
            QTest::addRow("no %s", name.constData()) << key << QCborValue(QCborValue::Undefined);
            if (field.value().isByteArray()) {
                QTest::addRow("short %s", name.constData()) << key << QCborValue(QByteArray(15, 'x'));
                QTest::addRow("long %s", name.constData()) << key << QCborValue(QByteArray(17, 'x'));
                QTest::addRow("%s as text", name.constData())
                    << key << QCborValue(QString(16, QLatin1Char('x')));
                continue;
            }
            const int size = key == QLatin1String("hw") ? int(BM_HARDWARE_SIZE) : int(BM_SERIAL_SIZE);
            QTest::addRow("empty %s", name.constData()) << key << QCborValue(QString());
            QTest::addRow("%s without its zero byte", name.constData())
                << key << QCborValue(QString(size, QLatin1Char('x')));
            QTest::addRow("far too long %s", name.constData())
                << key << QCborValue(QString(300, QLatin1Char('x')));
            QTest::addRow("zero byte in %s", name.constData())
                << key << QCborValue(QStringLiteral("a") + QChar(0) + QLatin1Char('b'));
        }
    }

    void refusesHalfAnIdentity()
    {
        QFETCH(QString, key);
        QFETCH(QCborValue, value);
        bootWithoutIdentity();
        QCborMap identity = goodIdentity();
        identity.remove(key);
        if (!value.isUndefined()) {
            identity.insert(key, value);
        }
        const QByteArray before = m_unit->flash;
        QCOMPARE(own(kWrite, BM_SMP_IDENTITY, identity), kInvalid);
        QCOMPARE(m_unit->flash, before);
    }

    void takesTheLongestTexts()
    {
        bootWithoutIdentity();
        QCborMap identity = goodIdentity();
        identity[QStringLiteral("product")] = QString(31, QLatin1Char('p'));
        identity[QStringLiteral("hw")] = QString(15, QLatin1Char('h'));
        identity[QStringLiteral("serial")] = QString(31, QLatin1Char('s'));
        QCOMPARE(own(kWrite, BM_SMP_IDENTITY, identity), QCborMap());
        QCOMPARE(own(kRead, BM_SMP_IDENTITY)[QStringLiteral("serial")].toString(),
                 QString(31, QLatin1Char('s')));
    }

    // --- Configuration ---

    void tellsTheConfigurationThatIsFound()
    {
        QCOMPARE(own(kRead, BM_SMP_CONFIG), ownError(BM_SMP_ERR_NO_CONFIG));
        QCOMPARE(ask(kRead, 64, BM_SMP_CONFIG, {}, 0), (QCborMap{{kRc, 5}}));
        const QByteArray data = "interval=5";
        const boot_services &services = m_served->services();
        QCOMPARE(services.config_open(7, quint32(data.size())), BM_SERVICE_OK);
        QCOMPARE(services.config_append(data.constData(), quint32(data.size())), BM_SERVICE_OK);
        QCOMPARE(services.config_commit(), BM_SERVICE_OK);
        bm_config found = {};
        QCOMPARE(services.config_find(UINT32_MAX, &found), BM_SERVICE_OK);
        QCOMPARE(own(kRead, BM_SMP_CONFIG),
                 (QCborMap{{QStringLiteral("schema"), 7},
                           {QStringLiteral("seq"), qint64(found.sequence)},
                           {kLen, data.size()},
                           {kRegion, int(found.region)}}));
    }

    // --- Trials ---

    void triesARolledBackImageOnlyWhenForced()
    {
        m_unit->isButtonHeld = false;
        m_served->boot();
        QVERIFY(ask(kWrite, 1, 0, {{kHash, kNew.hash()}}).contains(QStringLiteral("images")));
        m_served->boot(BM_RESET_REQUESTED);
        m_served->boot(BM_RESET_CRASH);
        QCOMPARE(ask(kWrite, 1, 0, {{kHash, kNew.hash()}}), ownError(BM_SMP_ERR_ROLLED_BACK));
        QCOMPARE(ask(kWrite, 1, 0, {{kHash, kNew.hash()}, {kForce, false}}),
                 ownError(BM_SMP_ERR_ROLLED_BACK));
        QCOMPARE(ask(kWrite, 1, 0, {{kHash, kNew.hash()}, {kForce, 1}}), kInvalid);
        QVERIFY(ask(kWrite, 1, 0, {{kHash, kNew.hash()}, {kForce, true}}).contains(QStringLiteral("images")));
        m_served->boot(BM_RESET_REQUESTED);
        QVERIFY(m_served->current().isTrial());
    }
};

QTEST_GUILESS_MAIN(TestSmpRecovery)
#include "tst_smp_recovery.moc"
