// SPDX-License-Identifier: Apache-2.0
#include "app/bench/bench_file.h"

#include <QCoreApplication>
#include <QFile>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include <csignal>

using bench::ProcessIdentity;

/// What a bench's file may say, and which processes it makes us end.
class TestBenchFile : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        QVERIFY(m_folder->isValid());
    }

    void keepsWhatItSaved()
    {
        const bench::BenchFile saved{bench::Machine::Qemu, 9600, {unit()}};
        QVERIFY(bench::saveBench(directory(), saved));
        const auto loaded = bench::loadBench(directory());
        QVERIFY(loaded);
        QCOMPARE(loaded->machine, saved.machine);
        QCOMPARE(loaded->baud, 9600);
        QCOMPARE(loaded->units.size(), 1);
        QCOMPARE(loaded->units[0].name, QStringLiteral("on-trial-1"));
        QCOMPARE(core::toText(loaded->units[0].address), QStringLiteral("unix:/b/on-trial-1/line"));
        QCOMPARE(loaded->units[0].process.pid, 4711);
        QCOMPARE(loaded->units[0].process.started, 815);
    }

    void refusesWhatIsNoUnit_data()
    {
        QTest::addColumn<QByteArray>("from");
        QTest::addColumn<QByteArray>("to");
        const QByteArray name("\"on-trial-1\"");
        QTest::newRow("name that leads out") << name << QByteArray("\"../victim\"");
        QTest::newRow("absolute name") << name << QByteArray("\"/victim\"");
        QTest::newRow("the bench itself") << name << QByteArray("\".\"");
        QTest::newRow("no name") << name << QByteArray("\"\"");
        QTest::newRow("name with a line end") << name << QByteArray("\"unit\\n\"");
        QTest::newRow("negative process") << QByteArray("4711") << QByteArray("-1");
        QTest::newRow("process out of range") << QByteArray("4711") << QByteArray("4294967297");
        QTest::newRow("no address") << QByteArray("unix:/b") << QByteArray("");
    }

    void refusesWhatIsNoUnit()
    {
        QFETCH(QByteArray, from);
        QFETCH(QByteArray, to);
        QVERIFY(bench::saveBench(directory(), {bench::Machine::Host, 0, {unit()}}));
        QFile file(bench::benchFilePath(directory()));
        QVERIFY(file.open(QIODevice::ReadWrite));
        QByteArray content = file.readAll();
        QVERIFY(content.contains(from));
        content.replace(from, to);
        QVERIFY(file.resize(0) && file.seek(0) && file.write(content) == content.size());
        file.close();

        const auto loaded = bench::loadBench(directory());
        QVERIFY(!loaded);
        QCOMPARE(loaded.error().kind, core::ErrorKind::InvalidFile);
    }

    void knowsAProcessByItsStart()
    {
        const auto ours = bench::identityOf(QCoreApplication::applicationPid());
        QVERIFY(ours);
        QVERIFY(ours->started > 0);
        QCOMPARE(bench::isRunning(*ours).value(), true);
        QCOMPARE(bench::isRunning({ours->pid, ours->started + 1}).value(), false);
        QCOMPARE(bench::isRunning({}).value(), false);

        const auto unknown = bench::isRunning({ours->pid, 0});
        QVERIFY(!unknown);
        QCOMPARE(unknown.error().kind, core::ErrorKind::Internal);
    }

    void endsAProcessThatDoesNotObey()
    {
        QProcess stubborn;
        stubborn.start(QStringLiteral("sh"),
                       {QStringLiteral("-c"), QStringLiteral("trap '' TERM; echo; read never")});
        QVERIFY(stubborn.waitForReadyRead()); // It ignores SIGTERM by now.
        const auto process = bench::identityOf(stubborn.processId());
        QVERIFY(process);
        QVERIFY(bench::endProcess(*process, SIGTERM));
        QCOMPARE(bench::isRunning(*process).value(), false);
        QVERIFY(stubborn.waitForFinished());
        QCOMPARE(stubborn.exitStatus(), QProcess::CrashExit);
        QVERIFY(!bench::identityOf(process->pid));
        QVERIFY(bench::endProcess(*process, SIGTERM)); // It has ended before: nothing to do.
    }

    void sparesAnotherProcessWithTheSameNumber()
    {
        QProcess other;
        other.start(QStringLiteral("cat"), QStringList());
        QVERIFY(other.waitForStarted());
        const auto process = bench::identityOf(other.processId());
        QVERIFY(process);
        QVERIFY(bench::endProcess({process->pid, process->started - 1}, SIGKILL));
        QVERIFY(!bench::endProcess({process->pid, 0}, SIGKILL));
        other.write("still here\n");
        QVERIFY(other.waitForReadyRead());
        QCOMPARE(other.readAll(), QByteArray("still here\n"));
        other.closeWriteChannel();
        QVERIFY(other.waitForFinished());
    }

private:
    QDir directory() const { return QDir(m_folder->path()); }

    static bench::BenchUnit unit()
    {
        return {QStringLiteral("on-trial-1"),
                QStringLiteral("on-trial"),
                QStringLiteral("BM-0001"),
                {core::DeviceAddress::Link::Unix, QStringLiteral("/b/on-trial-1/line")},
                {4711, 815}};
    }

    std::unique_ptr<QTemporaryDir> m_folder;
};

QTEST_GUILESS_MAIN(TestBenchFile)
#include "tst_bench_file.moc"
