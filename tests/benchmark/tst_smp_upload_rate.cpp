// SPDX-License-Identifier: Apache-2.0
#include "core/async/system_clock.h"
#include "device_protocols/smp/console_channel.h"
#include "device_protocols/smp/image_upload.h"
#include "device_protocols/transport/serial_stream.h"
#include "device_protocols/transport/unix_stream.h"
#include "tests/support/line_throttle.h"
#include "tests/support/run_live.h"
#include "tests/support/virtual_unit.h"

#include <QElapsedTimer>
#include <QFile>
#include <QTest>

#include <array>
#include <ctime>
#include <sched.h>

using core::Done;
using core::Result;
using core::Task;
using testing::LineThrottle;
using testing::VirtualUnit;

namespace {

constexpr qsizetype kFileSize = 256 * 1024;
constexpr int kLongest = 120'000; // ms

QByteArray imageOf(qsizetype size)
{
    const auto image = [](qsizetype ballast) {
        return VirtualUnit::image(QStringLiteral("good"), QStringLiteral("1.1.0"), ballast).file;
    };
    return image(size - image(0).size());
}

double processorSeconds()
{
    timespec time{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return double(time.tv_sec) + double(time.tv_nsec) * 1e-9;
}

qint64 peakKilobytes()
{
    QFile status(QStringLiteral("/proc/self/status"));
    if (!status.open(QIODevice::ReadOnly))
        return 0;
    const QByteArray text = status.readAll();
    const qsizetype at = text.indexOf("VmHWM:");
    return text.mid(at + 6, text.indexOf("kB", at) - at - 6).trimmed().toLongLong();
}

/// The limits of shared arithmetic: what packets of a device's buffer need on the line, in seconds. Nothing
/// of it comes from the code that is measured.
struct Limits {
    static qsizetype onLine(qsizetype packet)
    {
        const qsizetype framed = packet + 4; // length and CRC
        const qsizetype rest = framed % 93;
        return framed / 93 * 127 + (rest > 0 ? (rest + 2) / 3 * 4 + 3 : 0);
    }

    Limits(qsizetype buffer, int baud, double delay, qsizetype answer)
    {
        constexpr qsizetype kMostFields = 8 + 18; // header and {off, data}
        constexpr qsizetype kFirstFields = 50; // len and sha
        const qsizetype most = (buffer - 4 - kMostFields) / 4 * 4;
        for (qsizetype offset = 0; offset < kFileSize; ++packets) {
            const qsizetype number = offset < 24 ? 1 : offset < 256 ? 2 : offset < 65536 ? 3 : 5;
            const qsizetype fields = kMostFields - 5 + number + (offset == 0 ? kFirstFields : 0);
            const qsizetype data = std::min(offset == 0 ? most - kFirstFields : most, kFileSize - offset);
            up += onLine(fields + data);
            offset += data;
        }
        inFlight = 10.0 * double(up) / baud;
        stopAndWait = 10.0 * double(up + packets * answer) / baud + double(packets) * delay;
    }

    qsizetype packets = 0;
    qsizetype up = 0;
    double inFlight = 0;
    double stopAndWait = 0;
};

/// The host's end of a throttled line: it knows its speed, as a serial port does.
class RatedStream final : public transport::ByteStream
{
public:
    RatedStream(LineThrottle &throttle, int line, const LineThrottle::Line &settings) :
        m_socket(throttle.add(settings)), m_throttle(throttle), m_line(line), m_baud(settings.baud)
    {
    }

    Task<Done> open() override { return m_socket.open(); }
    Task<Done> send(QByteArray bytes) override
    {
        m_throttle.hostSends(m_line);
        return m_socket.send(std::move(bytes));
    }
    Task<QByteArray> receive() override { return m_socket.receive(); }
    void close() override { m_socket.close(); }
    std::optional<int> bytesPerSecond() const override { return m_baud / 10; }

private:
    transport::UnixStream m_socket;
    LineThrottle &m_throttle;
    int m_line;
    int m_baud;
};

struct Setting {
    int buffers = 3;
    int size = 512;
    int baud = 115'200;
    int delayMs = 0;
};

/// A unit in recovery mode behind its line, and an upload to it.
class Bench
{
public:
    explicit Bench(const Setting &setting) : m_setting(setting)
    {
        const QString complaint = m_unit.provision(std::nullopt);
        if (!complaint.isEmpty())
            qFatal("%s", qPrintable(complaint));
    }

    bool start(VirtualUnit::Line line)
    {
        const auto buffers = QStringLiteral("%1:%2").arg(m_setting.buffers).arg(m_setting.size);
        return m_unit.start({QStringLiteral("--buffers"), buffers}, line);
    }

    LineThrottle::Line line() const
    {
        return {m_unit.linePath(), m_setting.baud, std::chrono::milliseconds(m_setting.delayMs)};
    }
    QString unitPath() const { return m_unit.linePath(); }

    void connectTo(std::unique_ptr<transport::ByteStream> stream, core::Clock &clock)
    {
        m_client.emplace(std::make_unique<smp::ConsoleChannel>(std::move(stream)), clock);
    }

    Task<Done> upload(QByteArray file)
    {
        co_await m_client->open();
        QElapsedTimer asking;
        asking.start();
        const smp::ServerLimits told = co_await smp::OsGroup(*m_client).parameters();
        limits = told;
        const core::Milliseconds turnAround(asking.elapsed());
        smp::UploadOrder order{.file = std::move(file), .limits = told, .turnAround = turnAround};
        order.control.onProgress = [this](const core::WriteProgressed &now) { last = now; };
        QElapsedTimer timer;
        timer.start();
        smp::ImageUpload upload(*m_client, std::move(order));
        co_await upload.run();
        seconds = double(timer.nsecsElapsed()) * 1e-9;
        window = upload.window();
        co_return Done{};
    }

    const Setting &setting() const { return m_setting; }

    smp::ServerLimits limits;
    core::WriteProgressed last;
    double seconds = 0;
    int window = 0;

private:
    Setting m_setting;
    VirtualUnit m_unit;
    std::optional<smp::Client> m_client;
};

Task<Done> allOf(std::vector<std::unique_ptr<core::Running<Done>>> &running, core::Mailbox<Done> &ended)
{
    for (std::size_t left = running.size(); left > 0; --left)
        co_await ended.next();
    co_return Done{};
}

const char *limitName(const std::optional<core::RateLimit> &limit)
{
    if (!limit)
        return "-";
    switch (*limit) {
    case core::RateLimit::Line:
        return "line";
    case core::RateLimit::DeviceBuffers:
        return "device_buffers";
    case core::RateLimit::DeviceFlash:
        return "device_flash";
    }
    Q_UNREACHABLE();
}

} // namespace

/// How near an upload of 256 KiB to the bootloader's host port comes to what the line carries. The limits are
/// those of an ideal client: the line always full, or filled anew as soon as an answer has arrived.
class TestSmpUploadRate : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        // Where it may: what other work on the machine delays is not what is measured. The units inherit it.
        const sched_param first{.sched_priority = 1};
        if (::sched_setscheduler(0, SCHED_RR, &first) != 0)
            qInfo("no priority over other work: the ratios are those of a shared machine");
        m_file = imageOf(kFileSize);
        QCOMPARE(m_file.size(), kFileSize);
    }

    void comesNearTheLimit_data()
    {
        QTest::addColumn<int>("baud");
        QTest::addColumn<int>("delayMs");
        QTest::addColumn<int>("units"); // at the same time, of each kind in turn
        QTest::newRow("115200 baud") << 115'200 << 0 << 32;
        QTest::newRow("1 Mbaud, 5 ms a request") << 1'000'000 << 5 << 9;
    }

    void comesNearTheLimit()
    {
        QFETCH(int, baud);
        QFETCH(int, delayMs);
        QFETCH(int, units);
        // What a busy machine does to one round, it hardly does to three; a slow line does not notice it.
        int rounds = baud > 500'000 ? 3 : 1;
        while (rounds > 0)
            rounds = playRound({.baud = baud, .delayMs = delayMs}, units, rounds - 1);
    }

    void isFastWithoutALine()
    {
        core::SystemClock clock;
        double best = 0;
        qint64 peakAfterTheFirst = 0;
        for (int attempt = 0; attempt < 10; ++attempt) {
            Bench bench({.buffers = 4, .size = 4096, .baud = 115'200});
            QVERIFY(bench.start(VirtualUnit::Line::Pty));
            bench.connectTo(std::make_unique<transport::SerialStream>(
                                transport::SerialSettings{.port = bench.unitPath()}),
                            clock);
            const Result<Done> outcome = testing::finishLive(bench.upload(m_file), kLongest);
            QVERIFY2(outcome.has_value(), outcome ? "" : qPrintable(outcome.error().detail));
            best = std::max(best, double(kFileSize) / bench.seconds);
            qInfo("pty: %.2f MB/s", double(kFileSize) / bench.seconds / 1e6);
            peakAfterTheFirst = attempt == 0 ? peakKilobytes() : peakAfterTheFirst;
        }
        qInfo("pty, the best of ten: %.2f MB/s; peak memory %+lld kB after the first", best / 1e6,
              peakKilobytes() - peakAfterTheFirst);
        QVERIFY(best >= 7e6);
        QVERIFY(peakKilobytes() - peakAfterTheFirst < kMostGrowthKb);
    }

private:
    static constexpr qint64 kMostGrowthKb = 4 * 1024;

    /// One upload to each of the units. Judges it when it is good, or the last; how many rounds are to
    /// follow.
    int playRound(const Setting &line, int units, int roundsLeft)
    {
        constexpr std::array kSizes{384, 1024, 4096};
        constexpr std::array kBuffers{1, 3, 4};
        LineThrottle throttle;
        std::vector<std::unique_ptr<Bench>> benches;
        for (std::size_t unit = 0; unit < std::size_t(units); ++unit)
            benches.push_back(std::make_unique<Bench>(
                Setting{kBuffers[unit % 3], kSizes[unit / 3 % 3], line.baud, line.delayMs}));
        const qint64 peakBefore = peakKilobytes();
        const double cores = run(benches, throttle);
        const qint64 growth = peakKilobytes() - peakBefore;

        bool isGood = true;
        for (std::size_t index = 0; index < benches.size(); ++index)
            isGood = isGood && isNear(*benches[index], ratioOf(*benches[index], throttle.counts(int(index))));
        if (!isGood && roundsLeft > 0)
            return roundsLeft;
        for (std::size_t index = 0; index < benches.size(); ++index)
            judge(*benches[index], throttle.counts(int(index)));
        judgeCost(units, cores, growth);
        return 0;
    }

    static bool isNear(const Bench &bench, double ratio)
    {
        return ratio >= (bench.setting().buffers < 3 ? 0.98 : 0.97);
    }

    static void judgeCost(int units, double cores, qint64 growth)
    {
        qInfo("%d units at once: %.3f of a core, peak memory %+lld kB", units, cores, growth);
        QVERIFY(cores < 0.5);
        QVERIFY(growth < kMostGrowthKb);
    }

    /// Uploads to all units at once; what our process took of a core.
    double run(const std::vector<std::unique_ptr<Bench>> &benches, LineThrottle &throttle)
    {
        core::SystemClock clock;
        for (const auto &bench : benches)
            if (!bench->start(VirtualUnit::Line::Socket))
                qFatal("a unit does not start");
        int line = 0;
        for (const auto &bench : benches)
            bench->connectTo(std::make_unique<RatedStream>(throttle, line++, bench->line()), clock);
        throttle.start();

        QElapsedTimer timer;
        timer.start();
        const double before = processorSeconds() - throttle.processorSeconds();
        core::Mailbox<Done> ended;
        std::vector<std::unique_ptr<core::Running<Done>>> running;
        for (const auto &bench : benches)
            running.push_back(std::make_unique<core::Running<Done>>(
                bench->upload(m_file), [&ended](Result<Done> result) { ended.put(std::move(result)); }));
        const Result<Done> outcome = testing::finishLive(allOf(running, ended), kLongest);
        if (!outcome)
            qFatal("%s", qPrintable(outcome.error().detail));
        const double used = processorSeconds() - throttle.processorSeconds() - before;
        return used / (double(timer.nsecsElapsed()) * 1e-9);
    }

    static Limits limitsOf(const Bench &bench, const LineThrottle::Counts &counts)
    {
        const Setting &setting = bench.setting();
        const qsizetype answer = counts.answers > 0 ? counts.down / counts.answers : 0;
        return {setting.size, setting.baud, setting.delayMs * 1e-3, answer};
    }

    static double ratioOf(const Bench &bench, const LineThrottle::Counts &counts)
    {
        const Limits limits = limitsOf(bench, counts);
        const bool isOneByOne = bench.setting().buffers < 3;
        return (isOneByOne ? limits.stopAndWait : limits.inFlight) / bench.seconds;
    }

    static void judge(const Bench &bench, const LineThrottle::Counts &counts)
    {
        const Setting &setting = bench.setting();
        const bool isOneByOne = setting.buffers < 3;
        const double ratio = ratioOf(bench, counts);
        qInfo("ratio %.3f of the %s limit: %d baud, %d ms, buffers %d x %d: %.2f s, %.0f B/s, window %d, "
              "%lld bytes up, limited by %s",
              ratio, isOneByOne ? "stop-and-wait" : "in-flight", setting.baud, setting.delayMs,
              setting.buffers, setting.size, bench.seconds, double(kFileSize) / bench.seconds, bench.window,
              counts.up, limitName(bench.last.limitedBy));
        const bool isWaiting = isOneByOne && setting.size == 384 && setting.delayMs > 0; // half of the time
        if (isWaiting)
            QCOMPARE(limitName(bench.last.limitedBy), "device_buffers");
        if (setting.delayMs == 0)
            QCOMPARE(limitName(bench.last.limitedBy), "line");
        QCOMPARE(bench.limits.bufferSize, setting.size);
        QCOMPARE(bench.limits.bufferCount, setting.buffers);
        QVERIFY(isNear(bench, ratio));
        QVERIFY(ratio <= 1.01); // The limit is one.
    }

    QByteArray m_file;
};

QTEST_GUILESS_MAIN(TestSmpUploadRate)
#include "tst_smp_upload_rate.moc"
