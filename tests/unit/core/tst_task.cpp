// SPDX-License-Identifier: Apache-2.0
#include "core/async/mailbox.h"
#include "core/async/on_worker.h"
#include "core/async/system_clock.h"
#include "tests/support/manual_clock.h"

#include <QTest>
#include <QThread>

using namespace std::chrono_literals;
using core::Done;
using core::ErrorKind;
using core::Result;
using core::Task;

namespace {

Task<int> failing()
{
    co_return core::fail(ErrorKind::Disconnected, QStringLiteral("cable"));
}

Task<int> twice(Task<int> inner)
{
    const int value = co_await std::move(inner);
    co_return 2 * value;
}

Task<int> orZero(Task<int> inner)
{
    const Result<int> result = co_await core::attempt(std::move(inner));
    co_return result.value_or(0);
}

/// Says that its scope ended, whether by return, error or cancellation.
struct Witness {
    explicit Witness(bool &gone) : isGone(gone) { }
    ~Witness() { isGone = true; }
    bool &isGone;
};

Task<int> nextOf(core::Mailbox<int> &box, bool &unwound)
{
    const Witness witness(unwound);
    co_return co_await box.next();
}

Task<Done> readAll(core::Mailbox<int> &box, QList<int> &seen)
{
    for (;;) {
        const int item = co_await box.next();
        seen.append(item);
    }
}

} // namespace

class TestTask : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void anErrorEndsTheWaitingTask()
    {
        std::optional<Result<int>> outcome;
        core::Running running(twice(failing()), [&](Result<int> result) { outcome = std::move(result); });
        QVERIFY(outcome.has_value());
        QCOMPARE(outcome->error().kind, ErrorKind::Disconnected);
    }

    void anAttemptLooksAtTheError()
    {
        std::optional<Result<int>> outcome;
        core::Running running(orZero(failing()), [&](Result<int> result) { outcome = std::move(result); });
        QCOMPARE(outcome->value(), 0);
    }

    void theMailboxKeepsTheOrder()
    {
        core::Mailbox<int> box;
        box.put(1);
        box.put(2);
        bool unwound = false;
        std::optional<Result<int>> first, second;
        core::Running one(nextOf(box, unwound), [&](Result<int> result) { first = std::move(result); });
        core::Running two(nextOf(box, unwound), [&](Result<int> result) { second = std::move(result); });
        QCOMPARE(first->value(), 1);
        QCOMPARE(second->value(), 2);
    }

    void aReaderOfEverythingIsNotWokenForNothing()
    {
        core::Mailbox<int> box;
        QList<int> seen;
        core::Running running(readAll(box, seen), [](auto) {});
        box.put(1);
        box.put(2); // Two wake-ups are on their way; the first reader's turn takes both items.
        QCoreApplication::processEvents();
        QCOMPARE(seen, (QList<int>{1, 2}));
        box.put(3);
        QCoreApplication::processEvents();
        QCOMPARE(seen, (QList<int>{1, 2, 3}));
    }

    void destroyingATaskUnwindsIt()
    {
        core::Mailbox<int> box;
        bool unwound = false;
        {
            core::Running running(nextOf(box, unwound),
                                  [](auto) { QFAIL("reported after being cancelled"); });
            QVERIFY(!unwound);
        }
        QVERIFY(unwound);
        box.put(1);
        QCoreApplication::processEvents();
    }

    void aLimitCancelsWhatTakesTooLong()
    {
        testing::ManualClock clock;
        core::Mailbox<int> box;
        bool unwound = false;
        std::optional<Result<int>> outcome;
        core::Running running(core::within(100ms, clock, nextOf(box, unwound)),
                              [&](Result<int> result) { outcome = std::move(result); });
        clock.advance(99ms);
        QVERIFY(!outcome.has_value());
        clock.advance(1ms);
        QCOMPARE(outcome->error().kind, ErrorKind::TimedOut);
        QVERIFY(unwound);
    }

    void aPauseEndsWhenItsTimeHasCome()
    {
        testing::ManualClock clock;
        bool isOver = false;
        core::Running running(core::after(50ms, clock), [&](auto) { isOver = true; });
        clock.advance(49ms);
        QVERIFY(!isOver);
        clock.advance(1ms);
        QVERIFY(isOver);
    }

    void theSystemClockRings()
    {
        core::SystemClock clock;
        bool isOver = false;
        core::Running running(core::after(1ms, clock), [&](auto) { isOver = true; });
        QTRY_VERIFY(isOver);
    }

    void blockingWorkRunsElsewhereAndReportsHere()
    {
        const QThread *here = QThread::currentThread();
        std::function<Result<bool>()> work = [here]() -> Result<bool> {
            return QThread::currentThread() != here;
        };
        std::optional<Result<bool>> outcome;
        core::Running running(core::onWorker<bool>(std::move(work)), [&](Result<bool> result) {
            QCOMPARE(QThread::currentThread(), here);
            outcome = std::move(result);
        });
        QTRY_VERIFY(outcome.has_value());
        QVERIFY(outcome->value());
    }

    void aCancelledWorkerReportsToNobody()
    {
        std::function<Result<int>()> work = []() -> Result<int> { return 1; };
        {
            core::Running running(core::onWorker<int>(std::move(work)), [](auto) { QFAIL("reported"); });
        }
        QThreadPool::globalInstance()->waitForDone();
        QCoreApplication::processEvents();
    }
};

QTEST_GUILESS_MAIN(TestTask)
#include "tst_task.moc"
