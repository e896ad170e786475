// SPDX-License-Identifier: Apache-2.0
#include "tests/emulated/command_line.h"

#include <QCryptographicHash>
#include <QStandardPaths>

using testing::Ran;
using testing::ScratchBench;

namespace {

/// A digest of the unit's flash, taken once the unit answers: a boot writes its own evidence.
QByteArray flashOf(const ScratchBench &bench, const QString &unit)
{
    bench.run({QStringLiteral("inspect"), unit});
    QFile file(bench.flash(unit));
    return file.open(QIODevice::ReadOnly)
        ? QCryptographicHash::hash(file.readAll(), QCryptographicHash::Sha256)
        : QByteArray();
}

QJsonObject slotOf(const Ran &ran, int index)
{
    const QJsonObject device = ran.result()[QStringLiteral("device")].toObject();
    return device[QStringLiteral("slots")].toArray().at(index).toObject();
}

QString runningVersion(const Ran &inspected)
{
    for (int index : {0, 1})
        if (slotOf(inspected, index)[QStringLiteral("running")].toBool())
            return slotOf(inspected, index)[QStringLiteral("version")].toString();
    return QString::fromUtf8(inspected.story());
}

QString stage(const Ran &ran)
{
    return ran.result()[QStringLiteral("device")].toObject()[QStringLiteral("stage")].toString();
}

const auto kHealthy = QStringLiteral("healthy-1");

} // namespace

