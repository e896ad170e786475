// SPDX-License-Identifier: Apache-2.0
#include "tests/emulated/command_line.h"
#include "tests/support/usb_bench.h"

#include <QElapsedTimer>

#include <algorithm>

using testing::ScratchBench;
using testing::UsbBus;
using testing::UsbUnit;

namespace {

constexpr int kRounds = 9;
constexpr qint64 kLimitMs = 300;
constexpr int kPatienceMs = 30'000;

/// `devices --watch`, and how often it has said a word.
class Watch
{
public:
    explicit Watch(UsbBus &bus)
    {
        bus.show(m_process, ScratchBench::bootmend(),
                 {QStringLiteral("devices"), QStringLiteral("--watch"), QStringLiteral("--json")});
        QObject::connect(&m_process, &QProcess::readyReadStandardOutput, &m_process,
                         [this] { m_output += m_process.readAllStandardOutput(); });
        m_process.start();
    }
    ~Watch()
    {
        m_process.terminate();
        m_process.waitForFinished();
    }

    /// Not QTest::qWaitFor, which sleeps between its looks.
    bool awaitWord(const QByteArray &word, qsizetype times)
    {
        QElapsedTimer timer;
        timer.start();
        while (m_output.count(word) < times && timer.elapsed() < kPatienceMs)
            QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents, 100);
        return m_output.count(word) >= times;
    }

private:
    QProcess m_process;
    QByteArray m_output;
};

} // namespace

/// From the plug to a unit that is named and inspected. The virtual unit's line takes no time worth counting,
/// so that all of it is work: the event, the profile, opening, the questions and the answers, the line that
/// is printed. The best of several rounds is judged: other programs of the machine are not the tool's work.
class TestPlugToInspected : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void takesNoLongerThanAPersonNotices()
    {
        UsbBus bus;
        const QString missing = bus.start();
        if (!missing.isEmpty())
            QSKIP(qPrintable(missing));
        const ScratchBench bench({QStringLiteral("--unit"), QStringLiteral("healthy")});
        const QJsonArray units = bench.up.result()[QStringLiteral("units")].toArray();
        UsbUnit unit(bus, units.at(0)[QStringLiteral("address")].toString().section(u':', 1));
        const testing::PlugFacts facts{.name = QStringLiteral("ttyACM0"),
                                       .topology = QStringLiteral("1-4"),
                                       .serial = QStringLiteral("BENCH")};
        QVERIFY(unit.plug(facts)); // What it says then means that the watch is up.
        Watch watch(bus);
        QVERIFY(watch.awaitWord("\"inspected\"", 1));

        QList<qint64> times;
        for (int round = 1; round <= kRounds; ++round) {
            unit.unplug();
            QVERIFY(watch.awaitWord("\"left\"", round));
            QElapsedTimer timer;
            timer.start();
            QVERIFY(unit.plug(facts));
            QVERIFY(watch.awaitWord("\"inspected\"", round + 1));
            times.append(timer.elapsed());
        }
        std::sort(times.begin(), times.end());
        std::printf("plug to inspected: best %lld ms, median %lld ms, limit %lld ms\n",
                    static_cast<long long>(times.first()), static_cast<long long>(times.at(kRounds / 2)),
                    static_cast<long long>(kLimitMs));
        QVERIFY(times.first() <= kLimitMs);
    }
};

QTEST_GUILESS_MAIN(TestPlugToInspected)
#include "tst_plug_to_inspected.moc"
