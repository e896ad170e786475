// SPDX-License-Identifier: Apache-2.0
#include "app/gui/models/job_progress.h"
#include "app/gui/pages/units/plan_words.h"
#include "app/gui/pages/units/units_page.h"
#include "app/gui/shell/main_window.h"
#include "app/gui/widgets/label.h"
#include "app/gui/widgets/plan_sheet.h"
#include "tests/gui/fake_service.h"
#include "tests/gui/samples.h"

#include <QAccessible>
#include <QApplication>
#include <QCheckBox>
#include <QDir>
#include <QElapsedTimer>
#include <QListView>
#include <QPushButton>
#include <QScopeGuard>
#include <QScrollArea>
#include <QScrollBar>
#include <QSignalSpy>
#include <QStandardPaths>
#include <QTest>

using namespace std::chrono_literals;
using core::Outcome;
using core::Reason;
using gui::ThemeChoice;

namespace {

/// The window in one state, with everything that it hears coming from the test.
class Stage
{
public:
    explicit Stage(gui::Theme &theme) : window(service, theme)
    {
        window.resize(window.minimumSize());
        window.show();
    }

    void showUnit(const core::DeviceSnapshot &unit)
    {
        Q_EMIT service.unitsListed({samples::seen(unit)}, {});
        Q_EMIT service.releasesListed(
            {samples::release({1, 1, 0, 0}), samples::release({1, 2, 0, 0}, QStringLiteral("beta"))});
    }

    void showPlan(const core::DeviceSnapshot &unit, const core::UpdatePlan &plan,
                  const QStringList &lifting = {})
    {
        showUnit(unit);
        window.findChild<QPushButton *>(QStringLiteral("primaryAction"))->click();
        Q_EMIT service.planPrepared({service.requests.constLast(), plan, {}, lifting});
    }

    void showBlocked(const gui::Objections &objections)
    {
        const core::DeviceSnapshot unit = samples::runningUnit();
        showPlan(unit, samples::blockedPlan(unit, objections), objections.lifting);
    }

    void showRollback(const core::Result<gui::Objections> &blocking)
    {
        const core::Verdict verdict = samples::verdict(Outcome::Reverted, Reason::TrialCrashed);
        showUnit(samples::rolledBackUnit());
        Q_EMIT service.jobEnded(samples::rolledBackUnit().name, {verdict, blocking});
    }

    void showVerdict(const core::DeviceSnapshot &unit, const core::Verdict &verdict)
    {
        showUnit(unit);
        Q_EMIT service.jobEnded(unit.name, {verdict});
    }

