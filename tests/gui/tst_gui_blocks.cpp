// SPDX-License-Identifier: Apache-2.0
#include "tests/gui/bench_window.h"

#include <QClipboard>
#include <QTest>

using testing::kLongestJobMs;
using testing::Ran;

namespace {

const QString kFirst = QStringLiteral("healthy-1");
const QString kSecond = QStringLiteral("healthy-2");
const QString kPlan = QStringLiteral("planSheet");
const QString kCrashes = QStringLiteral("1.2.0-crashes");

} // namespace

/// The window and the command line on one bench obey the same rules.
class TestGuiBlocks : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        testing::BenchWindow::isolateSettings();
        QVERIFY2(m_stage.bench.up.exitCode == 0, m_stage.bench.up.story());
        QVERIFY(QTest::qWaitForWindowExposed(&m_stage.window));
    }

    void whatTheCommandLineBlockedIsRefusedInThePlan()
    {
        QVERIFY(m_driver.selectUnit(kFirst));
        QTRY_COMPARE(m_stage.primary(), QStringLiteral("Install 1.1.0 on trial"));
        const Ran blocked =
            catalog({QStringLiteral("block"), QStringLiteral("bench-sensor@1.1.0"),
                     QStringLiteral("--reason"), QStringLiteral("battery drains within a day")});
        QVERIFY2(blocked.exitCode == 0, blocked.story());

        QVERIFY(m_driver.click(QStringLiteral("primaryAction")));
        QTRY_VERIFY(m_driver.isShown(kPlan));
        QVERIFY(!m_driver.button(QStringLiteral("startButton"))->isEnabled());
        QCOMPARE(m_driver.text(QStringLiteral("errorCode")), QStringLiteral("BUILD_BLOCKED"));
        const QString why = m_driver.text(QStringLiteral("errorExplanation"));
        QVERIFY2(why.contains(QStringLiteral("Blocked on this computer")), qPrintable(why));
        QVERIFY2(why.contains(QStringLiteral("battery drains within a day")), qPrintable(why));
        QVERIFY(m_driver.shoot(QStringLiteral("blocks-plan-blocked-here")));
        m_driver.press(Qt::Key_Return);
        QTRY_VERIFY(!m_driver.isShown(kPlan));
        QVERIFY(!m_driver.isShown(QStringLiteral("verdictBand")));
    }

    void theCommandThatThePlanOffersLiftsIt()
    {
        QVERIFY(m_driver.click(QStringLiteral("primaryAction")));
        QTRY_VERIFY(m_driver.isShown(kPlan));
        QVERIFY(m_driver.click(QStringLiteral("copyLifting")));
        QStringList words = QGuiApplication::clipboard()->text().split(u' ');
        QCOMPARE(words.takeFirst(), QStringLiteral("bootmend"));
        m_driver.press(Qt::Key_Escape);
        const Ran lifted =
            testing::runProgram(testing::ScratchBench::bootmend(), words << QStringLiteral("--json"));
        QCOMPARE(lifted.result()[QStringLiteral("lifted")].toInt(), 1);

        QTRY_VERIFY(!m_driver.isShown(kPlan));
        QVERIFY(m_driver.click(QStringLiteral("primaryAction")));
        QTRY_VERIFY(m_driver.isShown(kPlan));
        QVERIFY(m_driver.button(QStringLiteral("startButton"))->isEnabled());
        m_driver.press(Qt::Key_Escape);
        QTRY_VERIFY(!m_driver.isShown(kPlan));
    }

    void whatOneUnitRollsBackIsBlockedAndTheResultSaysSo()
    {
        QVERIFY(m_driver.selectUnit(kFirst));
        QVERIFY(m_driver.chooseFromMenu(kCrashes));
        QTRY_VERIFY(m_driver.isShown(kPlan));
        m_driver.press(Qt::Key_Return);
        QTRY_VERIFY_WITH_TIMEOUT(m_driver.verdict() == QStringLiteral("Rolled back"), kLongestJobMs);
        QVERIFY(
            m_driver.text(QStringLiteral("verdictNotice")).contains(QStringLiteral("refuses to install")));
        QVERIFY(m_driver.shoot(QStringLiteral("blocks-rolled-back")));

        const Ran listed = catalog({QStringLiteral("list")});
        QCOMPARE(listed.exitCode, 0);
        const Ran refused = m_stage.bench.update(kSecond, kCrashes);
        QVERIFY2(refused.exitCode == 4, refused.story());
        QCOMPARE(refused.reason(), QStringLiteral("BUILD_BLOCKED"));
    }

    void theNextUnitIsNotGivenIt()
    {
        QVERIFY(m_driver.selectUnit(kSecond));
        QVERIFY(m_driver.chooseFromMenu(kCrashes));
        QTRY_VERIFY(m_driver.isShown(kPlan));
        QVERIFY(!m_driver.button(QStringLiteral("startButton"))->isEnabled());
        const QString why = m_driver.text(QStringLiteral("errorExplanation"));
        QVERIFY2(why.contains(QStringLiteral("The new version crashed")), qPrintable(why));
        QVERIFY(m_driver.shoot(QStringLiteral("blocks-plan-rolled-back-here")));
        m_driver.press(Qt::Key_Escape);
        QTRY_VERIFY(!m_driver.isShown(kPlan));
    }

private:
    Ran catalog(const QStringList &words) const
    {
        return m_stage.bench.run(QStringList{QStringLiteral("catalog")} + words);
    }

    testing::BenchWindow m_stage{{QStringLiteral("--unit"), QStringLiteral("healthy"),
                                  QStringLiteral("--unit"), QStringLiteral("healthy")}};
    testing::WindowDriver &m_driver = m_stage.driver;
};

QTEST_MAIN(TestGuiBlocks)
#include "tst_gui_blocks.moc"
