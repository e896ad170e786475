// SPDX-License-Identifier: Apache-2.0
#include "tests/gui/bench_window.h"

#include <QTest>

using testing::kLongestJobMs;

namespace {

const QString kHealthy = QStringLiteral("healthy-1");
const QString kBricked = QStringLiteral("bricked-1");
const QString kOnTrial = QStringLiteral("on-trial-1");

} // namespace

/// The story of the main job, told by clicks and keys on the real window, the real device thread, and real
/// firmware that runs as processes.
class TestGuiStory : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        testing::BenchWindow::isolateSettings();
        QVERIFY2(m_stage.bench.up.exitCode == 0, m_stage.bench.up.story());
        QVERIFY(QTest::qWaitForWindowExposed(&m_stage.window));
    }

    void theUnitsAreFoundInTheirStages()
    {
        QTRY_COMPARE(m_driver.stageOf(kHealthy), QStringLiteral("Running"));
        QTRY_COMPARE(m_driver.stageOf(kBricked), QStringLiteral("In recovery"));
        QTRY_COMPARE(m_driver.stageOf(kOnTrial), QStringLiteral("On trial"));
        QVERIFY(m_driver.selectUnit(kHealthy));
        QTRY_COMPARE(m_stage.primary(), QStringLiteral("Install 1.1.0 on trial"));
        QVERIFY(m_driver.text(QStringLiteral("bootSentence")).contains(QStringLiteral("Runs A 1.0.0")));
        QVERIFY(m_driver.shoot(QStringLiteral("story-units")));
    }

    void aForeignReleaseIsRefusedInThePlan()
    {
        QVERIFY(m_driver.selectUnit(kHealthy));
        QVERIFY(m_driver.chooseFromMenu(QStringLiteral("1.1.0-other-hardware")));
        QTRY_VERIFY(m_driver.isShown(QStringLiteral("planSheet")));
        QVERIFY(!m_driver.button(QStringLiteral("startButton"))->isEnabled());
        QVERIFY(m_driver.shoot(QStringLiteral("story-refused")));
        m_driver.press(Qt::Key_Return);
        QTRY_VERIFY(!m_driver.isShown(QStringLiteral("planSheet")));
        QVERIFY(!m_driver.isShown(QStringLiteral("verdictBand")));
    }

    void escapeLeavesThePlan()
    {
        QVERIFY(m_driver.selectUnit(kHealthy));
        QVERIFY(m_driver.click(QStringLiteral("primaryAction")));
        QTRY_VERIFY(m_driver.isShown(QStringLiteral("planSheet")));
        QVERIFY(m_driver.shoot(QStringLiteral("story-plan")));
        m_driver.press(Qt::Key_Escape);
        QTRY_VERIFY(!m_driver.isShown(QStringLiteral("planSheet")));
        QCOMPARE(m_driver.stageOf(kHealthy), QStringLiteral("Running"));
    }

    void enterStartsAndTheUnitIsUpdated()
    {
        QVERIFY(m_driver.selectUnit(kHealthy));
        QVERIFY(m_driver.click(QStringLiteral("primaryAction")));
        QTRY_VERIFY(m_driver.isShown(QStringLiteral("planSheet")));
        m_driver.press(Qt::Key_Return);
        QTRY_VERIFY_WITH_TIMEOUT(m_driver.verdict() == QStringLiteral("Updated"), kLongestJobMs);
        QTRY_VERIFY(
            m_driver.text(QStringLiteral("bootSentence")).contains(QStringLiteral("1.1.0, confirmed")));
        QVERIFY(m_driver.shoot(QStringLiteral("story-updated")));
    }

    void badReleasesAreRolledBack_data()
    {
        QTest::addColumn<QString>("release");
        QTest::addColumn<QString>("code");
        QTest::newRow("crashes") << QStringLiteral("1.2.0-crashes") << QStringLiteral("TRIAL_CRASHED");
        QTest::newRow("hangs") << QStringLiteral("1.2.0-hangs") << QStringLiteral("TRIAL_HUNG");
        QTest::newRow("unhealthy") << QStringLiteral("1.2.0-unhealthy") << QStringLiteral("HEALTH_FAILED");
    }

    void badReleasesAreRolledBack()
    {
        QFETCH(QString, release);
        QFETCH(QString, code);
        QVERIFY(m_driver.selectUnit(kHealthy));
        QVERIFY(m_driver.chooseFromMenu(release));
        QTRY_VERIFY(m_driver.isShown(QStringLiteral("planSheet")));
        m_driver.press(Qt::Key_Return);
        QTRY_VERIFY_WITH_TIMEOUT(m_driver.verdict() == QStringLiteral("Rolled back"), kLongestJobMs);
        QCOMPARE(m_driver.text(QStringLiteral("verdictCode")), code);
        QTRY_VERIFY(
            m_driver.text(QStringLiteral("bootSentence")).contains(QStringLiteral("1.1.0, confirmed")));
        QVERIFY(m_driver.shoot(QStringLiteral("story-rolled-back-%1").arg(release)));
    }

    void theBrickedUnitIsRecoveredByKeysAlone()
    {
        QVERIFY(m_driver.selectUnit(kBricked));
        QTRY_COMPARE(m_stage.primary(), QStringLiteral("Recover with 1.1.0"));
        QVERIFY(tabTo(m_driver.button(QStringLiteral("primaryAction"))));
        m_driver.press(Qt::Key_Space);
        QTRY_VERIFY(m_driver.isShown(QStringLiteral("planSheet")));
        m_driver.press(Qt::Key_Return);
        QTRY_VERIFY_WITH_TIMEOUT(m_driver.verdict() == QStringLiteral("Recovered"), kLongestJobMs);
        QTRY_COMPARE(m_driver.stageOf(kBricked), QStringLiteral("Running"));
        QVERIFY(m_driver.shoot(QStringLiteral("story-recovered")));
    }

    void theTrialIsConfirmed()
    {
        QVERIFY(m_driver.selectUnit(kOnTrial));
        QTRY_COMPARE(m_stage.primary(), QStringLiteral("Confirm 1.1.0"));
        QVERIFY(m_driver.click(QStringLiteral("primaryAction")));
        QTRY_VERIFY_WITH_TIMEOUT(m_driver.isShown(QStringLiteral("verdictBand")), kLongestJobMs);
        QTRY_COMPARE(m_driver.stageOf(kOnTrial), QStringLiteral("Running"));
        QVERIFY(m_driver.shoot(QStringLiteral("story-confirmed")));
    }

    void aUnitThatEndedBadlyStaysInSightUntilThatIsPutAway()
    {
        m_stage.bench.run({QStringLiteral("bench"), QStringLiteral("down"), m_stage.bench.path()});
        QTRY_COMPARE_WITH_TIMEOUT(m_driver.stageOf(kBricked), QString(), kLongestJobMs);
        QVERIFY(m_driver.selectUnit(kHealthy));
        QCOMPARE(m_driver.verdict(), QStringLiteral("Rolled back"));
        QVERIFY(m_driver.click(QStringLiteral("dismissVerdict")));
        QTRY_VERIFY(m_driver.isShown(QStringLiteral("emptyPanel")));
        QVERIFY(m_driver.shoot(QStringLiteral("story-bench-gone")));
    }

private:
    bool tabTo(const QWidget *target)
    {
        constexpr int kMostStops = 30;
        // Not QApplication's: the offscreen platform may have no active window.
        for (int stops = 0; stops < kMostStops && m_stage.window.focusWidget() != target; ++stops)
            m_driver.press(Qt::Key_Tab);
        return m_stage.window.focusWidget() == target;
    }

    testing::BenchWindow m_stage{{QStringLiteral("--unit"), QStringLiteral("healthy"),
                                  QStringLiteral("--unit"), QStringLiteral("bricked"),
                                  QStringLiteral("--unit"), QStringLiteral("on-trial")}};
    testing::WindowDriver &m_driver = m_stage.driver;
};

QTEST_MAIN(TestGuiStory)
#include "tst_gui_story.moc"
