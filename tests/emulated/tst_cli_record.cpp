// SPDX-License-Identifier: Apache-2.0
#include "core/release/bundle_archive.h"
#include "device_protocols/smp/smp_driver.h"
#include "tests/emulated/command_line.h"
#include "tests/support/run_task.h"
#include "tests/support/session_channel.h"

using testing::ScratchBench;
using testing::SessionChannel;

namespace {

QString read(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? QString::fromUtf8(file.readAll()) : QString();
}

QHash<QString, QByteArray> entriesOf(const QString &archive)
{
    QFile file(archive);
    QHash<QString, QByteArray> entries;
    if (!file.open(QIODevice::ReadOnly))
        return entries;
    const auto read = core::readArchive(file.readAll());
    for (const core::BundleEntry &entry : read.value_or(QList<core::BundleEntry>()))
        entries[entry.name] = entry.content;
    return entries;
}

} // namespace

/// What was recorded of a real unit stands in for it.
class TestCliRecord : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aRecordedUnitCanBeAskedAgain()
    {
        const ScratchBench bench({QStringLiteral("--unit"), QStringLiteral("healthy")});
        QVERIFY2(bench.up.exitCode == 0, bench.up.story());
        const QString file = bench.path() + QStringLiteral("/inspect.session");
        const testing::Ran ran = bench.run(
            {QStringLiteral("inspect"), QStringLiteral("healthy-1"), QStringLiteral("--record"), file});
        QVERIFY2(ran.exitCode == 0, ran.story());

        testing::ManualClock clock;
        smp::SmpDriver::Unit who{QStringLiteral("recorded"), {}};
        smp::SmpDriver driver(std::move(who),
                              std::make_unique<SessionChannel>(read(file), SessionChannel::Numbers::Any),
                              clock);
        QVERIFY(testing::finish(driver.open(), clock).has_value());
        const auto unit = testing::finish(driver.identify(), clock);
        QVERIFY2(unit.has_value(), unit ? "" : qPrintable(unit.error().detail));
        const QJsonObject seen = ran.result()[QStringLiteral("device")].toObject();
        QCOMPARE(unit->identity.serialNumber, seen[QStringLiteral("serial")].toString());
        QCOMPARE(int(unit->slots.size()), int(seen[QStringLiteral("slots")].toArray().size()));
        QVERIFY(read(file).startsWith(QStringLiteral("# healthy-1 at unix:")));
    }

    void aReportHoldsWhatWasFoundAndSaid()
    {
        const ScratchBench bench({QStringLiteral("--unit"), QStringLiteral("healthy")});
        const QString file = bench.path() + QStringLiteral("/ticket.zip");
        const testing::Ran ran = bench.run(
            {QStringLiteral("diagnose"), QStringLiteral("healthy-1"), QStringLiteral("--report"), file});
        QVERIFY2(ran.exitCode == 0, ran.story());
        const QHash<QString, QByteArray> entries = entriesOf(file);
        QVERIFY(entries[QStringLiteral("link.session")].contains("\n> "));
        const QJsonObject report = QJsonDocument::fromJson(entries[QStringLiteral("report.json")]).object();
        const QJsonObject findings = report[QStringLiteral("findings")].toObject();
        QCOMPARE(findings[QStringLiteral("answers")].toArray().size(), 7);
        QCOMPARE(findings[QStringLiteral("device")], ran.result()[QStringLiteral("device")]);
        QVERIFY(!report[QStringLiteral("attached")].toArray().isEmpty());
    }

    void aReportOfAUnitThatIsNotThereSaysSo()
    {
        const ScratchBench bench({QStringLiteral("--unit"), QStringLiteral("healthy")});
        const QString file = bench.path() + QStringLiteral("/ticket.zip");
        const testing::Ran ran = bench.run({QStringLiteral("diagnose"), QStringLiteral("unix:/there/is/none"),
                                            QStringLiteral("--report"), file});
        QCOMPARE(ran.exitCode, 3);
        const QJsonObject report =
            QJsonDocument::fromJson(entriesOf(file)[QStringLiteral("report.json")]).object();
        QCOMPARE(report[QStringLiteral("findings")].toObject()[QStringLiteral("outcome")].toString(),
                 QStringLiteral("failed"));
    }

    void eachLinkHasAFileOfItsOwn()
    {
        const auto healthy = QStringLiteral("healthy");
        const ScratchBench bench({QStringLiteral("--unit"), healthy, QStringLiteral("--unit"), healthy});
        const QString file = bench.path() + QStringLiteral("/devices.session");
        const testing::Ran ran = bench.run({QStringLiteral("devices"), QStringLiteral("--record"), file});
        QVERIFY2(ran.exitCode == 0, ran.story());
        QVERIFY(read(file).contains(QStringLiteral("\n> ")));
        QVERIFY(read(file + QStringLiteral(".2")).contains(QStringLiteral("\n> ")));
    }

    void saysThatItCannotRecord()
    {
        const ScratchBench bench({QStringLiteral("--unit"), QStringLiteral("healthy")});
        const testing::Ran ran =
            bench.run({QStringLiteral("inspect"), QStringLiteral("healthy-1"), QStringLiteral("--record"),
                       QStringLiteral("/there/is/no/folder")});
        QCOMPARE(ran.outcome(), QStringLiteral("failed"));
        QVERIFY(ran.result()[QStringLiteral("detail")].toString().contains(QStringLiteral("/there/is/no")));
    }
};

QTEST_GUILESS_MAIN(TestCliRecord)
#include "tst_cli_record.moc"
