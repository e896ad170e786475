// SPDX-License-Identifier: Apache-2.0
#include "tests/emulated/command_line.h"

#include <csignal>

using testing::Ran;
using testing::ScratchBench;

namespace {

const auto kUnit = QStringLiteral("healthy-1");

/// An update on a line so slow that it lasts for seconds, followed until the unit has part of the image.
class RunningUpdate
{
public:
    explicit RunningUpdate(const ScratchBench &bench)
    {
        m_process.start(
            ScratchBench::bootmend(),
            bench.arguments({QStringLiteral("update"), kUnit, bench.release(QStringLiteral("1.1.0"))}));
    }

    bool hasSentAPart()
    {
        while (m_process.waitForReadyRead(testing::kLongestCommandMs)) {
            m_output += m_process.readAllStandardOutput();
            for (const QJsonObject &line : testing::jsonLines(m_output))
                if (line[QStringLiteral("event")] == QStringLiteral("progress")
                    && line[QStringLiteral("done")].toInteger() > 0)
                    return line[QStringLiteral("done")].toInteger()
                        < line[QStringLiteral("total")].toInteger();
        }
        return false;
    }

    void send(int signal) { ::kill(pid_t(m_process.processId()), signal); }

    Ran end()
    {
        m_process.waitForFinished(testing::kLongestCommandMs);
        m_output += m_process.readAllStandardOutput();
        const bool isNormal = m_process.exitStatus() == QProcess::NormalExit;
        return {isNormal ? m_process.exitCode() : -1, testing::jsonLines(m_output),
                QString::fromUtf8(m_process.readAllStandardError())};
    }

private:
    QProcess m_process;
    QByteArray m_output;
};

QString runningVersion(const ScratchBench &bench)
{
    const Ran inspected = bench.run({QStringLiteral("inspect"), kUnit});
    const QJsonObject device = inspected.result()[QStringLiteral("device")].toObject();
    for (const QJsonValue &slot : device[QStringLiteral("slots")].toArray())
        if (slot[QStringLiteral("running")].toBool())
            return slot[QStringLiteral("version")].toString();
    return QString::fromUtf8(inspected.story());
}

} // namespace

/// Cables pulled, power cut, the tool killed, in the middle of a transfer.
class TestCliInterrupted : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_bench =
            std::make_unique<ScratchBench>(QStringList{QStringLiteral("--unit"), QStringLiteral("healthy"),
                                                       QStringLiteral("--baud"), QStringLiteral("57600")});
        QVERIFY2(m_bench->up.exitCode == 0, m_bench->up.story());
    }

    void cleanup() { m_bench.reset(); }

    void theToolIsKilled()
    {
        RunningUpdate update(*m_bench);
        QVERIFY(update.hasSentAPart());
        update.send(SIGKILL);
        QCOMPARE(update.end().exitCode, -1);
        QCOMPARE(runningVersion(*m_bench), QStringLiteral("1.0.0"));

        const Ran again = m_bench->update(kUnit, QStringLiteral("1.1.0"));
        QVERIFY2(again.exitCode == 0, again.story());
        QCOMPARE(again.outcome(), QStringLiteral("updated"));
    }

    void whatWasSentIsNotSentAgain()
    {
        RunningUpdate update(*m_bench);
        QVERIFY(update.hasSentAPart());
        update.send(SIGKILL);
        update.end();

        const Ran again = m_bench->update(kUnit, QStringLiteral("1.1.0"));
        QCOMPARE(again.exitCode, 0);
        for (const QJsonObject &line : again.lines)
            if (line[QStringLiteral("event")] == QStringLiteral("progress")) {
                QVERIFY2(line[QStringLiteral("done")].toInteger() > 0, "the upload began at zero again");
                break;
            }
    }

    void thePowerOfTheUnitIsCut()
    {
        RunningUpdate update(*m_bench);
        QVERIFY(update.hasSentAPart());
        cutThePower();
        QCOMPARE(
            m_bench->run({QStringLiteral("bench"), QStringLiteral("power-cycle"), m_bench->path(), kUnit})
                .exitCode,
            0);
        const Ran failed = update.end();
        QVERIFY2(failed.exitCode == 6, failed.story());
        QCOMPARE(failed.outcome(), QStringLiteral("failed"));
        QCOMPARE(runningVersion(*m_bench), QStringLiteral("1.0.0"));

        const Ran again = m_bench->update(kUnit, QStringLiteral("1.1.0"));
        QVERIFY2(again.exitCode == 0, again.story());
    }

    void theOperatorStopsIt()
    {
        RunningUpdate update(*m_bench);
        QVERIFY(update.hasSentAPart());
        update.send(SIGINT);
        const Ran stopped = update.end();
        QVERIFY2(stopped.exitCode == 9, stopped.story());
        QCOMPARE(stopped.outcome(), QStringLiteral("cancelled"));
        QCOMPARE(runningVersion(*m_bench), QStringLiteral("1.0.0"));
    }

private:
    /// At once: until a program of ours has started to do it, a slow machine may be through with the update.
    void cutThePower()
    {
        const QJsonObject unit = m_bench->up.result()[QStringLiteral("units")][0].toObject();
        ::kill(pid_t(unit[QStringLiteral("pid")].toInteger()), SIGKILL);
    }

    std::unique_ptr<ScratchBench> m_bench;
};

QTEST_GUILESS_MAIN(TestCliInterrupted)
#include "tst_cli_interrupted.moc"
