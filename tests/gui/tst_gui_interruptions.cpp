// SPDX-License-Identifier: Apache-2.0
#include "tests/gui/bench_window.h"

#include <QFile>
#include <QMessageBox>
#include <QTest>
#include <QTimer>

#include <csignal>

using testing::BenchWindow;
using testing::kLongestJobMs;

namespace {

const QString kHealthy = QStringLiteral("healthy-1");

QStringList slowUnit(const QString &kind)
{
    // Slow enough that a person, and this test, can act in the middle of the write.
    return {QStringLiteral("--unit"), kind, QStringLiteral("--baud"), QStringLiteral("38400")};
}

/// Starts the install of the selected unit, and waits until a part of the image is over.
bool startWriting(BenchWindow &stage, const QString &unit)
{
    const auto isOffered = [&] { return stage.primary() == QStringLiteral("Install 1.1.0 on trial"); };
    return stage.driver.selectUnit(unit) && QTest::qWaitFor(isOffered)
        && stage.driver.click(QStringLiteral("primaryAction"))
        && QTest::qWaitFor([&] { return stage.driver.isShown(QStringLiteral("planSheet")); })
        && stage.driver.click(QStringLiteral("startButton")) && QTest::qWaitFor([&] {
               return stage.driver.text(QStringLiteral("jobNumbers")).contains(QStringLiteral("/s"));
           });
}

void killUnit(const BenchWindow &stage)
{
    QFile file(stage.bench.path() + QStringLiteral("/bench.json"));
    if (!file.open(QIODevice::ReadOnly))
        return;
    const QJsonObject bench = QJsonDocument::fromJson(file.readAll()).object();
    const QJsonObject unit = bench[QStringLiteral("units")].toArray().first().toObject();
    ::kill(pid_t(unit[QStringLiteral("pid")].toInteger()), SIGKILL);
}

/// Answers the question that closing asks, as soon as it is there.
class Answer : public QObject
{
public:
    explicit Answer(QMessageBox::ButtonRole role)
    {
        m_poll.callOnTimeout([this, role] {
            auto *question = qobject_cast<QMessageBox *>(QApplication::activeModalWidget());
            if (!question)
                return;
            m_poll.stop();
            isAsked = true;
            for (QAbstractButton *button : question->buttons())
                if (question->buttonRole(button) == role)
                    return QTest::mouseClick(button, Qt::LeftButton);
        });
        m_poll.start();
    }

    bool isAsked = false;

private:
    QTimer m_poll;
};

} // namespace

/// What happens when people, cables and units do not do as they should, on real firmware.
class TestGuiInterruptions : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { BenchWindow::isolateSettings(); }

    void stoppingIsSafeAndSaysSo()
    {
        BenchWindow stage(slowUnit(QStringLiteral("healthy")));
        QVERIFY(startWriting(stage, kHealthy));
        QVERIFY(stage.driver.shoot(QStringLiteral("story-writing")));
        QVERIFY(stage.driver.click(QStringLiteral("stopButton")));
        QTRY_COMPARE_WITH_TIMEOUT(stage.driver.verdict(), QStringLiteral("Stopped"), kLongestJobMs);
        QVERIFY(stage.driver.text(QStringLiteral("bootSentence")).contains(QStringLiteral("Runs A 1.0.0")));
        QVERIFY(stage.driver.shoot(QStringLiteral("story-stopped")));
    }

    void whatWasStoppedGoesOnAndEndsUpdated()
    {
        BenchWindow stage(slowUnit(QStringLiteral("healthy")));
        QVERIFY(startWriting(stage, kHealthy));
        QVERIFY(stage.driver.click(QStringLiteral("stopButton")));
        QTRY_COMPARE_WITH_TIMEOUT(stage.driver.verdict(), QStringLiteral("Stopped"), kLongestJobMs);
        QVERIFY(stage.driver.click(QStringLiteral("primaryAction")));
        QTRY_VERIFY(stage.driver.isShown(QStringLiteral("planSheet")));
        stage.driver.press(Qt::Key_Return);
        QTRY_COMPARE_WITH_TIMEOUT(stage.driver.verdict(), QStringLiteral("Updated"), kLongestJobMs);
    }

    void closingAsksWhileWorkGoesOn()
    {
        BenchWindow stage(slowUnit(QStringLiteral("healthy")));
        QVERIFY(startWriting(stage, kHealthy));
        const Answer stay(QMessageBox::RejectRole);
        QVERIFY(!stage.window.close());
        QVERIFY(stay.isAsked);
        QVERIFY(stage.window.isVisible());
        QVERIFY(stage.driver.isShown(QStringLiteral("stopButton")));

        const Answer stop(QMessageBox::DestructiveRole);
        stage.window.close();
        QVERIFY(stop.isAsked);
        QTRY_VERIFY_WITH_TIMEOUT(!stage.window.isVisible(), kLongestJobMs);
    }

    void aUnitThatDiesInTheMiddleIsNeverGreen()
    {
        BenchWindow stage(slowUnit(QStringLiteral("healthy")));
        QVERIFY(startWriting(stage, kHealthy));
        killUnit(stage);
        QTRY_VERIFY_WITH_TIMEOUT(!stage.driver.verdict().isEmpty(), kLongestJobMs);
        QCOMPARE(stage.driver.verdict(), QStringLiteral("Failed"));
        QTRY_COMPARE_WITH_TIMEOUT(stage.driver.stageOf(kHealthy), QStringLiteral("Silent"), kLongestJobMs);
        QVERIFY(stage.driver.shoot(QStringLiteral("story-cable-pulled")));
    }

    void aLyingUnitIsNeverGreen()
    {
        BenchWindow stage({QStringLiteral("--unit"), QStringLiteral("lying")});
        QVERIFY(stage.driver.selectUnit(QStringLiteral("lying-1")));
        QTRY_COMPARE(stage.primary(), QStringLiteral("Install 1.1.0 on trial"));
        QVERIFY(stage.driver.click(QStringLiteral("primaryAction")));
        QTRY_VERIFY(stage.driver.isShown(QStringLiteral("planSheet")));
        stage.driver.press(Qt::Key_Return);
        QTRY_VERIFY_WITH_TIMEOUT(!stage.driver.verdict().isEmpty(), kLongestJobMs);
        const QStringList honest{QStringLiteral("Unknown: do not ship"), QStringLiteral("Rolled back")};
        QVERIFY2(honest.contains(stage.driver.verdict()), qPrintable(stage.driver.verdict()));
        QVERIFY(stage.driver.shoot(QStringLiteral("story-lying")));
    }
};

QTEST_MAIN(TestGuiInterruptions)
#include "tst_gui_interruptions.moc"
