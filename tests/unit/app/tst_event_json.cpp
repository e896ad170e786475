// SPDX-License-Identifier: Apache-2.0
#include "app/events/diagnosis_json.h"
#include "app/events/event_json.h"

#include <QJsonArray>
#include <QTest>

using core::JobState;
using core::Outcome;
using core::Reason;

namespace {

core::DeviceSnapshot unit()
{
    core::DeviceSnapshot unit;
    unit.name = QStringLiteral("healthy-1");
    unit.address = {core::DeviceAddress::Link::Unix, QStringLiteral("/tmp/line")};
    unit.identity = {QStringLiteral("bench-sensor"), QStringLiteral("revA"), QStringLiteral("BM-1"), {}, {}};
    unit.stage = core::BootStage::Running;
    unit.slots = {core::Slot{.index = 0,
                             .size = 4096,
                             .holdsImage = true,
                             .version = {1, 2, 3, 0},
                             .hash = QByteArray(2, '\xab'),
                             .isRunning = true,
                             .isConfirmed = true},
                  core::Slot{.index = 1, .size = 4096}};
    return unit;
}

} // namespace

/// The lines that scripts are built on: a change that breaks one of these breaks a station somewhere.
class TestEventJson : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everyLineBeginsWithSchemaTimeAndEvent()
    {
        const QDateTime noon(QDate(2026, 11, 21), QTime(12, 0), Qt::UTC);
        const QJsonObject line = events::line(QStringLiteral("device"), noon);
        QCOMPARE(line[QStringLiteral("schema")].toInt(), 1);
        QCOMPARE(line[QStringLiteral("time")].toString(), QStringLiteral("2026-11-21T12:00:00.000Z"));
        QCOMPARE(line[QStringLiteral("event")].toString(), QStringLiteral("device"));
    }

    void anAnswerTellsItsVerdictAndWhatItRestsOn()
    {
        const core::DiagnosisAnswer answer{core::Question::WriteTarget,
                                           core::Finding::TargetTooSmall,
                                           Reason::ImageTooLarge,
                                           {{QStringLiteral("slot"), QStringLiteral("B")}}};
        const QJsonObject json = events::answerJson(answer);
        QCOMPARE(json[QStringLiteral("question")].toString(), QStringLiteral("write_target"));
        QCOMPARE(json[QStringLiteral("verdict")].toString(), QStringLiteral("bad"));
        QCOMPARE(json[QStringLiteral("reason")].toString(), QStringLiteral("IMAGE_TOO_LARGE"));
        QCOMPARE(json[QStringLiteral("facts")][QStringLiteral("slot")].toString(), QStringLiteral("B"));
        QVERIFY(!json[QStringLiteral("sentence")].toString().isEmpty());
    }

    void aUnitTellsItsSlots()
    {
        const QJsonObject json = events::deviceJson(unit());
        QCOMPARE(json[QStringLiteral("address")].toString(), QStringLiteral("unix:/tmp/line"));
        QCOMPARE(json[QStringLiteral("stage")].toString(), QStringLiteral("running"));
        const QJsonArray slotList = json[QStringLiteral("slots")].toArray();
        QCOMPARE(slotList.size(), 2);
        QCOMPARE(slotList[0][QStringLiteral("slot")].toString(), QStringLiteral("A"));
        QCOMPARE(slotList[0][QStringLiteral("version")].toString(), QStringLiteral("1.2.3"));
        QCOMPARE(slotList[0][QStringLiteral("hash")].toString(), QStringLiteral("abab"));
        QVERIFY(slotList[1][QStringLiteral("version")].isNull());
        QVERIFY(json[QStringLiteral("boot_state")].isNull());
    }

    void aVerdictTellsTheContractsMembers()
    {
        const core::Verdict verdict{.outcome = Outcome::Updated,
                                    .unit = unit(),
                                    .from = core::Version{1, 0, 0, 0},
                                    .to = core::Version{1, 1, 0, 0},
                                    .hash = QByteArray(1, '\x0f'),
                                    .duration = core::Milliseconds(12400)};
        const QJsonObject json = events::verdictJson(QStringLiteral("update"), verdict);
        QCOMPARE(json[QStringLiteral("command")].toString(), QStringLiteral("update"));
        QCOMPARE(json[QStringLiteral("outcome")].toString(), QStringLiteral("updated"));
        QVERIFY(json.contains(QStringLiteral("reason")) && json[QStringLiteral("reason")].isNull());
        QCOMPARE(json[QStringLiteral("device")][QStringLiteral("name")].toString(),
                 QStringLiteral("healthy-1"));
        QCOMPARE(json[QStringLiteral("from")].toString(), QStringLiteral("1.0.0"));
        QCOMPARE(json[QStringLiteral("to")].toString(), QStringLiteral("1.1.0"));
        QCOMPARE(json[QStringLiteral("hash")].toString(), QStringLiteral("0f"));
        QCOMPARE(json[QStringLiteral("seconds")].toDouble(), 12.4);
    }

    void aRefusalTellsEveryFailedCheck()
    {
        const core::Verdict verdict{
            .outcome = Outcome::Refused,
            .reason = Reason::IncompatibleProduct,
            .failedChecks = {Reason::IncompatibleProduct, Reason::RollbackIndexTooLow}};
        const QJsonObject json = events::verdictJson(QStringLiteral("update"), verdict);
        QCOMPARE(json[QStringLiteral("reason")].toString(), QStringLiteral("INCOMPATIBLE_PRODUCT"));
        QCOMPARE(json[QStringLiteral("failed_checks")].toArray().size(), 2);
    }

    void anErrorHasAnOutcomeARemedyAndTheUnitsOwnCode()
    {
        const core::Error error{
            core::ErrorKind::RefusedByDevice, QStringLiteral("group 1, code 8"), {}, core::DeviceCode{1, 8}};
        const QJsonObject json = events::errorJson(QStringLiteral("inspect"), error);
        QCOMPARE(json[QStringLiteral("outcome")].toString(), QStringLiteral("failed"));
        QVERIFY(!json[QStringLiteral("remedy")].toString().isEmpty());
        QCOMPARE(json[QStringLiteral("device_code")][QStringLiteral("code")].toInt(), 8);
    }

    void lackingTrustIsARefusal()
    {
        QCOMPARE(events::outcomeOf({core::ErrorKind::Untrusted, {}}), Outcome::Refused);
        QCOMPARE(events::outcomeOf({core::ErrorKind::Cancelled, {}}), Outcome::Cancelled);
        QCOMPARE(events::outcomeOf({core::ErrorKind::FileFailed, {}}), Outcome::Failed);
    }

    void statesCarryTheNamesOfTheContract()
    {
        const QList<std::pair<JobState, const char *>> names{
            {JobState::Downloaded, "downloaded"}, {JobState::Verified, "verified"},
            {JobState::Written, "written"},       {JobState::Trial, "trial"},
            {JobState::Confirmed, "confirmed"},   {JobState::RolledBack, "rolled_back"},
            {JobState::Failed, "failed"}};
        for (const auto &[state, name] : names) {
            QCOMPARE(events::jobEventName(core::StateReached{state}), QStringLiteral("state"));
            QCOMPARE(events::jobEventJson(core::StateReached{state})[QStringLiteral("state")].toString(),
                     QLatin1String(name));
        }
    }

    void progressCountsBytes()
    {
        const core::JobEvent event = core::WriteProgressed{100, 400};
        QCOMPARE(events::jobEventName(event), QStringLiteral("progress"));
        QCOMPARE(events::jobEventJson(event)[QStringLiteral("done")].toInt(), 100);
        QCOMPARE(events::jobEventJson(event)[QStringLiteral("total")].toInt(), 400);
        QVERIFY(!events::jobEventJson(event).contains(QStringLiteral("of")));
        QVERIFY(events::jobEventJson(event)[QStringLiteral("bytes_per_second")].isNull());
        QVERIFY(events::jobEventJson(event)[QStringLiteral("limited_by")].isNull());
    }

    void progressSaysWhatLimitsIt()
    {
        const std::pair<core::RateLimit, const char *> names[] = {
            {core::RateLimit::Line, "line"},
            {core::RateLimit::DeviceBuffers, "device_buffers"},
            {core::RateLimit::DeviceFlash, "device_flash"}};
        for (const auto &[limit, name] : names) {
            const QJsonObject json = events::jobEventJson(core::WriteProgressed{1, 2, 8'000, limit});
            QCOMPARE(json[QStringLiteral("bytes_per_second")].toInt(), 8'000);
            QCOMPARE(json[QStringLiteral("limited_by")].toString(), QLatin1String(name));
        }
    }

    void progressOfADownloadIsToldApart()
    {
        const core::JobEvent event = core::DownloadProgressed{QStringLiteral("abcd"), 100, 400};
        QCOMPARE(events::jobEventName(event), QStringLiteral("progress"));
        const QJsonObject json = events::jobEventJson(event);
        QCOMPARE(json[QStringLiteral("of")].toString(), QStringLiteral("download"));
        QCOMPARE(json[QStringLiteral("file")].toString(), QStringLiteral("abcd"));
        QCOMPARE(json[QStringLiteral("done")].toInt(), 100);
        QCOMPARE(json[QStringLiteral("total")].toInt(), 400);
    }
};

QTEST_GUILESS_MAIN(TestEventJson)
#include "tst_event_json.moc"
