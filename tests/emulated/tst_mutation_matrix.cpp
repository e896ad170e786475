// SPDX-License-Identifier: Apache-2.0
#include "tests/emulated/command_line.h"
#include "tests/emulated/release_mutations.h"

#include <QLocalServer>
#include <QLocalSocket>
#include <QMap>

using testing::MutatedRelease;
using testing::Mutation;
using testing::Ran;

/// Every mutation of a valid release is refused by the program itself, for the right reason, and before the
/// unit gets a byte.
class TestMutationMatrix : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QVERIFY(m_unit.listen(m_folder.filePath(QStringLiteral("unit.sock")))); }
    void cleanup() { m_unit.close(); }

    /// Otherwise silence would prove nothing: the intact release makes the program talk to the unit.
    void theIntactReleaseReachesTheUnit()
    {
        QVERIFY(write(m_release.intactBundle(), m_release.intactTrust()));
        const Ran verified =
            testing::runProgram(QStringLiteral(BOOTMEND_PROGRAM),
                                {QStringLiteral("bundle"), QStringLiteral("verify"), bundlePath(),
                                 QStringLiteral("--trust"), trustPath(), QStringLiteral("--json")});
        QVERIFY2(verified.exitCode == 0, verified.story());
        QProcess update;
        update.start(QStringLiteral(BOOTMEND_PROGRAM), updateCommand());
        const qint64 bytes = received(10'000);
        update.kill(); // The unit says nothing, and would be waited for.
        update.waitForFinished();
        QVERIFY(bytes > 0);
    }

    /// What is counted after a program has ended would be seen.
    void aByteThatWasSentIsCountedAfterwards()
    {
        QLocalSocket sender;
        sender.connectToServer(m_unit.fullServerName());
        QVERIFY(sender.waitForConnected() && sender.write("x") == 1 && sender.waitForBytesWritten());
        sender.close();
        QCOMPARE(received(0), 1);
    }

    void everyMutationIsRefused()
    {
        const QList<Mutation> mutations = m_release.all();
        QVERIFY2(mutations.size() >= 300, QByteArray::number(mutations.size()));
        QMap<QString, int> table;
        QStringList wrong;
        for (const Mutation &mutation : mutations) {
            QVERIFY(write(mutation.bundle, mutation.trust));
            const Ran ran = testing::runProgram(QStringLiteral(BOOTMEND_PROGRAM), updateCommand());
            const qint64 bytes = received(0);
            const QString verdict = QStringLiteral("exit code %1 %2").arg(ran.exitCode).arg(ran.reason());
            ++table[verdict];
            const bool isRight =
                ran.exitCode == mutation.exitCode && ran.reason() == mutation.reason && bytes == 0;
            if (!isRight)
                wrong.append(QStringLiteral("%1: %2 instead of %3 %4; %5 bytes sent (%6)")
                                 .arg(mutation.name, verdict)
                                 .arg(mutation.exitCode)
                                 .arg(mutation.reason)
                                 .arg(bytes)
                                 .arg(ran.result()[QStringLiteral("detail")].toString()));
        }
        for (auto row = table.cbegin(); row != table.cend(); ++row)
            qInfo("%4d mutations: %s", row.value(), qPrintable(row.key()));
        qInfo("%d mutations of a release, of its bundle, and of the trust that judges it",
              int(mutations.size()));
        for (const QString &line : std::as_const(wrong))
            qWarning("%s", qPrintable(line));
        QVERIFY2(wrong.isEmpty(), QByteArray::number(wrong.size()) + " are not what they should be");
    }

private:
    QString bundlePath() const { return m_folder.filePath(QStringLiteral("release.bmb")); }
    QString trustPath() const { return m_folder.filePath(QStringLiteral("trust.json")); }

    bool write(const QByteArray &bundle, const QByteArray &trust) const
    {
        return core::replaceFile(bundlePath(), bundle) && core::replaceFile(trustPath(), trust);
    }

    QStringList updateCommand() const
    {
        return {QStringLiteral("update"),
                QStringLiteral("unix:") + m_unit.fullServerName(),
                bundlePath(),
                QStringLiteral("--trust"),
                trustPath(),
                QStringLiteral("--state"),
                m_folder.path(),
                QStringLiteral("--json")};
    }

    qint64 received(int patienceMs)
    {
        if (!m_unit.waitForNewConnection(patienceMs))
            return 0;
        const std::unique_ptr<QLocalSocket> line(m_unit.nextPendingConnection());
        line->waitForReadyRead(patienceMs);
        return line->bytesAvailable();
    }

    QTemporaryDir m_folder;
    QLocalServer m_unit;
    const MutatedRelease m_release;
};

QTEST_GUILESS_MAIN(TestMutationMatrix)
#include "tst_mutation_matrix.moc"