/// The main job by the command line alone, on real firmware: as a process, and as the RISC-V binary in QEMU.
class TestCliStory : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase_data()
    {
        QTest::addColumn<QString>("machine");
        QTest::newRow("host") << QStringLiteral("host");
        QTest::newRow("qemu") << QStringLiteral("qemu");
    }

    void init()
    {
        QFETCH_GLOBAL(QString, machine);
        if (machine == QStringLiteral("qemu") && QString::fromLatin1(BOOTMEND_QEMU_SKIP_REASON).size() > 0)
            QSKIP(BOOTMEND_QEMU_SKIP_REASON);
        if (machine == QStringLiteral("qemu")
            && QStandardPaths::findExecutable(QStringLiteral("qemu-system-riscv32")).isEmpty())
            QSKIP("qemu-system-riscv32 is not installed");
    }

    void findsAndInspectsThreeUnits()
    {
        const auto bench = benchWith({"healthy", "bricked", "on-trial"});
        const Ran listed = bench->run({QStringLiteral("devices")});
        QVERIFY2(listed.exitCode == 0, listed.story());
        QMap<QString, QString> stages;
        for (const QJsonObject &line : listed.lines)
            if (line[QStringLiteral("event")] == QStringLiteral("device")) {
                const QJsonObject device = line[QStringLiteral("device")].toObject();
                stages[device[QStringLiteral("name")].toString()] =
                    device[QStringLiteral("stage")].toString();
            }
        QCOMPARE(stages[kHealthy], QStringLiteral("running"));
        QCOMPARE(stages[QStringLiteral("bricked-1")], QStringLiteral("in_recovery"));
        QCOMPARE(stages[QStringLiteral("on-trial-1")], QStringLiteral("on_trial"));

        const Ran inspected = bench->run({QStringLiteral("inspect"), kHealthy});
        QCOMPARE(inspected.exitCode, 0);
        QCOMPARE(runningVersion(inspected), QStringLiteral("1.0.0"));
    }

    void updatesAndProvesIt()
    {
        const auto bench = benchWith({"healthy"});
        const Ran updated = bench->update(kHealthy, QStringLiteral("1.1.0"));
        QVERIFY2(updated.exitCode == 0, updated.story());
        QCOMPARE(updated.outcome(), QStringLiteral("updated"));
        QCOMPARE(updated.result()[QStringLiteral("from")].toString(), QStringLiteral("1.0.0"));
        QCOMPARE(updated.result()[QStringLiteral("to")].toString(), QStringLiteral("1.1.0"));
        QCOMPARE(updated.states().join(u','), QStringLiteral("downloaded,verified,written,trial,confirmed"));

        const Ran again = bench->update(kHealthy, QStringLiteral("1.1.0"));
        QCOMPARE(again.exitCode, 0);
        QCOMPARE(again.outcome(), QStringLiteral("already_current"));

        // What was confirmed outlives a power cut.
        QCOMPARE(bench->run({QStringLiteral("bench"), QStringLiteral("power-cycle"), bench->path(), kHealthy})
                     .exitCode,
                 0);
        QCOMPARE(runningVersion(bench->run({QStringLiteral("inspect"), kHealthy})), QStringLiteral("1.1.0"));
    }

    void aBadReleaseIsRolledBack_data()
    {
        QTest::addColumn<QString>("release");
        QTest::addColumn<QString>("reason");
        QTest::newRow("crashes") << QStringLiteral("1.2.0-crashes") << QStringLiteral("TRIAL_CRASHED");
        QTest::newRow("hangs") << QStringLiteral("1.2.0-hangs") << QStringLiteral("TRIAL_HUNG");
        QTest::newRow("unhealthy") << QStringLiteral("1.2.0-unhealthy") << QStringLiteral("HEALTH_FAILED");
    }

    void aBadReleaseIsRolledBack()
    {
        QFETCH(QString, release);
        QFETCH(QString, reason);
        const auto bench = benchWith({"healthy"});
        const Ran reverted = bench->update(kHealthy, release);
        QVERIFY2(reverted.exitCode == 7, reverted.story());
        QCOMPARE(reverted.outcome(), QStringLiteral("reverted"));
        QCOMPARE(reverted.reason(), reason);
        QCOMPARE(reverted.states().last(), QStringLiteral("rolled_back"));
        QCOMPARE(runningVersion(bench->run({QStringLiteral("inspect"), kHealthy})), QStringLiteral("1.0.0"));
    }

    void refusesWithoutTouchingTheUnit_data()
    {
        QTest::addColumn<QString>("release");
        QTest::addColumn<QString>("reason");
        QTest::newRow("another product")
            << QStringLiteral("1.1.0-other-product") << QStringLiteral("INCOMPATIBLE_PRODUCT");
        QTest::newRow("another hardware")
            << QStringLiteral("1.1.0-other-hardware") << QStringLiteral("INCOMPATIBLE_HARDWARE");
        QTest::newRow("older") << QStringLiteral("0.9.0-old") << QStringLiteral("ROLLBACK_INDEX_TOO_LOW");
        QTest::newRow("unknown key") << QStringLiteral("1.1.0-unknown-key") << QStringLiteral("KEY_UNKNOWN");
    }

    void refusesWithoutTouchingTheUnit()
    {
        QFETCH(QString, release);
        QFETCH(QString, reason);
        const auto bench = benchWith({"healthy"});
        const QByteArray before = flashOf(*bench, kHealthy);
        const Ran refused = bench->update(kHealthy, release);
        QVERIFY2(refused.exitCode == 4, refused.story());
        QCOMPARE(refused.outcome(), QStringLiteral("refused"));
        QCOMPARE(refused.reason(), reason);
        QCOMPARE(flashOf(*bench, kHealthy), before);
    }

    void refusesATamperedRelease_data()
    {
        QTest::addColumn<QByteArray>("from");
        QTest::addColumn<QByteArray>("to");
        QTest::addColumn<QString>("reason");
        QTest::newRow("payload") << QByteArray("bench-sensor application")
                                 << QByteArray("bench-sensor applikation") << QStringLiteral("HASH_MISMATCH");
        QTest::newRow("manifest") << QByteArray("\"channel\":\"stable\"")
                                  << QByteArray("\"channel\":\"stible\"")
                                  << QStringLiteral("SIGNATURE_INVALID");
    }

    void refusesATamperedRelease()
    {
        QFETCH(QByteArray, from);
        QFETCH(QByteArray, to);
        QFETCH(QString, reason);
        const auto bench = benchWith({"healthy"});
        QFile file(bench->release(QStringLiteral("1.1.0")));
        QVERIFY(file.open(QIODevice::ReadWrite));
        QByteArray bytes = file.readAll();
        QVERIFY(bytes.contains(from));
        bytes.replace(from, to);
        QVERIFY(file.seek(0) && file.write(bytes) == bytes.size());
        file.close();

        const QByteArray before = flashOf(*bench, kHealthy);
        const Ran refused = bench->update(kHealthy, QStringLiteral("1.1.0"));
        QVERIFY2(refused.exitCode == 4, refused.story());
        QCOMPARE(refused.reason(), reason);
        QCOMPARE(flashOf(*bench, kHealthy), before);
    }

    void aUnitThatOnlyAcknowledgesIsNeverGreen()
    {
        const auto bench = benchWith({"lying"});
        const Ran lied = bench->update(QStringLiteral("lying-1"), QStringLiteral("1.1.0"));
        QVERIFY2(lied.exitCode == 8, lied.story());
        QCOMPARE(lied.outcome(), QStringLiteral("unknown"));
        QCOMPARE(lied.reason(), QStringLiteral("TRIAL_NOT_BOOTED"));
    }

    void recoversABrickedUnit()
    {
        const auto bench = benchWith({"bricked"});
        const auto bricked = QStringLiteral("bricked-1");
        const Ran update = bench->update(bricked, QStringLiteral("1.1.0"));
        QCOMPARE(update.exitCode, 5);
        QCOMPARE(update.reason(), QStringLiteral("NEEDS_RECOVERY"));

        const Ran crashing =
            bench->run({QStringLiteral("recover"), bricked, bench->release(QStringLiteral("1.2.0-crashes"))});
        QVERIFY2(crashing.exitCode == 6, crashing.story());
        QCOMPARE(crashing.reason(), QStringLiteral("TRIAL_CRASHED"));
        QCOMPARE(stage(bench->run({QStringLiteral("inspect"), bricked})), QStringLiteral("in_recovery"));

        const Ran recovered =
            bench->run({QStringLiteral("recover"), bricked, bench->release(QStringLiteral("1.1.0"))});
        QVERIFY2(recovered.exitCode == 0, recovered.story());
        QCOMPARE(recovered.outcome(), QStringLiteral("recovered"));
        QCOMPARE(stage(bench->run({QStringLiteral("inspect"), bricked})), QStringLiteral("running"));
    }

    void aTrialIsEndedByHand_data()
    {
        QTest::addColumn<QString>("command");
        QTest::addColumn<QString>("version");
        QTest::newRow("confirm") << QStringLiteral("confirm") << QStringLiteral("1.1.0");
        QTest::newRow("revert") << QStringLiteral("revert") << QStringLiteral("1.0.0");
    }

    void aTrialIsEndedByHand()
    {
        QFETCH(QString, command);
        QFETCH(QString, version);
        const auto bench = benchWith({"on-trial"});
        const auto unit = QStringLiteral("on-trial-1");
        const Ran busy = bench->update(unit, QStringLiteral("1.2.0-crashes"));
        QCOMPARE(busy.reason(), QStringLiteral("SLOT_BUSY"));

        const Ran ended = bench->run({command, unit});
        QVERIFY2(ended.exitCode == 0, ended.story());
        QCOMPARE(runningVersion(bench->run({QStringLiteral("inspect"), unit})), version);
        const Ran again = bench->run({command, unit});
        QCOMPARE(again.exitCode, 5);
        QCOMPARE(again.reason(), QStringLiteral("NOTHING_ON_TRIAL"));
    }

    void aStagedReleaseIsTriedAtTheNextStart()
    {
        const auto bench = benchWith({"healthy"});
        const Ran staged =
            bench->run({QStringLiteral("update"), kHealthy, bench->release(QStringLiteral("1.1.0")),
                        QStringLiteral("--test-only")});
        QVERIFY2(staged.exitCode == 0, staged.story());
        QCOMPARE(staged.outcome(), QStringLiteral("staged"));
        QCOMPARE(runningVersion(bench->run({QStringLiteral("inspect"), kHealthy})), QStringLiteral("1.0.0"));

        bench->run({QStringLiteral("bench"), QStringLiteral("power-cycle"), bench->path(), kHealthy});
        QCOMPARE(stage(bench->run({QStringLiteral("inspect"), kHealthy})), QStringLiteral("on_trial"));
        const Ran finished = bench->update(kHealthy, QStringLiteral("1.1.0"));
        QVERIFY2(finished.exitCode == 0, finished.story());
        QCOMPARE(finished.outcome(), QStringLiteral("updated"));
    }

    void aDryRunSendsNothing()
    {
        const auto bench = benchWith({"healthy"});
        const QByteArray before = flashOf(*bench, kHealthy);
        const Ran dry = bench->run({QStringLiteral("update"), kHealthy,
                                    bench->release(QStringLiteral("1.1.0")), QStringLiteral("--dry-run")});
        QVERIFY2(dry.exitCode == 0, dry.story());
        QCOMPARE(flashOf(*bench, kHealthy), before);
    }

    void namesWhatIsNotThere()
    {
        const auto bench = benchWith({"healthy"});
        QCOMPARE(bench->run({QStringLiteral("inspect"), QStringLiteral("nobody")}).exitCode, 3);
        QCOMPARE(bench->run({QStringLiteral("inspect"), QStringLiteral("unix:/nowhere/at/all")}).exitCode, 3);
        QCOMPARE(bench->run({QStringLiteral("update"), kHealthy, bench->path() + QStringLiteral("/none.bmb")})
                     .exitCode,
                 10);
        QCOMPARE(
            bench->run({QStringLiteral("update"), kHealthy, bench->path() + QStringLiteral("/bench.json")})
                .exitCode,
            10);
        QCOMPARE(bench->run({QStringLiteral("update")}).exitCode, 2);
    }

    void theBenchLeavesNothingBehind()
    {
        const auto bench = benchWith({"healthy", "bricked"});
        QList<qint64> processes;
        for (const QJsonValue &unit : bench->up.result()[QStringLiteral("units")].toArray())
            processes.append(unit[QStringLiteral("pid")].toInteger());
        QCOMPARE(processes.size(), 2);
        QCOMPARE(bench->run({QStringLiteral("bench"), QStringLiteral("up"), bench->path()}).exitCode, 10);
        QCOMPARE(bench->run({QStringLiteral("bench"), QStringLiteral("down"), bench->path()}).exitCode, 0);
        QVERIFY(!QFileInfo::exists(bench->path()));
        for (const qint64 process : processes)
            QVERIFY2(!testing::isAlive(process), QByteArray::number(process));
    }

private:
    std::unique_ptr<ScratchBench> benchWith(std::initializer_list<const char *> kinds)
    {
        QFETCH_GLOBAL(QString, machine);
        QStringList options{QStringLiteral("--machine"), machine};
        for (const char *kind : kinds)
            options += {QStringLiteral("--unit"), QLatin1String(kind)};
        auto bench = std::make_unique<ScratchBench>(options);
        if (bench->up.exitCode != 0)
            qWarning("%s", bench->up.story().constData());
        return bench;
    }
};

QTEST_GUILESS_MAIN(TestCliStory)
#include "tst_cli_story.moc"
