// SPDX-License-Identifier: Apache-2.0
#include "core/update/health.h"

#include "tests/support/run_task.h"

#include <QTest>

using namespace std::chrono_literals;
using core::Done;
using core::Error;
using core::ErrorKind;
using core::HealthCheck;
using core::HealthDemand;
using core::Reason;
using core::Result;
using core::Task;

namespace {

/// A unit that answers nothing but the question for its health, as a list of answers says.
class Patient final : public core::Driver
{
public:
    QList<Result<QList<HealthCheck>>> answers; // the last one goes on
    int questions = 0;

    Task<QList<HealthCheck>> checkHealth() override
    {
        const qsizetype index = std::min<qsizetype>(questions++, answers.size() - 1);
        co_return answers.at(index);
    }

    Task<core::DeviceSnapshot> identify() override { co_return core::fail(ErrorKind::Unsupported, {}); }
    Task<Done> write(QByteArray, core::WriteControl) override { co_return Done{}; }
    Task<Done> tryOnNextBoot(QByteArray, core::RolledBackBefore) override { co_return Done{}; }
    Task<Done> confirm(QByteArray) override { co_return Done{}; }
    Task<Done> giveUpTrial(core::RevertCause) override { co_return Done{}; }
    Task<Done> reload(core::ReloadInto) override { co_return Done{}; }
    Task<QList<core::EvidenceEvent>> readEvidence() override { co_return QList<core::EvidenceEvent>(); }
};

QList<HealthCheck> checks(bool isLampGood, bool isMotorGood)
{
    return {{QStringLiteral("lamp"), isLampGood, {}}, {QStringLiteral("motor"), isMotorGood, {}}};
}

HealthDemand lamp(HealthDemand::Others others)
{
    return {{{QStringLiteral("lamp"), 30s}}, others};
}

const Error kGone{ErrorKind::Disconnected, QStringLiteral("the port went")};

} // namespace

class TestHealth : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void asksForWhatIsOfferedAndNobodyNamed()
    {
        QVERIFY(ask({checks(true, true)}, lamp(HealthDemand::Others::Required)).has_value());
        QVERIFY(ask({checks(true, false)}, lamp(HealthDemand::Others::Ignored)).has_value());
        const auto outcome = ask({checks(true, false)}, lamp(HealthDemand::Others::Required));
        QCOMPARE(outcome.error().reason, std::optional(Reason::HealthFailed));
        QVERIFY(outcome.error().detail.contains(QStringLiteral("motor")));
        QVERIFY(ask({checks(false, true), checks(false, true), checks(true, true)}, {}).has_value());
    }

    void aPulledCableIsNoSignOfBadHealth()
    {
        const auto gone = Result<QList<HealthCheck>>(tl::unexpected(kGone));
        QVERIFY(ask({gone, gone, checks(true, true)}, {}).has_value());
        const auto away = ask({gone}, {});
        QVERIFY(core::isUnreachable(away.error()));
        QVERIFY(took >= 10s && took < 12s);
    }

    void waitsAsLongAsAnyCheckMayTake()
    {
        const auto gone = Result<QList<HealthCheck>>(tl::unexpected(kGone));
        QVERIFY(!ask({gone}, lamp(HealthDemand::Others::Required)).has_value());
        QVERIFY(took >= 30s && took < 32s);
    }

    void anApplicationWithoutChecksIsHealthyUnlessOneIsNamed()
    {
        const Result<QList<HealthCheck>> none = core::fail(ErrorKind::Unsupported, {});
        QVERIFY(ask({none}, {}).has_value());
        QVERIFY(!ask({none}, lamp(HealthDemand::Others::Required)).has_value());
    }

private:
    Result<Done> ask(const QList<Result<QList<HealthCheck>>> &answers, const HealthDemand &demand)
    {
        Patient patient;
        patient.answers = answers;
        testing::ManualClock clock;
        const Result<Done> outcome = testing::finish(core::awaitHealth(patient, demand, clock), clock);
        took = clock.now();
        return outcome;
    }

    core::Milliseconds took{0};
};

QTEST_GUILESS_MAIN(TestHealth)
#include "tst_health.moc"
