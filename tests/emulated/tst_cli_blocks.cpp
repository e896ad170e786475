// SPDX-License-Identifier: Apache-2.0
#include "tests/emulated/command_line.h"

using testing::Ran;
using testing::ScratchBench;

namespace {

const auto kFirst = QStringLiteral("healthy-1");
const auto kSecond = QStringLiteral("healthy-2");
const auto kCrashes = QStringLiteral("1.2.0-crashes");

QJsonObject noteOf(const Ran &ran, const char *note)
{
    for (const QJsonObject &line : ran.lines)
        if (line[QStringLiteral("note")].toString() == QLatin1String(note))
            return line;
    return {};
}

/// The answer to the first question: is the package trusted, made for this unit, and allowed here?
struct PackageAnswer {
    QString verdict;
    QString reason;
    QString catalog; // what the catalog says
    QString nextStep;
};

PackageAnswer diagnosed(const ScratchBench &bench, const QString &release)
{
    const Ran ran =
        bench.run({QStringLiteral("diagnose"), kSecond, QStringLiteral("--bundle"), bench.release(release)});
    const QJsonObject answer = noteOf(ran, "diagnosis");
    return {answer[QStringLiteral("verdict")].toString(), answer[QStringLiteral("reason")].toString(),
            answer[QStringLiteral("facts")][QStringLiteral("catalog")].toString(),
            ran.result()[QStringLiteral("next_step")].toString()};
}

} // namespace

/// What this computer has against a release, by the command line on real firmware.
class TestCliBlocks : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        const auto healthy = QStringLiteral("healthy");
        const auto unit = QStringLiteral("--unit");
        m_bench = std::make_unique<ScratchBench>(QStringList{unit, healthy, unit, healthy});
        QVERIFY2(m_bench->up.exitCode == 0, m_bench->up.story());
    }
    void cleanup() { m_bench.reset(); }

    void whatOneUnitRolledBackIsNotTriedOnTheNext()
    {
        const Ran reverted = m_bench->update(kFirst, kCrashes);
        QCOMPARE(reverted.outcome(), QStringLiteral("reverted"));
        const QJsonObject note = noteOf(reverted, "release_blocked");
        QVERIFY2(!note.isEmpty(), reverted.story());

        const Ran refused = m_bench->update(kSecond, kCrashes);
        QVERIFY2(refused.exitCode == 4, refused.story());
        QCOMPARE(refused.reason(), QStringLiteral("BUILD_BLOCKED"));
        const PackageAnswer blocked = diagnosed(*m_bench, kCrashes);
        QCOMPARE(blocked.verdict, QStringLiteral("bad"));
        QCOMPARE(blocked.reason, QStringLiteral("BUILD_BLOCKED"));
        QVERIFY2(blocked.catalog.contains(
                     QStringLiteral("TRIAL_CRASHED (blocked by this computer, because of unit")),
                 qPrintable(blocked.catalog));
        QCOMPARE(blocked.nextStep, QStringLiteral("choose_other_release"));
        const PackageAnswer other = diagnosed(*m_bench, QStringLiteral("1.1.0"));
        QCOMPARE(other.verdict, QStringLiteral("good"));
        QCOMPARE(other.catalog, QStringLiteral("not blocked"));

        QStringList lift = note[QStringLiteral("command_line")].toString().split(u' ');
        QCOMPARE(lift.takeFirst(), QStringLiteral("bootmend"));
        const Ran lifted = testing::runProgram(ScratchBench::bootmend(), lift << QStringLiteral("--json"));
        QCOMPARE(lifted.result()[QStringLiteral("lifted")].toInt(), 1);
        QCOMPARE(diagnosed(*m_bench, kCrashes).verdict, QStringLiteral("good"));
        QCOMPARE(m_bench->update(kSecond, kCrashes).outcome(), QStringLiteral("reverted"));
    }

    void aMinimumVersionIsAnAnswerOfTheDiagnosis()
    {
        const auto product = QStringLiteral("bench-sensor");
        QCOMPARE(m_bench
                     ->run({QStringLiteral("catalog"), QStringLiteral("minimum"), product,
                            QStringLiteral("1.2.0")})
                     .exitCode,
                 0);
        QCOMPARE(diagnosed(*m_bench, QStringLiteral("1.1.0")).reason,
                 QStringLiteral("BELOW_MINIMUM_VERSION"));
        QCOMPARE(m_bench->update(kSecond, QStringLiteral("1.1.0")).reason(),
                 QStringLiteral("BELOW_MINIMUM_VERSION"));
        QCOMPARE(diagnosed(*m_bench, kCrashes).verdict, QStringLiteral("good"));
    }

    void aReleaseIsNotJudgedByADamagedCatalog()
    {
        const QString folder = m_bench->path() + QStringLiteral("/state/catalog");
        QVERIFY(QDir().mkpath(folder));
        QFile database(folder + QStringLiteral("/catalog.db"));
        QVERIFY(database.open(QIODevice::WriteOnly) && database.write(QByteArray(8192, 'x')) == 8192);
        database.close();
        const QStringList alone{QStringLiteral("diagnose"), kSecond};
        const Ran judged = m_bench->run(
            alone + QStringList{QStringLiteral("--bundle"), m_bench->release(QStringLiteral("1.1.0"))});
        QVERIFY2(judged.exitCode == 10, judged.story());
        QCOMPARE(m_bench->run(alone).exitCode, 0); // Nothing is asked of it.
    }

private:
    std::unique_ptr<ScratchBench> m_bench;
};

QTEST_GUILESS_MAIN(TestCliBlocks)
#include "tst_cli_blocks.moc"
