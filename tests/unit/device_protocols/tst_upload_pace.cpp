// SPDX-License-Identifier: Apache-2.0
#include "device_protocols/smp/upload_pace.h"

#include <QQueue>
#include <QTest>

#include <cmath>

using namespace std::chrono_literals;
using core::Milliseconds;
using core::RateLimit;
using smp::UploadPace;

namespace {

constexpr qsizetype kChunk = 1'000;

/// A line and a device behind it, as times: a packet occupies the line, then travels, then the device works
/// on it, one after the other.
struct Way {
    double onLine = 0; // ms, each packet
    double delay = 0; // ms, from line to line, without work
    double work = 0; // ms, each packet
    double workMore = 0; // ms, that each further packet in the device adds
    bool isSpeedKnown = true;
};

/// Keeps as many packets under way as the pace allows, until `packets` are answered.
double run(UploadPace &pace, const Way &way, int packets)
{
    double now = 0;
    double lineFree = 0;
    double deviceFree = 0;
    QQueue<double> answers;
    for (int answered = 0; answered < packets; ++answered) {
        while (answers.size() < pace.window()) {
            lineFree = std::max(lineFree, now) + way.onLine;
            deviceFree = std::max(deviceFree, lineFree) + way.work + way.workMore * double(answers.size());
            answers.enqueue(deviceFree + way.delay);
        }
        now = answers.dequeue();
        std::optional<UploadPace::Microseconds> onLine;
        if (way.isSpeedKnown)
            onLine = UploadPace::Microseconds(qint64(way.onLine * 1000));
        pace.taken(Milliseconds(qint64(now)), kChunk, onLine);
    }
    return now;
}

} // namespace

