// SPDX-License-Identifier: Apache-2.0
#include "core/async/system_clock.h"
#include "device_protocols/smp/console_channel.h"
#include "device_protocols/smp/image_upload.h"
#include "device_protocols/transport/unix_stream.h"
#include "tests/support/run_live.h"
#include "tests/support/virtual_unit.h"

#include <QElapsedTimer>
#include <QTest>

using core::Done;
using core::Result;
using testing::finishLive;
using testing::VirtualUnit;

namespace {

constexpr qsizetype kBallast = 400'000;

} // namespace

/// How fast an image goes to the bootloader's host port. Prints; the only thing that it judges is that the
/// upload worked, because the machine's speed is not the code's.
class TestUploadSpeed : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void uploads_data()
    {
        QTest::addColumn<QString>("baud");
        QTest::addColumn<int>("inFlight"); // packets; two where the unit announces three buffers
        QTest::newRow("as fast as it goes, one under way") << QStringLiteral("0") << 1;
        QTest::newRow("as fast as it goes, two under way") << QStringLiteral("0") << 2;
        QTest::newRow("921600 baud, one under way") << QStringLiteral("921600") << 1;
        QTest::newRow("921600 baud, two under way") << QStringLiteral("921600") << 2;
    }

    void uploads()
    {
        QFETCH(QString, baud);
        QFETCH(int, inFlight);
        VirtualUnit unit;
        const auto running = VirtualUnit::image(QStringLiteral("good"), QStringLiteral("1.0.0"));
        const auto image = VirtualUnit::image(QStringLiteral("good"), QStringLiteral("1.1.0"), kBallast);
        QCOMPARE(unit.provision(running), QString());
        QVERIFY(unit.start({QStringLiteral("--baud"), baud}));

        core::SystemClock clock;
        auto stream = std::make_unique<transport::UnixStream>(unit.linePath());
        smp::Client client(std::make_unique<smp::ConsoleChannel>(std::move(stream)), clock);
        QTRY_VERIFY(finishLive(client.open()).has_value());
        const Result<smp::ServerLimits> told = finishLive(smp::OsGroup(client).parameters());
        QVERIFY2(told.has_value(), told ? "" : qPrintable(told.error().detail)); // It has booted.

        const int buffers = std::min(told->bufferCount, inFlight + 1); // One is for the answer.
        smp::ImageUpload upload(client, {.file = image.file, .limits = {told->bufferSize, buffers}});
        QElapsedTimer timer;
        timer.start();
        const Result<Done> outcome = finishLive(upload.run(), 60'000);
        const qint64 elapsed = std::max<qint64>(timer.elapsed(), 1);
        QVERIFY2(outcome.has_value(), outcome ? "" : qPrintable(outcome.error().detail));
        QVERIFY(upload.window() <= inFlight);
        qInfo("%lld bytes in %lld ms: %.0f kB/s", qlonglong(image.file.size()), elapsed,
              double(image.file.size()) / double(elapsed));
    }
};

QTEST_GUILESS_MAIN(TestUploadSpeed)
#include "tst_upload_speed.moc"