    void showWriting(const core::DeviceSnapshot &unit)
    {
        showUnit(unit);
        gui::JobProgress progress(
            {.unit = unit.name, .kind = gui::JobKind::Update, .to = core::Version{1, 1, 0, 0}}, 0ms);
        const QDateTime now = QDateTime::currentDateTimeUtc();
        progress.take(core::StateReached{core::JobState::Verified, {}}, 0ms, now);
        progress.take(core::StepStarted{core::JobStep::Writing}, 0ms, now);
        progress.take(core::WriteProgressed{0, 312'400}, 0ms, now);
        progress.take(core::WriteProgressed{131'072, 312'400, 10'922, core::RateLimit::Line}, 12s, now);
        Q_EMIT service.jobMoved(progress.snapshot());
    }

    void showRestarting(const core::DeviceSnapshot &unit)
    {
        showUnit(unit);
        gui::JobProgress progress(
            {.unit = unit.name, .kind = gui::JobKind::Update, .to = core::Version{1, 1, 0, 0}}, 0ms);
        progress.take(core::StepStarted{core::JobStep::Restarting, false, 9s}, 0ms, {});
        for (const char *line : {"*** Booting Bootmend 1.1.0 ***", "[00:00.012] <inf> boot: slot B on trial",
                                 "[00:00.208] \x1b[1;31m<err> lamp: driver is hot (71 C)\x1b[0m"})
            progress.take(core::LinePrinted{QLatin1String(line)}, 0ms, {});
        Q_EMIT service.jobMoved(progress.snapshot());
    }

    void showLog()
    {
        showRestarting(samples::runningUnit());
        window.findChild<QPushButton *>(QStringLiteral("foldLog"))->click();
    }

    testing::FakeService service;
    gui::MainWindow window;
};

using Show = std::function<void(Stage &)>;

struct State {
    const char *name;
    Show show;
};

core::Error lostLink()
{
    return {
        core::ErrorKind::Disconnected, QStringLiteral("read: Input/output error"), Reason::LinkLost, {}, {}};
}

QList<State> outcomes()
{
    const auto verdict = [](Outcome outcome, std::optional<Reason> reason = {}) {
        return [=](Stage &stage) {
            const bool isNew = outcome == Outcome::Updated || outcome == Outcome::Recovered
                || outcome == Outcome::AlreadyCurrent;
            const core::DeviceSnapshot unit = isNew ? samples::updatedUnit()
                : outcome == Outcome::Reverted      ? samples::rolledBackUnit()
                                                    : samples::runningUnit();
            stage.showVerdict(unit, samples::verdict(outcome, reason));
        };
    };
    return {{"verdict-updated", verdict(Outcome::Updated)},
            {"verdict-recovered", verdict(Outcome::Recovered)},
            {"verdict-current", verdict(Outcome::AlreadyCurrent)},
            {"verdict-staged", verdict(Outcome::Staged)},
            {"verdict-reverted", verdict(Outcome::Reverted, Reason::TrialCrashed)},
            {"verdict-refused", verdict(Outcome::Refused, Reason::RollbackIndexTooLow)},
            {"verdict-failed", verdict(Outcome::Failed, Reason::LinkLost)},
            {"verdict-unknown", verdict(Outcome::Unknown, Reason::RunningImageDiffers)},
            {"verdict-cancelled", verdict(Outcome::Cancelled, Reason::Cancelled)}};
}

QList<State> blocks()
{
    const auto plan = [](const gui::Objections &objections) {
        return [=](Stage &stage) { stage.showBlocked(objections); };
    };
    const auto noRoom = core::fail(core::ErrorKind::FileFailed, QStringLiteral("no space left on device"));
    return {{"plan-blocked-here", plan(samples::blockedHere())},
            {"plan-rolled-back-here", plan(samples::rolledBackHere())},
            {"plan-blocked-by-list", plan(samples::blockedByList())},
            {"plan-too-old", plan(samples::tooOld())},
            {"reverted-and-blocked", [](Stage &stage) { stage.showRollback(samples::rolledBackHere()); }},
            {"reverted-not-blocked", [=](Stage &stage) { stage.showRollback(noRoom); }}};
}

QList<State> states()
{
    const gui::SearchReport ports;
    QList<State> all{
        {"empty", [=](Stage &stage) { Q_EMIT stage.service.unitsListed({}, ports); }},
        {"one-unit", [](Stage &stage) { stage.showUnit(samples::runningUnit()); }},
        {"rolled-back", [](Stage &stage) { stage.showUnit(samples::rolledBackUnit()); }},
        {"on-trial", [](Stage &stage) { stage.showUnit(samples::unitOnTrial()); }},
        {"in-recovery", [](Stage &stage) { stage.showUnit(samples::unitInRecovery()); }},
        {"silent", [](Stage &stage) { stage.showUnit(samples::silentUnit()); }},
        {"releases",
         [](Stage &stage) {
             gui::ReleaseOffer refused = samples::release({2, 0, 0, 0});
             refused.refusal = core::Error{core::ErrorKind::Untrusted, {}, Reason::SignatureInvalid, {}, {}};
             gui::ReleaseOffer blocked = samples::release({1, 2, 0, 0});
             blocked.objections = samples::rolledBackHere();
             Q_EMIT stage.service.releasesListed({refused, blocked, samples::release({1, 0, 0, 0}),
                                                  samples::release({1, 1, 0, 0}, QStringLiteral("beta"))});
             for (QAbstractButton *place : stage.window.findChildren<QAbstractButton *>())
                 if (place->text() == QStringLiteral("Releases"))
                     QTest::mouseClick(place, Qt::LeftButton);
         }},
        {"many-units", [](Stage &stage) { Q_EMIT stage.service.unitsListed(samples::manyUnits(40), {}); }},
        {"plan",
         [](Stage &stage) { stage.showPlan(samples::runningUnit(), samples::plan(samples::runningUnit())); }},
        {"plan-on-mains",
         [](Stage &stage) {
             stage.showPlan(samples::runningUnit(), samples::planOnMains(samples::runningUnit()));
         }},
        {"plan-recovery",
         [](Stage &stage) {
             stage.showPlan(samples::unitInRecovery(), samples::plan(samples::unitInRecovery()));
         }},
        {"plan-refused",
         [](Stage &stage) {
             stage.showPlan(samples::runningUnit(), samples::refusedPlan(samples::runningUnit()));
         }},
        {"writing", [](Stage &stage) { stage.showWriting(samples::runningUnit()); }},
        {"restarting", [](Stage &stage) { stage.showRestarting(samples::runningUnit()); }},
        {"restarting-log", [](Stage &stage) { stage.showLog(); }},
        {"error",
         [](Stage &stage) {
             stage.showUnit(samples::runningUnit());
             Q_EMIT stage.service.jobFailed(QStringLiteral("healthy"), lostLink());
         }},
    };
    return all + blocks() + outcomes();
}

/// Labels must get the height that their text needs at their width: nothing is cut off.
QStringList cutOffTexts(const QWidget &window)
{
    QStringList cut;
    for (const gui::Label *label : window.findChildren<gui::Label *>()) {
        if (!label->isVisible() || label->text().isEmpty())
            continue;
        const bool isNarrow = !label->wordWrap() && label->width() < label->sizeHint().width();
        const bool isLow = label->wordWrap() && label->height() < label->heightForWidth(label->width());
        if (isNarrow || isLow)
            cut.append(label->text());
    }
    return cut;
}

/// A sheet that could be higher in its window shows everything at once.
bool needsNoScrolling(const QWidget &window)
{
    const auto *sheet = window.findChild<gui::PlanSheet *>();
    if (!sheet || !sheet->isVisible() || sheet->height() + 32 >= sheet->parentWidget()->height())
        return true;
    return !sheet->findChild<QScrollArea *>()->verticalScrollBar()->isVisible();
}

} // namespace

class TestWindowStates : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void nothingStartsBeforeThePromise()
    {
        gui::PlanSheet sheet;
        QSignalSpy started(&sheet, &gui::PlanSheet::started);
        sheet.show(gui::planViewOf(samples::planOnMains(samples::runningUnit()), {}));
        QTest::keyClick(&sheet, Qt::Key_Return);
        QCOMPARE(started.size(), 0);
        auto *promise = sheet.findChild<QCheckBox *>(QStringLiteral("planPromise"));
        QTest::keyClick(promise, Qt::Key_Space);
        QTest::keyClick(&sheet, Qt::Key_Return);
        QCOMPARE(started.size(), 1);
    }

    void initTestCase()
    {
        QStandardPaths::setTestModeEnabled(true);
        QCoreApplication::setOrganizationName(QStringLiteral("Bootmend tests"));
        QVERIFY(QDir().mkpath(QStringLiteral(SCREENSHOT_DIR)));
    }

    void everyStateIsDrawnWhole_data()
    {
        QTest::addColumn<ThemeChoice>("theme");
        QTest::addColumn<Show>("show");
        for (const State &state : states()) {
            QTest::addRow("%s-light", state.name) << ThemeChoice::Light << state.show;
            QTest::addRow("%s-dark", state.name) << ThemeChoice::Dark << state.show;
        }
    }

    void everyStateIsDrawnWhole()
    {
        QFETCH(ThemeChoice, theme);
        QFETCH(Show, show);
        m_theme.choose(theme);
        Stage stage(m_theme);
        show(stage);
        QVERIFY(QTest::qWaitForWindowExposed(&stage.window));
        QCoreApplication::processEvents();

        const QString ratio =
            qFuzzyCompare(stage.window.devicePixelRatioF(), 1.0) ? QString() : QStringLiteral("@2x");
        const QString file = QStringLiteral(SCREENSHOT_DIR "/%1%2.png")
                                 .arg(QString::fromLatin1(QTest::currentDataTag()), ratio);
        QVERIFY(stage.window.grab().save(file));
        QCOMPARE(stage.window.size(), QSize(1024, 640));
        QVERIFY(needsNoScrolling(stage.window));
        QCOMPARE(cutOffTexts(stage.window), QStringList());
    }

    void everyStateHasRoomForLargerText_data()
    {
        QTest::addColumn<Show>("show");
        for (const State &state : states())
            QTest::newRow(state.name) << state.show;
    }

    void everyStateHasRoomForLargerText()
    {
        QFETCH(Show, show);
        constexpr double kGrowth = 1.4; // what a translation may need, and more
        const QFont usual = QApplication::font();
        const auto restore = qScopeGuard([&usual] { QApplication::setFont(usual); });
        QFont larger = usual;
        larger.setPointSizeF(usual.pointSizeF() * kGrowth);
        QApplication::setFont(larger);

        Stage stage(m_theme);
        show(stage);
        QVERIFY(QTest::qWaitForWindowExposed(&stage.window));
        QCoreApplication::processEvents();
        const QString file =
            QStringLiteral(SCREENSHOT_DIR "/%1-large.png").arg(QString::fromLatin1(QTest::currentDataTag()));
        QVERIFY(stage.window.grab().save(file));
        QCOMPARE(cutOffTexts(stage.window), QStringList());
    }

    void tenThousandUnitsScrollWithoutAPause()
    {
        constexpr int kUnits = 10'000;
        constexpr qint64 kFrame = 16; // ms of work
        Stage stage(m_theme);
        Q_EMIT stage.service.unitsListed(samples::manyUnits(kUnits), {});
        QVERIFY(QTest::qWaitForWindowExposed(&stage.window));
        auto *list = stage.window.findChild<QListView *>(QStringLiteral("unitList"));
        list->grab(); // The first frame renders the icons.

        QList<qint64> frames;
        for (int step = 1; step <= 20; ++step) {
            QElapsedTimer timer;
            timer.start();
            list->verticalScrollBar()->setValue(list->verticalScrollBar()->maximum() * step / 20);
            list->viewport()->repaint();
            frames.append(timer.elapsed());
        }
        // The median: another process may take the processor away in any single frame.
        std::sort(frames.begin(), frames.end());
        QVERIFY2(frames[frames.size() / 2] <= kFrame, QByteArray::number(frames[frames.size() / 2]));
    }

    void theMirroredWindowIsDrawnWhole()
    {
        const auto restore = qScopeGuard([] { QApplication::setLayoutDirection(Qt::LeftToRight); });
        QApplication::setLayoutDirection(Qt::RightToLeft);
        Stage stage(m_theme);
        stage.showVerdict(samples::rolledBackUnit(), samples::verdict(Outcome::Reverted, Reason::TrialHung));
        QVERIFY(QTest::qWaitForWindowExposed(&stage.window));
        QCoreApplication::processEvents();
        QVERIFY(stage.window.grab().save(QStringLiteral(SCREENSHOT_DIR "/mirrored.png")));
        QCOMPARE(cutOffTexts(stage.window), QStringList());
    }

    void everyWidgetThatTakesTheKeyboardHasAName()
    {
        Stage stage(m_theme);
        stage.showVerdict(samples::rolledBackUnit(), samples::verdict(Outcome::Reverted, Reason::TrialHung));
        QVERIFY(QTest::qWaitForWindowExposed(&stage.window));
        for (const QWidget *widget : stage.window.findChildren<QWidget *>()) {
            const bool takesKeys = widget->isVisible() && widget->focusPolicy() != Qt::NoFocus;
            if (!takesKeys)
                continue;
            const QAccessibleInterface *spoken =
                QAccessible::queryAccessibleInterface(const_cast<QWidget *>(widget));
            QVERIFY2(spoken && !spoken->text(QAccessible::Name).isEmpty(), widget->metaObject()->className());
        }
    }

private:
    gui::Theme m_theme{*qApp, ThemeChoice::Light};
};

QTEST_MAIN(TestWindowStates)
#include "tst_window_states.moc"