class TestUploadPace : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void takesAsManyAsPay_data()
    {
        QTest::addColumn<double>("onLine");
        QTest::addColumn<double>("delay");
        QTest::addColumn<double>("work");
        QTest::addColumn<double>("workMore");
        QTest::addColumn<int>("most");
        QTest::addColumn<int>("least");
        QTest::addColumn<int>("greatest");
        QTest::newRow("one buffer") << 10.0 << 5.0 << 0.0 << 0.0 << 1 << 1 << 1;
        QTest::newRow("a slow line") << 120.0 << 3.4 << 0.0 << 0.0 << 3 << 2 << 3;
        QTest::newRow("a delay that two fill") << 5.3 << 5.4 << 0.0 << 0.0 << 3 << 2 << 3;
        QTest::newRow("a long delay") << 5.3 << 30.0 << 0.0 << 0.0 << 8 << 6 << 8;
        QTest::newRow("flash that is the limit") << 2.0 << 1.0 << 40.0 << 0.0 << 7 << 2 << 3;
        QTest::newRow("a device that several slow down") << 5.0 << 0.5 << 1.0 << 20.0 << 3 << 1 << 1;
    }

    void takesAsManyAsPay()
    {
        QFETCH(double, onLine);
        QFETCH(double, delay);
        QFETCH(double, work);
        QFETCH(double, workMore);
        QFETCH(int, most);
        QFETCH(int, least);
        QFETCH(int, greatest);
        UploadPace pace({.mostUnderWay = most});
        QCOMPARE(pace.window(), 1);
        run(pace, {onLine, delay, work, workMore}, 600);
        QVERIFY2(pace.window() >= least && pace.window() <= greatest,
                 qPrintable(QString::number(pace.window())));
    }

    /// What finding out costs, of 256 KiB in packets of 352 bytes at 1 Mbaud with 5 ms of delay.
    void findingOutCostsLessThanTwoPercent()
    {
        UploadPace pace({.mostUnderWay = 3});
        const Way way{.onLine = 5.27, .delay = 5.4};
        const double took = run(pace, way, 743);
        QVERIFY2(took < 743 * 5.27 * 1.02, qPrintable(QString::number(took)));
    }

    void takesTwoWhereNothingCanBeMeasured()
    {
        UploadPace pace({.mostUnderWay = 3});
        run(pace, {}, 100);
        QCOMPARE(pace.window(), 2);
    }

    void aSilenceBringsItBackToOneForGood()
    {
        UploadPace pace({.mostUnderWay = 3});
        const Way way{.onLine = 5.3, .delay = 8};
        run(pace, way, 200);
        QCOMPARE(pace.window(), 3);
        pace.fellSilent();
        QCOMPARE(pace.window(), 1);
        run(pace, way, 500);
        QCOMPARE(pace.window(), 1);
    }

    void aLossWhileItTriesThreeKeepsItAtTwo()
    {
        UploadPace pace({.mostUnderWay = 3});
        const Way way{.onLine = 5.3, .delay = 8};
        run(pace, way, 50);
        QCOMPARE(pace.window(), 3);
        pace.stumbled();
        QCOMPARE(pace.window(), 2);
        run(pace, way, 500);
        QCOMPARE(pace.window(), 2);
    }

    void aLossBeforeThatOnlyMeasuresAnew()
    {
        UploadPace pace({.mostUnderWay = 3});
        const Way way{.onLine = 5.3, .delay = 5.4};
        run(pace, way, 10);
        QCOMPARE(pace.window(), 2);
        pace.stumbled();
        QCOMPARE(pace.window(), 2);
    }

    void saysWhatLimitsTheRate_data()
    {
        QTest::addColumn<double>("onLine");
        QTest::addColumn<double>("delay");
        QTest::addColumn<double>("work");
        QTest::addColumn<int>("most");
        QTest::addColumn<int>("turnAround");
        QTest::addColumn<bool>("isSpeedKnown");
        QTest::addColumn<int>("limit"); // -1: not known
        const auto row = [](const char *name, const Way &way, int most, int turnAround, int limit) {
            QTest::newRow(name) << way.onLine << way.delay << way.work << most << turnAround
                                << way.isSpeedKnown << limit;
        };
        const int line = int(RateLimit::Line);
        const int buffers = int(RateLimit::DeviceBuffers);
        const int flash = int(RateLimit::DeviceFlash);
        row("115200 baud", {.onLine = 120, .delay = 3.4}, 3, 6, line);
        row("115200 baud, one buffer", {.onLine = 120, .delay = 3.4}, 1, 6, line);
        row("1 Mbaud, one buffer", {.onLine = 5.3, .delay = 5.4}, 1, 6, buffers);
        row("slow flash, one buffer", {.onLine = 5.3, .delay = 2, .work = 20}, 1, 3, flash);
        row("slow flash, four buffers", {.onLine = 5.3, .delay = 2, .work = 20}, 3, 3, flash);
        row("a long delay, three buffers", {.onLine = 5.3, .delay = 40}, 2, 40, buffers);
        row("no speed, one buffer", {.onLine = 0.3, .delay = 8, .isSpeedKnown = false}, 1, 8, buffers);
        row("no speed, no delay", {.onLine = 3, .delay = 0.2, .isSpeedKnown = false}, 1, 0, -1);
    }

    void saysWhatLimitsTheRate()
    {
        QFETCH(double, onLine);
        QFETCH(double, delay);
        QFETCH(double, work);
        QFETCH(int, most);
        QFETCH(int, turnAround);
        QFETCH(bool, isSpeedKnown);
        QFETCH(int, limit);
        UploadPace pace({.mostUnderWay = most, .turnAround = Milliseconds(turnAround)});
        QVERIFY(!pace.limitedBy());
        run(pace, {.onLine = onLine, .delay = delay, .work = work, .isSpeedKnown = isSpeedKnown}, 400);
        const std::optional<RateLimit> told = pace.limitedBy();
        QCOMPARE(told ? int(*told) : -1, limit);
    }

    void doesNotBelieveASpeedThatIsExceeded()
    {
        UploadPace pace({.mostUnderWay = 1});
        for (int packet = 0; packet < 1'000; ++packet) // USB at "115200 baud"
            pace.taken(Milliseconds(packet), kChunk, UploadPace::Microseconds(120'000));
        QCOMPARE(*pace.bytesPerSecond(), 1'000'000);
        QVERIFY(!pace.limitedBy());
    }

    void theRateIsThatOfTheLastTwoSeconds()
    {
        UploadPace pace({.mostUnderWay = 1});
        for (int packet = 0; packet < 100; ++packet)
            pace.taken(Milliseconds(packet * 100), kChunk, {});
        QVERIFY(std::abs(*pace.bytesPerSecond() - 10'000) < 100);
        for (int packet = 0; packet < 10; ++packet)
            pace.taken(Milliseconds(10'000 + packet * 1'000), kChunk, {});
        QVERIFY(std::abs(*pace.bytesPerSecond() - 1'000) < 10);
    }
};

QTEST_GUILESS_MAIN(TestUploadPace)
#include "tst_upload_pace.moc"
