// SPDX-License-Identifier: Apache-2.0
#include "tests/support/served_unit.h"

#include <QCborArray>
#include <QRandomGenerator>
#include <QTest>

using testing::ServedUnit;
using testing::SimulatedUnit;

namespace {

const QString kRc = QStringLiteral("rc");

constexpr int kRead = 0;
constexpr int kWrite = 2;

} // namespace

/// The SMP server at the limits of its answers, of its requests, and of what it knows.
class TestSmpLimits : public QObject
{
    Q_OBJECT

private:
    std::unique_ptr<SimulatedUnit> m_unit;
    std::unique_ptr<ServedUnit> m_served;

    QCborMap ask(int operation, int group, int command, const QCborMap &request = {})
    {
        return m_served->ask(operation, group, command, request)
            .value_or(QCborMap{{QStringLiteral("no answer"), true}});
    }

    QCborMap own(int operation, int command) { return ask(operation, 64, command); }

private Q_SLOTS:
    void init()
    {
        m_unit = std::make_unique<SimulatedUnit>();
        m_unit->provision();
        m_served = std::make_unique<ServedUnit>(*m_unit);
    }

    void hasRoomForTheLongestBootState()
    {
        m_served->services().boot_state = [](bm_boot_state *state) {
            std::memset(static_cast<void *>(state), 0xfd, sizeof *state);
            state->stage = BM_STAGE_RECOVERY;
            state->is_confirmed = state->has_rolled_back = state->is_unlocked = true;
            return BM_SERVICE_OK;
        };
        const QCborMap state = own(kRead, BM_SMP_BOOT_STATE);
        QCOMPARE(state.size(), 16);
        QCOMPARE(state[QStringLiteral("sequence")].toInteger(), 0xfdfdfdfd);
        QCOMPARE(state[QStringLiteral("rolled_back")].toByteArray(), QByteArray(32, '\xfd'));
    }

    void hasRoomForTheLongestFlashMap()
    {
        m_served->services().flash_map = []() -> const bm_flash_map * {
            static bm_flash_map map;
            map.sector_size = 0x80000000;
            std::fill(std::begin(map.regions), std::end(map.regions),
                      bm_flash_region{.offset = 0xfffffffe, .size = 0xffffffff});
            return &map;
        };
        const QCborArray regions = own(kRead, BM_SMP_FLASH_MAP)[QStringLiteral("regions")].toArray();
        QCOMPARE(regions.size(), int(BM_REGION_COUNT));
        QCOMPARE(regions.last()[QStringLiteral("size")].toInteger(), 0xffffffff);
    }

    void hasRoomForTheLongestImages()
    {
        m_served->services().slot_status = [](uint8_t, bm_slot_status *status) {
            *status = {.verdict = BM_IMAGE_OK,
                       .is_intact = true,
                       .is_pending = true,
                       .is_confirmed = true,
                       .is_active = true,
                       .version = {255, 255, 65535, 4294967295},
                       .rollback_index = 0,
                       .hash = {}};
            return BM_SERVICE_OK;
        };
        const QCborArray images = ask(kRead, 1, 0)[QStringLiteral("images")].toArray();
        QCOMPARE(images.size(), 2);
        QCOMPARE(images.last()[QStringLiteral("version")].toString(),
                 QStringLiteral("255.255.65535.4294967295"));
    }

    void printsVersions_data()
    {
        QTest::addColumn<bm_version>("version");
        QTest::addColumn<QString>("text");
        QTest::newRow("zero") << bm_version{0, 0, 0, 0} << QStringLiteral("0.0.0");
        QTest::newRow("zeros inside") << bm_version{100, 10, 10001, 0} << QStringLiteral("100.10.10001");
        QTest::newRow("build") << bm_version{9, 99, 999, 1000000000} << QStringLiteral("9.99.999.1000000000");
    }

    void printsVersions()
    {
        QFETCH(bm_version, version);
        QFETCH(QString, text);
        static bm_version shown;
        shown = version;
        m_served->services().slot_status = [](uint8_t, bm_slot_status *status) {
            *status = {};
            status->is_intact = true;
            status->version = shown;
            return BM_SERVICE_OK;
        };
        const QCborArray images = ask(kRead, 1, 0)[QStringLiteral("images")].toArray();
        QCOMPARE(images.first()[QStringLiteral("version")].toString(), text);
    }

    void hasRoomForAPageOfTheLongestEvents()
    {
        m_served->services().evidence = [](uint32_t from, bm_evidence_event *event, size_t) -> size_t {
            *event = {.sequence = std::max(from, 0x80000000u),
                      .boot = 0xffffffff,
                      .kind = 255,
                      .slot = 255,
                      .code = 255,
                      .image = {1}};
            return 1;
        };
        const QCborMap page = own(kRead, BM_SMP_EVIDENCE);
        const qsizetype count = page[QStringLiteral("events")].toArray().size();
        QVERIFY(count > 0);
        QCOMPARE(page[QStringLiteral("next")].toInteger(), 0x80000000 + count);
    }

    void doesNotKnowRefusalsThatAreYounger()
    {
        m_served->services().confirm = [] { return bm_service_result(99); };
        QCOMPARE(ask(kWrite, 1, 0, {{QStringLiteral("confirm"), true}}), (QCborMap{{kRc, 1}}));
        m_served->services().challenge = [](uint8_t *) { return bm_service_result(200); };
        QCOMPARE(own(kRead, BM_SMP_UNLOCK), (QCborMap{{kRc, 1}}));
    }

    void refusesAPayloadThatIsNoMapOfEveryCommand()
    {
        const QByteArray before = m_unit->flash;
        for (const int group : {0, 1, 64}) {
            for (int command = 0; command < 16; ++command) {
                for (const int operation : {kRead, kWrite}) {
                    const QByteArray packet =
                        ServedUnit::packet(operation, group, command, QByteArray::fromHex("a1616e"));
                    const QByteArrayList answers = m_served->exchange(ServedUnit::framed(packet));
                    QCOMPARE(answers.size(), 1);
                    const qint64 rc = QCborValue::fromCbor(answers[0].mid(8))[kRc].toInteger();
                    QVERIFY(rc == 3 || rc == 8);
                }
            }
        }
        QCOMPARE(m_unit->flash, before);
    }

    void keepsAnsweringAmongGarbage()
    {
        QRandomGenerator random(3);
        const QByteArray before = m_unit->flash;
        const QCborMap echo = {{QStringLiteral("d"), QStringLiteral("still there")}};
        for (int round = 0; round < 300; ++round) {
            QByteArray garbage(random.bounded(400), '\0');
            std::generate(garbage.begin(), garbage.end(), [&random] { return char(random.bounded(256)); });
            m_served->exchange(round % 2 == 0 ? garbage : ServedUnit::framed(garbage));
            QCOMPARE(ask(kWrite, 0, 0, echo),
                     (QCborMap{{QStringLiteral("r"), QStringLiteral("still there")}}));
        }
        QCOMPARE(m_unit->flash, before);
    }
};

QTEST_GUILESS_MAIN(TestSmpLimits)
#include "tst_smp_limits.moc"
