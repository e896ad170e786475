// SPDX-License-Identifier: Apache-2.0
#include "bootmend/device_wire.h"
#include "tests/support/boot_image.h"
#include "tests/support/served_unit.h"

#include <QCborArray>
#include <QTest>

using testing::BootImage;
using testing::ServedUnit;
using testing::SimulatedUnit;

namespace {

const BootImage kOld = {.major = 1, .minor = 2, .revision = 3, .rollbackIndex = 1};
const BootImage kNew = {.major = 2, .build = 9, .rollbackIndex = 2};

const QString kRc = QStringLiteral("rc");
const QString kHash = QStringLiteral("hash");
const QString kConfirm = QStringLiteral("confirm");

void prepare(SimulatedUnit &unit)
{
    unit.provision();
    unit.writeImage(BM_SLOT_A, kOld.bytes());
    unit.writeImage(BM_SLOT_B, kNew.bytes());
    unit.confirmSlot(BM_SLOT_A, kOld.hash(), 1);
}

bool twoChecks(uint32_t number, health_check *check)
{
    const health_check all[] = {{.name = "sensor", .detail = "no answer", .is_ok = false},
                                {.name = "storage", .detail = nullptr, .is_ok = true}};
    if (number >= std::size(all)) {
        return false;
    }
    *check = all[number];
    return true;
}

QCborMap groupError(int group, int code)
{
    return {{QStringLiteral("err"), QCborMap{{QStringLiteral("group"), group}, {kRc, code}}}};
}

} // namespace

class TestSmpServer : public QObject
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

    QCborMap image(int slot)
    {
        const QCborArray images = ask(0, 1, 0)[QStringLiteral("images")].toArray();
        for (const QCborValue &entry : images) {
            if (entry.toMap()[QStringLiteral("slot")].toInteger() == slot) {
                return entry.toMap();
            }
        }
        return {};
    }

