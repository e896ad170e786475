// SPDX-License-Identifier: Apache-2.0
#include "tests/power_cuts/sweep.h"

#include <QTest>

using testing::FlashGeometry;
using testing::PowerCutScenario;
using testing::powerCutScenarios;
using testing::SweepPlan;
using testing::SweepResult;
using testing::TearDensity;

namespace {

constexpr FlashGeometry kGeometry = {.sectorSize = 1024, .writeSize = 8};

} // namespace

/// A small part of what sweep_power_cuts does, as quick as a unit test and under the sanitizers, too: in each
/// scenario some cuts in every write, and some of them with a second cut in the boots that follow.
class TestPowerCut : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void leavesAUnitThatBoots_data()
    {
        QTest::addColumn<int>("index");
        for (int i = 0; i < powerCutScenarios().size(); ++i) {
            QTest::newRow(powerCutScenarios()[i].name) << i;
        }
    }

    void leavesAUnitThatBoots()
    {
        QFETCH(int, index);
        SweepPlan plan;
        plan.first = TearDensity::Coarse;
        plan.secondEvery = 6;
        plan.parts = 19;
        const SweepResult result = sweepPowerCuts(powerCutScenarios()[index], kGeometry, plan);
        for (const std::string &failure : result.failures) {
            qWarning("%s", failure.c_str());
        }
        QVERIFY(result.failures.empty());
        QVERIFY(result.writes > 2);
        QVERIFY(result.firstCuts >= result.writes);
        QVERIFY(result.secondCuts > 0);
    }
};

QTEST_GUILESS_MAIN(TestPowerCut)
#include "tst_power_cut.moc"
