// SPDX-License-Identifier: Apache-2.0
#include "tests/emulated/command_line.h"

#include <QLocalServer>

#include <csignal>

using testing::Ran;
using testing::ScratchBench;

namespace {

const auto kHealthy = QStringLiteral("healthy-1");
const auto kRecoveryKey = QStringLiteral(BOOTMEND_RECOVERY_KEY_FILE);

std::unique_ptr<ScratchBench> benchWith(const QString &unit)
{
    return std::make_unique<ScratchBench>(QStringList{QStringLiteral("--unit"), unit});
}

QString verdict(const Ran &diagnosed, const char *question)
{
    return diagnosed.result()[QStringLiteral("verdicts")][QLatin1String(question)].toString();
}

QJsonObject noteOf(const Ran &ran, const char *note)
{
    for (const QJsonObject &line : ran.lines)
        if (line[QStringLiteral("note")].toString() == QLatin1String(note))
            return line;
    return {};
}

QString stage(const Ran &ran)
{
    return ran.result()[QStringLiteral("device")][QStringLiteral("stage")].toString();
}

} // namespace

/// Diagnosis, unlock, regions and the call into recovery, by the command line on real firmware.
class TestCliService : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aSilentUnitGetsADiagnosisWithoutAGoodWord()
    {
        const QTemporaryDir folder;
        QLocalServer silent; // The system takes the connection, and nobody ever answers.
        QVERIFY(silent.listen(folder.filePath(QStringLiteral("line"))));
        const Ran ran = testing::runProgram(ScratchBench::bootmend(),
                                            {QStringLiteral("diagnose"),
                                             QStringLiteral("unix:") + silent.fullServerName(),
                                             QStringLiteral("--json")});
        QVERIFY2(ran.exitCode == 0, ran.story());
        QCOMPARE(stage(ran), QStringLiteral("silent"));
        for (const QJsonValue &one : ran.result()[QStringLiteral("verdicts")].toObject())
            QCOMPARE(one.toString(), QStringLiteral("unknown"));
        QCOMPARE(ran.result()[QStringLiteral("next_step")].toString(),
                 QStringLiteral("check_cable_and_power"));
    }

    void aBundleThatIsNotThereIsNoDiagnosis()
    {
        const auto bench = benchWith(QStringLiteral("healthy"));
        const Ran ran = bench->run({QStringLiteral("diagnose"), kHealthy, QStringLiteral("--bundle"),
                                    QStringLiteral("/nowhere/release.bmb")});
        QVERIFY2(ran.exitCode == 10, ran.story());
        const Ran untrusted = bench->run({QStringLiteral("diagnose"), kHealthy, QStringLiteral("--bundle"),
                                          bench->release(QStringLiteral("1.1.0-unknown-key"))});
        QVERIFY2(untrusted.exitCode == 0, untrusted.story());
        QCOMPARE(verdict(untrusted, "package"), QStringLiteral("bad"));
        QCOMPARE(noteOf(untrusted, "diagnosis")[QStringLiteral("reason")].toString(),
                 QStringLiteral("KEY_UNKNOWN"));
        const Ran fits = bench->run({QStringLiteral("diagnose"), kHealthy, QStringLiteral("--bundle"),
                                     bench->release(QStringLiteral("1.1.0"))});
        QCOMPARE(verdict(fits, "package"), QStringLiteral("good"));
        QCOMPARE(fits.result()[QStringLiteral("next_step")].toString(), QStringLiteral("update"));
    }

    void regionsAreForTheHolderOfARecoveryKey()
    {
        const auto bench = benchWith(QStringLiteral("bricked"));
        const QString unit = QStringLiteral("bricked-1");
        const QTemporaryDir folder;
        const QString file = folder.filePath(QStringLiteral("evidence.bin"));
        const QStringList dump{QStringLiteral("region"),   QStringLiteral("dump"), unit,
                               QStringLiteral("evidence"), QStringLiteral("-o"),   file};
        const QStringList erase{
            QStringLiteral("region"),   QStringLiteral("erase"),     unit,
            QStringLiteral("evidence"), QStringLiteral("--confirm"), QStringLiteral("erase evidence")};
        const Ran listed = bench->run({QStringLiteral("region"), QStringLiteral("list"), unit});
        QCOMPARE(listed.result()[QStringLiteral("regions")].toArray().size(), 7);

        const Ran locked = bench->run(dump);
        QVERIFY2(locked.exitCode == 5, locked.story());
        QCOMPARE(locked.reason(), QStringLiteral("UNIT_LOCKED"));
        QVERIFY(!QFile::exists(file));
        QCOMPARE(bench->run(erase).reason(), QStringLiteral("UNIT_LOCKED"));
        const Ran wrongKey = bench->run({QStringLiteral("unlock"), unit, QStringLiteral("--key"),
                                         QStringLiteral(BOOTMEND_BOOT_KEY_FILE)});
        QVERIFY2(wrongKey.exitCode == 4, wrongKey.story());
        QCOMPARE(wrongKey.reason(), QStringLiteral("UNLOCK_REFUSED"));

        const Ran unlocked =
            bench->run({QStringLiteral("unlock"), unit, QStringLiteral("--key"), kRecoveryKey});
        QVERIFY2(unlocked.exitCode == 0, unlocked.story());
        const Ran dumped = bench->run(dump); // Another program run, another line.
        QVERIFY2(dumped.exitCode == 0, dumped.story());
        QCOMPARE(QFileInfo(file).size(), qint64(dumped.result()[QStringLiteral("bytes")].toInt()));

        const Ran withoutWords = bench->run(erase.mid(0, 4));
        QVERIFY2(withoutWords.exitCode == 5, withoutWords.story());
        const Ran erased = bench->run(erase);
        QVERIFY2(erased.exitCode == 0, erased.story());
        bench->run({QStringLiteral("bench"), QStringLiteral("power-cycle"), bench->path(), unit});
        QTRY_COMPARE(bench->run(dump).reason(), QStringLiteral("UNIT_LOCKED")); // Until its restart.
    }

    void aKeyThatIsElsewhereUnlocksByOpenssl()
    {
        const auto bench = benchWith(QStringLiteral("healthy"));
        const QTemporaryDir folder;
        const QString file = folder.filePath(QStringLiteral("challenge.bin"));
        const Ran asked = bench->run(
            {QStringLiteral("unlock"), kHealthy, QStringLiteral("--challenge"), QStringLiteral("-o"), file});
        QVERIFY2(asked.exitCode == 0, asked.story());
        QString commandLine = noteOf(asked, "challenge")[QStringLiteral("command_line")].toString();
        commandLine.replace(QStringLiteral("RECOVERY.pem"), kRecoveryKey);
        QStringList words = commandLine.split(u' ');
        QCOMPARE(QProcess::execute(words.takeFirst(), words), 0);
        const QStringList answer{QStringLiteral("unlock"), kHealthy, QStringLiteral("--signature"),
                                 file + QStringLiteral(".sig")};
        const Ran unlocked = bench->run(answer);
        QVERIFY2(unlocked.exitCode == 0, unlocked.story());
        QCOMPARE(bench->run(answer).reason(), QStringLiteral("UNLOCK_REFUSED")); // A challenge counts once.
    }

    void aUnitThatIsCalledWhileItStartsIsRecovered()
    {
        const auto bench = benchWith(QStringLiteral("healthy"));
        QProcess recovering;
        recovering.start(
            ScratchBench::bootmend(),
            bench->arguments({QStringLiteral("recover"), kHealthy, bench->release(QStringLiteral("1.1.0")),
                              QStringLiteral("--enter")}));
        QByteArray said;
        while (!said.contains("switch_off_and_on") && recovering.waitForReadyRead(testing::kLongestCommandMs))
            said += recovering.readAllStandardOutput();
        QVERIFY2(said.contains("switch_off_and_on"), said);
        // The unit's power is cut for a moment, and its line stays. As a person would, twice if need be.
        const auto process =
            pid_t(bench->up.result()[QStringLiteral("units")][0][QStringLiteral("pid")].toInt());
        QVERIFY(process > 0);
        for (int attemptsLeft = 3; attemptsLeft > 0 && recovering.state() == QProcess::Running;
             --attemptsLeft) {
            QCOMPARE(::kill(process, SIGUSR1), 0);
            recovering.waitForFinished(10'000);
        }
        QCOMPARE(recovering.state(), QProcess::NotRunning);
        const QList<QJsonObject> lines = testing::jsonLines(said + recovering.readAllStandardOutput());
        QCOMPARE(recovering.exitCode(), 0);
        QCOMPARE(lines.last()[QStringLiteral("outcome")].toString(), QStringLiteral("recovered"));
    }

    void callingEndsInTime()
    {
        const auto bench = benchWith(QStringLiteral("healthy"));
        const Ran ran =
            bench->run({QStringLiteral("recover"), kHealthy, bench->release(QStringLiteral("1.1.0")),
                        QStringLiteral("--enter"), QStringLiteral("--enter-seconds"), QStringLiteral("1")});
        QVERIFY2(ran.exitCode == 6, ran.story());
        QCOMPARE(ran.reason(), QStringLiteral("TIMEOUT"));
        QCOMPARE(stage(bench->run({QStringLiteral("inspect"), kHealthy})), QStringLiteral("running"));
    }
};

QTEST_GUILESS_MAIN(TestCliService)
#include "tst_cli_service.moc"