private Q_SLOTS:
    void init()
    {
        m_unit = std::make_unique<SimulatedUnit>();
        prepare(*m_unit);
        m_served = std::make_unique<ServedUnit>(*m_unit, twoChecks);
    }

    void echoes()
    {
        const QCborMap request = {{QStringLiteral("d"), QStringLiteral("grüße")}};
        const QCborMap answer = {{QStringLiteral("r"), QStringLiteral("grüße")}};
        QCOMPARE(ask(2, 0, 0, request), answer);
        QCOMPARE(ask(0, 0, 0, request), answer);
        QCOMPARE(ask(2, 0, 0, request, 0), answer);
        QCOMPARE(ask(2, 0, 0), (QCborMap{{kRc, 3}}));
    }

    void saysWhenTheAnswerIsTooLong()
    {
        const QCborMap request = {{QStringLiteral("d"), QString(400, QLatin1Char('x'))}};
        QCOMPARE(ask(2, 0, 0, request), (QCborMap{{kRc, 7}}));
    }

    void tellsItsParameters()
    {
        QCOMPARE(ask(0, 0, 6),
                 (QCborMap{{QStringLiteral("buf_size"), 512}, {QStringLiteral("buf_count"), 3}}));
        QCOMPARE(ask(0, 0, 8), (QCborMap{{QStringLiteral("bootloader"), QStringLiteral("Bootmend")}}));
        const QString query = QStringLiteral("query");
        QCOMPARE(ask(0, 0, 8, {{query, QStringLiteral("mode")}}), (QCborMap{{QStringLiteral("mode"), 6}}));
        QCOMPARE(ask(0, 0, 8, {{query, QStringLiteral("else")}}), groupError(0, 3));
    }

    void doesNotKnowOtherCommands_data()
    {
        QTest::addColumn<int>("operation");
        QTest::addColumn<int>("group");
        QTest::addColumn<int>("command");
        QTest::newRow("group") << 0 << 9 << 0;
        QTest::newRow("os") << 0 << 0 << 2;
        QTest::newRow("image") << 0 << 1 << 7;
        QTest::newRow("own") << 0 << 64 << 9;
        QTest::newRow("reset by reading") << 0 << 0 << 5;
        QTest::newRow("upload by reading") << 0 << 1 << 1;
        QTest::newRow("erase by reading") << 0 << 1 << 5;
        QTest::newRow("revert by reading") << 0 << 64 << 5;
        QTest::newRow("boot state by writing") << 2 << 64 << 0;
        QTest::newRow("configuration by writing") << 2 << 64 << 6;
        QTest::newRow("group beyond 8 bits") << 0 << 0x140 << 0;
    }

    void doesNotKnowOtherCommands()
    {
        QFETCH(int, operation);
        QFETCH(int, group);
        QFETCH(int, command);
        QCOMPARE(ask(operation, group, command, {}, 1), (QCborMap{{kRc, 8}}));
        QCOMPARE(ask(operation, group, command, {}, 0), (QCborMap{{kRc, 8}}));
    }

    void resetsAfterTheAnswer()
    {
        QCOMPARE(ask(2, 0, 5), QCborMap());
        QCOMPARE(m_served->takeReset(), std::optional<int>(BM_BOOT_MODE_NORMAL));
        QCOMPARE(ask(2, 0, 5, {{QStringLiteral("force"), true}, {QStringLiteral("boot_mode"), 1}}),
                 QCborMap());
        QCOMPARE(m_served->takeReset(), std::optional<int>(BM_BOOT_MODE_RECOVERY));
        QCOMPARE(ask(2, 0, 5, {{QStringLiteral("force"), 1}}), QCborMap());
        QVERIFY(m_served->takeReset().has_value());
        QCOMPARE(ask(2, 0, 5, {{QStringLiteral("boot_mode"), 2}}), (QCborMap{{kRc, 3}}));
        QVERIFY(!m_served->takeReset().has_value());
    }

    void listsImages()
    {
        QCOMPARE(image(0),
                 (QCborMap{{QStringLiteral("slot"), 0},
                           {QStringLiteral("version"), QStringLiteral("1.2.3")},
                           {kHash, kOld.hash()},
                           {QStringLiteral("confirmed"), true},
                           {QStringLiteral("active"), true},
                           {QStringLiteral("bootable"), true}}));
        QCOMPARE(image(1),
                 (QCborMap{{QStringLiteral("slot"), 1},
                           {QStringLiteral("version"), QStringLiteral("2.0.0.9")},
                           {kHash, kNew.hash()},
                           {QStringLiteral("bootable"), true}}));
    }

    void doesNotListADamagedImage()
    {
        m_unit->corrupt(BM_REGION_SLOT_B, 60);
        m_served->boot();
        QCOMPARE(ask(0, 1, 0)[QStringLiteral("images")].toArray().size(), 1);
        QCOMPARE(image(1), QCborMap());
    }

    void listsAnImageThatMustNotBoot()
    {
        m_unit->writeImage(BM_SLOT_B, BootImage{.isSignedByStranger = true}.bytes());
        m_served->boot();
        QVERIFY(!image(1).isEmpty());
        QVERIFY(image(1)[QStringLiteral("bootable")].isUndefined());
    }

    void walksFromTestToConfirmed()
    {
        QVERIFY(ask(2, 1, 0, {{kHash, kNew.hash()}, {kConfirm, false}}).contains(QStringLiteral("images")));
        QVERIFY(image(1)[QStringLiteral("pending")].isTrue());
        m_served->boot(BM_RESET_REQUESTED);
        QVERIFY(image(1)[QStringLiteral("active")].isTrue());
        QVERIFY(image(1)[QStringLiteral("confirmed")].isUndefined());
        QVERIFY(image(0)[QStringLiteral("confirmed")].isTrue());
        QVERIFY(ask(2, 1, 0, {{kConfirm, true}}).contains(QStringLiteral("images")));
        QVERIFY(image(1)[QStringLiteral("confirmed")].isTrue());
        m_served->boot(BM_RESET_POWER_ON);
        QVERIFY(image(1)[QStringLiteral("active")].isTrue());
    }

    void confirmsByHashWhatRuns()
    {
        QVERIFY(ask(2, 1, 0, {{kHash, kOld.hash()}, {kConfirm, true}}).contains(QStringLiteral("images")));
    }

    void refusesAStateWrite_data()
    {
        QTest::addColumn<QCborMap>("request");
        QTest::addColumn<QCborMap>("answer");
        QTest::addColumn<int>("v1Code");
        QTest::newRow("unknown hash") << QCborMap{{kHash, QByteArray(32, 'x')}} << groupError(1, 8) << 5;
        QTest::newRow("short hash") << QCborMap{{kHash, QByteArray(31, 'x')}} << groupError(1, 24) << 3;
        QTest::newRow("no hash") << QCborMap() << groupError(1, 24) << 3;
        QTest::newRow("test of what runs") << QCborMap{{kHash, kOld.hash()}} << groupError(1, 33) << 6;
        QTest::newRow("no trial") << QCborMap{{kHash, kNew.hash()}, {kConfirm, true}} << groupError(1, 32)
                                  << 6;
        QTest::newRow("hash as text") << QCborMap{{kHash, QStringLiteral("x")}} << QCborMap{{kRc, 3}} << 3;
    }

    void refusesAStateWrite()
    {
        QFETCH(QCborMap, request);
        QFETCH(QCborMap, answer);
        QFETCH(int, v1Code);
        const QByteArray before = m_unit->flash;
        QCOMPARE(ask(2, 1, 0, request), answer);
        QCOMPARE(ask(2, 1, 0, request, 0), (QCborMap{{kRc, v1Code}}));
        QCOMPARE(m_unit->flash, before);
    }

    void saysThatAnImageDoesNotVerify()
    {
        const BootImage stranger = {.major = 7, .isSignedByStranger = true};
        m_unit->writeImage(BM_SLOT_B, stranger.bytes());
        m_served->boot();
        QCOMPARE(ask(2, 1, 0, {{kHash, stranger.hash()}}), groupError(64, BM_SMP_ERR_IMAGE_REFUSED));
    }

    void tellsTheSlots()
    {
        const QCborMap info = ask(0, 1, 6)[QStringLiteral("images")].toArray().at(0).toMap();
        QCOMPARE(info[QStringLiteral("max_image_size")].toInteger(), 4096);
        const QCborArray slots_ = info[QStringLiteral("slots")].toArray();
        QCOMPARE(slots_.size(), 2);
        QCOMPARE(slots_.at(1).toMap(),
                 (QCborMap{{QStringLiteral("slot"), 1}, {QStringLiteral("size"), 4096}}));
    }

    void erasesOnlyTheIdleSlot()
    {
        const QString slot = QStringLiteral("slot");
        QCOMPARE(ask(2, 1, 5, {{slot, 0}}), groupError(1, 9));
        QCOMPARE(ask(2, 1, 5, {{slot, 2}}), groupError(1, 14));
        QCOMPARE(ask(2, 1, 5, {{slot, 255}}), groupError(1, 9));
        QCOMPARE(m_unit->readSlot(BM_SLOT_B, kNew.bytes().size()), kNew.bytes());
        QCOMPARE(ask(2, 1, 5), QCborMap());
        QCOMPARE(m_unit->readSlot(BM_SLOT_B, 4096), QByteArray(4096, '\xff'));
        QCOMPARE(m_unit->readSlot(BM_SLOT_A, kOld.bytes().size()), kOld.bytes());
    }

    void doesNotEraseAPendingImage()
    {
        ask(2, 1, 0, {{kHash, kNew.hash()}});
        QCOMPARE(ask(2, 1, 5), groupError(1, 28));
        QCOMPARE(m_unit->readSlot(BM_SLOT_B, kNew.bytes().size()), kNew.bytes());
    }

    void tellsTheBootState()
    {
        QCborMap state = ask(0, 64, 0);
        QCOMPARE(state[QStringLiteral("stage")].toString(), QStringLiteral("application"));
        QCOMPARE(state[QStringLiteral("running")].toInteger(-1), 0);
        QCOMPARE(state[kHash].toByteArray(), kOld.hash());
        QCOMPARE(state[QStringLiteral("active")].toInteger(-1), 0);
        QVERIFY(state[QStringLiteral("pending")].isUndefined());
        QCOMPARE(state[QStringLiteral("minimum")].toInteger(), 1);
        QVERIFY(state[QStringLiteral("confirmed")].isTrue());
        QVERIFY(state[QStringLiteral("rolled_back")].isUndefined());
        QCOMPARE(state[QStringLiteral("verdicts")].toArray(), (QCborArray{0, 0}));

        ask(2, 1, 0, {{kHash, kNew.hash()}});
        m_served->boot(BM_RESET_REQUESTED);
        m_served->boot(BM_RESET_CRASH);
        state = ask(0, 64, 0);
        QCOMPARE(state[QStringLiteral("rollback")].toInteger(), int(BM_ROLLBACK_CRASHED));
        QCOMPARE(state[QStringLiteral("rolled_back")].toByteArray(), kNew.hash());
        QCOMPARE(state[QStringLiteral("reset")].toInteger(), int(BM_RESET_CRASH));
        QCOMPARE(state[QStringLiteral("boots")].toInteger(), 3);

        m_unit->isButtonHeld = true;
        m_served->boot();
        state = ask(0, 64, 0);
        QCOMPARE(state[QStringLiteral("stage")].toString(), QStringLiteral("recovery"));
        QVERIFY(state[QStringLiteral("running")].isUndefined());
        QVERIFY(state[kHash].isUndefined());
        QVERIFY(!state[QStringLiteral("confirmed")].toBool(true));
    }

    void tellsTheEvidenceInPages()
    {
        for (int i = 0; i < 14; ++i) {
            m_served->boot();
        }
        QList<qint64> sequences;
        qint64 from = 0;
        do {
            const QCborMap page = ask(0, 64, 1, {{QStringLiteral("from"), from}});
            for (const QCborValue &event : page[QStringLiteral("events")].toArray()) {
                sequences.append(event.toMap()[QStringLiteral("seq")].toInteger());
            }
            from = page[QStringLiteral("next")].toInteger(0);
        } while (from != 0);
        QCOMPARE(sequences.size(), 16); // 15 boots, and the first one tells the confirmation
        for (int i = 0; i < 16; ++i) {
            QCOMPARE(sequences[i], i + 1);
        }
    }

    void tellsWhoItIs()
    {
        const QCborMap identity = ask(0, 64, 2);
        QCOMPARE(identity[QStringLiteral("product")].toString(), QStringLiteral("bench-sensor"));
        QCOMPARE(identity[QStringLiteral("hw")].toString(), QStringLiteral("revA"));
        QCOMPARE(identity[QStringLiteral("serial")].toString(), QStringLiteral("BM-0001"));
        QCOMPARE(identity[QStringLiteral("device_id")].toByteArray(), QByteArray(16, 'D'));
        QCOMPARE(identity[QStringLiteral("class")].toByteArray(), QByteArray(16, 'C'));
        QVERIFY(!identity[QStringLiteral("bootloader")].toString().isEmpty());
        m_unit->corrupt(BM_REGION_IDENTITY, 20);
        m_served->boot();
        QCOMPARE(ask(0, 64, 2), groupError(64, BM_SMP_ERR_NOT_PROVISIONED));
    }

    void tellsTheFlashMap()
    {
        const QCborArray regions = ask(0, 64, 3)[QStringLiteral("regions")].toArray();
        QCOMPARE(regions.size(), int(BM_REGION_COUNT));
        const QCborMap last = regions.last().toMap();
        QCOMPARE(last[QStringLiteral("name")].toString(), QStringLiteral("slot_b"));
        QCOMPARE(last[QStringLiteral("offset")].toInteger(), m_unit->regionOffset(BM_REGION_SLOT_B));
        QCOMPARE(last[QStringLiteral("size")].toInteger(), 4096);
        QCOMPARE(last[QStringLiteral("sector")].toInteger(), 1024);
    }

    void tellsItsHealthOnlyAsAnApplication()
    {
        const QCborArray checks = ask(0, 64, 4)[QStringLiteral("checks")].toArray();
        QCOMPARE(checks.size(), 2);
        QCOMPARE(checks.at(0).toMap(),
                 (QCborMap{{QStringLiteral("name"), QStringLiteral("sensor")},
                           {QStringLiteral("ok"), false},
                           {QStringLiteral("detail"), QStringLiteral("no answer")}}));
        ServedUnit recovery(*m_unit);
        QCOMPARE(recovery.ask(0, 64, 4).value(), (QCborMap{{kRc, 8}}));
    }

    void revertsATrial()
    {
        QCOMPARE(ask(2, 64, 5), groupError(64, BM_SMP_ERR_NOT_ON_TRIAL));
        ask(2, 1, 0, {{kHash, kNew.hash()}});
        m_served->boot(BM_RESET_REQUESTED);
        QCOMPARE(ask(2, 64, 5, {{QStringLiteral("reason"), 7}}), (QCborMap{{kRc, 3}}));
        QCOMPARE(ask(2, 64, 5, {{QStringLiteral("reason"), 1}}), QCborMap());
        QCOMPARE(ask(2, 1, 0, {{kConfirm, true}}), groupError(1, 32));
        m_served->boot(BM_RESET_REQUESTED);
        QCOMPARE(ask(0, 64, 0)[QStringLiteral("rollback")].toInteger(), int(BM_ROLLBACK_HEALTH));
    }

    void answersEachOfSeveralRequestsInAPacket()
    {
        const QByteArray one = ServedUnit::packet(0, 0, 6, QByteArray::fromHex("a0"));
        QCOMPARE(m_served->exchange(ServedUnit::framed(one + one + one)).size(), 3);
    }

    void answersSeveralPacketsInFlight()
    {
        const QByteArray one = ServedUnit::framed(ServedUnit::packet(0, 0, 6, QByteArray::fromHex("a0")));
        QCOMPARE(m_served->exchange(one + "log text\n" + one + one + one).size(), 4);
    }

    void doesNotAnswerAnswersOrScraps()
    {
        const QByteArray answer = ServedUnit::packet(1, 0, 6, QByteArray::fromHex("a0"));
        QVERIFY(m_served->exchange(ServedUnit::framed(answer)).isEmpty());
        const QByteArray cut = ServedUnit::packet(0, 0, 6, QByteArray(10, '\0')).chopped(1);
        QVERIFY(m_served->exchange(ServedUnit::framed(cut)).isEmpty());
        QVERIFY(m_served->exchange(ServedUnit::framed("abc")).isEmpty());
    }

    void saysThatAPayloadIsNoMap()
    {
        const QByteArray bad = ServedUnit::packet(2, 0, 0, QByteArray::fromHex("ff"));
        const QByteArrayList answers = m_served->exchange(ServedUnit::framed(bad));
        QCOMPARE(answers.size(), 1);
        QCOMPARE(QCborValue::fromCbor(answers[0].mid(8)).toMap(), (QCborMap{{kRc, 3}}));
    }
};

QTEST_GUILESS_MAIN(TestSmpServer)
#include "tst_smp_server.moc"
