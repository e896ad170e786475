// SPDX-License-Identifier: Apache-2.0
#include "tests/emulated/command_line.h"

#include <QDirIterator>
#include <QSet>

#include <csignal>

using testing::Ran;
using testing::ScratchBench;

namespace {

const auto kHealthy = QStringLiteral("healthy-1");

bool write(const QString &path, const QByteArray &content)
{
    QFile file(path);
    return file.open(QIODevice::WriteOnly) && file.write(content) == content.size();
}

QByteArray read(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

QString benchFile(const QString &bench)
{
    return bench + QStringLiteral("/bench.json");
}

/// The first unit as bench.json describes it; empty while there is none.
QJsonObject firstUnit(const QString &bench)
{
    return QJsonDocument::fromJson(read(benchFile(bench)))[QStringLiteral("units")][0].toObject();
}

void changeFirstUnit(const QString &bench, const QString &member, const QJsonValue &value)
{
    QJsonObject json = QJsonDocument::fromJson(read(benchFile(bench))).object();
    QJsonArray units = json[QStringLiteral("units")].toArray();
    QJsonObject unit = units[0].toObject();
    unit[member] = value;
    units[0] = unit;
    json[QStringLiteral("units")] = units;
    QVERIFY(write(benchFile(bench), QJsonDocument(json).toJson()));
}

Ran bootmend(const QStringList &arguments)
{
    return testing::runProgram(ScratchBench::bootmend(), arguments);
}

Ran bringDown(const QString &bench)
{
    return bootmend({QStringLiteral("bench"), QStringLiteral("down"), bench, QStringLiteral("--json")});
}

} // namespace

/// A bench touches no file and no process that is not its own, and can always be brought down.
class TestCliBench : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>(QDir::tempPath() + QStringLiteral("/bm-XXXXXX"));
        QVERIFY(m_folder->isValid());
    }

    void aFolderThatHoldsSomethingIsRefused()
    {
        const QString trust = m_folder->filePath(QStringLiteral("trust.json"));
        QVERIFY(write(trust, "mine"));
        const Ran refused = bringUp(m_folder->path());
        QVERIFY2(refused.exitCode == 10, refused.story());
        QVERIFY2(refused.standardError.contains(QStringLiteral("is not empty")), refused.story());
        QCOMPARE(QDir(m_folder->path()).entryList(QDir::AllEntries | QDir::NoDotAndDotDot),
                 QStringList(QStringLiteral("trust.json")));
        QCOMPARE(read(trust), QByteArray("mine"));
    }

    void whatWasAddedStays()
    {
        const QString bench = m_folder->filePath(QStringLiteral("b"));
        const Ran up = bringUp(bench);
        QVERIFY2(up.exitCode == 0, up.story());
        const QStringList mine{bench + QStringLiteral("/notes.txt"),
                               bench + QStringLiteral("/releases/mine.bmb"),
                               bench + QStringLiteral("/healthy-1/copy.img")};
        for (const QString &path : mine)
            QVERIFY(write(path, "mine"));
        QCOMPARE(bringDown(bench).exitCode, 0);

        QStringList left;
        QDirIterator files(bench, QDir::Files | QDir::Hidden | QDir::System, QDirIterator::Subdirectories);
        while (files.hasNext())
            left.append(files.next());
        QCOMPARE(QSet<QString>(left.begin(), left.end()), QSet<QString>(mine.begin(), mine.end()));
    }

    void aNameThatLeadsOutIsRefused()
    {
        const ScratchBench bench({});
        QVERIFY2(bench.up.exitCode == 0, bench.up.story());
        const QString victim = m_folder->filePath(QStringLiteral("flash.img"));
        QVERIFY(write(victim, "mine"));
        changeFirstUnit(bench.path(), QStringLiteral("name"), m_folder->path());
        const Ran refused = bringDown(bench.path());
        QVERIFY2(refused.exitCode == 10, refused.story());
        QCOMPARE(read(victim), QByteArray("mine"));
        changeFirstUnit(bench.path(), QStringLiteral("name"), kHealthy); // So that it can be brought down.
    }

    void aLinkLeadsToTheSameBench()
    {
        const QString real = m_folder->filePath(QStringLiteral("real"));
        const QString link = m_folder->filePath(QStringLiteral("link"));
        QVERIFY(QDir().mkdir(real) && QFile::link(real, link));
        const Ran up = bringUp(link + QStringLiteral("/b"));
        QVERIFY2(up.exitCode == 0, up.story());
        const QString bench = real + QStringLiteral("/b");
        QCOMPARE(firstUnit(bench)[QStringLiteral("address")].toString(),
                 QStringLiteral("unix:%1/healthy-1/line").arg(bench));
        const qint64 pid = firstUnit(bench)[QStringLiteral("pid")].toInteger();
        QVERIFY(testing::isAlive(pid));
        QCOMPARE(bringDown(bench).exitCode, 0);
        QVERIFY(!testing::isAlive(pid));
        QVERIFY(!QFileInfo::exists(bench));
    }

    void aProcessThatCannotBeJudgedIsAnError()
    {
        const ScratchBench bench({});
        QVERIFY2(bench.up.exitCode == 0, bench.up.story());
        const QJsonObject unit = firstUnit(bench.path());
        changeFirstUnit(bench.path(), QStringLiteral("started"), 0);
        const Ran failed = bringDown(bench.path());
        QVERIFY2(failed.exitCode == 1, failed.story());
        QVERIFY(testing::isAlive(unit[QStringLiteral("pid")].toInteger()));
        QVERIFY(QFileInfo::exists(bench.flash(kHealthy)));

        changeFirstUnit(bench.path(), QStringLiteral("started"), unit[QStringLiteral("started")]);
        QCOMPARE(bringDown(bench.path()).exitCode, 0);
        QVERIFY(!testing::isAlive(unit[QStringLiteral("pid")].toInteger()));
    }

    void aStrangerWithTheNumberIsSpared()
    {
        const ScratchBench bench({});
        QVERIFY2(bench.up.exitCode == 0, bench.up.story());
        const QJsonObject unit = firstUnit(bench.path());
        const qint64 pid = unit[QStringLiteral("pid")].toInteger();
        ::kill(pid_t(pid), SIGKILL);
        QTRY_VERIFY(!testing::isAlive(pid));
        QProcess stranger; // It reads a file of the bench, so its command line names the folder.
        stranger.start(QStringLiteral("tail"),
                       {QStringLiteral("-f"), bench.path() + QStringLiteral("/healthy-1/log.txt")});
        QVERIFY(stranger.waitForStarted());
        changeFirstUnit(bench.path(), QStringLiteral("pid"), stranger.processId());
        // Both may have started within one tick of the kernel's clock; a number is not given again so soon.
        const qint64 earlier = unit[QStringLiteral("started")].toInteger() - 1;
        changeFirstUnit(bench.path(), QStringLiteral("started"), earlier);
        const Ran down = bringDown(bench.path());
        QVERIFY2(down.exitCode == 0, down.story());
        QVERIFY(testing::isAlive(stranger.processId()));
        stranger.kill();
        QVERIFY(stranger.waitForFinished());
    }

    void wrongUsageEndsWithAResult_data()
    {
        QTest::addColumn<QString>("line");
        QTest::addColumn<QString>("command");
        const auto up = QStringLiteral("bench up");
        QTest::newRow("unit") << QStringLiteral("--json bench up DIR --unit unicorn") << up;
        QTest::newRow("machine") << QStringLiteral("bench up DIR --machine abacus --json") << up;
        QTest::newRow("speed") << QStringLiteral("bench up DIR --baud -1 --json") << up;
        QTest::newRow("address") << QStringLiteral("image create --payload p --version 1.0.0 "
                                                   "--rollback-index 0 --vendor v --product p --hw h --key k "
                                                   "-o DIR --ram-load nowhere --json")
                                 << QStringLiteral("image create");
        QTest::newRow("two places") << QStringLiteral("image create --payload p --version 1.0.0 "
                                                      "--rollback-index 0 --vendor v --product p --hw h "
                                                      "--key k -o DIR --ram-load 1 --rom-fixed 2 --json")
                                    << QStringLiteral("image create");
        QTest::newRow("seconds of no call")
            << QStringLiteral("recover d b --enter-seconds 5 --json") << QStringLiteral("recover");
        QTest::newRow("output of no challenge")
            << QStringLiteral("unlock d --key k -o DIR --json") << QStringLiteral("unlock");
        QTest::newRow("option") << QStringLiteral("devices --unheard-of --json") << QStringLiteral("devices");
        QTest::newRow("nothing to update") << QStringLiteral("update --json") << QStringLiteral("update");
        QTest::newRow("no command") << QStringLiteral("--json") << QString();
    }

    void wrongUsageEndsWithAResult()
    {
        QFETCH(QString, line);
        QFETCH(QString, command);
        const QString folder = m_folder->filePath(QStringLiteral("b"));
        QStringList arguments = line.split(u' ');
        arguments.replaceInStrings(QStringLiteral("DIR"), folder);
        const Ran ran = bootmend(arguments);
        QVERIFY2(ran.exitCode == 2, ran.story());
        QCOMPARE(ran.lines.size(), 1);
        QCOMPARE(ran.result()[QStringLiteral("event")].toString(), QStringLiteral("result"));
        QCOMPARE(ran.result()[QStringLiteral("command")].toString(), command);
        QCOMPARE(ran.outcome(), QStringLiteral("failed"));
        QVERIFY(ran.result()[QStringLiteral("reason")].isNull());
        QVERIFY(!ran.result()[QStringLiteral("detail")].toString().isEmpty());
        QVERIFY(!ran.standardError.isEmpty());
        QVERIFY(!QFileInfo::exists(folder));
    }

    void aKilledStartCanBeBroughtDown()
    {
        if (QString::fromLatin1(BOOTMEND_QEMU_SKIP_REASON).size() > 0)
            QSKIP(BOOTMEND_QEMU_SKIP_REASON);
        // In the place of QEMU, a program that never opens a line: the start of the unit lasts until the
        // kill.
        const QString program = m_folder->filePath(QStringLiteral("qemu-system-riscv32"));
        QVERIFY(write(program, "#!/bin/sh\nexec tail -f /dev/null\n"));
        QVERIFY(QFile::setPermissions(program, QFile::ReadOwner | QFile::ExeOwner));
        const QString bench = m_folder->filePath(QStringLiteral("b"));
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.insert(QStringLiteral("PATH"),
                           m_folder->path() + u':' + environment.value(QStringLiteral("PATH")));
        QProcess up;
        up.setProcessEnvironment(environment);
        up.start(ScratchBench::bootmend(),
                 {QStringLiteral("bench"), QStringLiteral("up"), bench, QStringLiteral("--machine"),
                  QStringLiteral("qemu")});
        QTRY_VERIFY_WITH_TIMEOUT(firstUnit(bench)[QStringLiteral("pid")].toInteger() > 0,
                                 testing::kLongestCommandMs);
        up.kill();
        QVERIFY(up.waitForFinished());
        QCOMPARE(up.exitStatus(), QProcess::CrashExit);

        const qint64 pid = firstUnit(bench)[QStringLiteral("pid")].toInteger();
        QVERIFY(testing::isAlive(pid));
        const Ran down = bringDown(bench);
        QVERIFY2(down.exitCode == 0, down.story());
        QVERIFY(!testing::isAlive(pid));
        QVERIFY(!QFileInfo::exists(bench));
    }

private:
    static Ran bringUp(const QString &bench)
    {
        return bootmend({QStringLiteral("bench"), QStringLiteral("up"), bench, QStringLiteral("--json")});
    }

    std::unique_ptr<QTemporaryDir> m_folder;
};

QTEST_GUILESS_MAIN(TestCliBench)
#include "tst_cli_bench.moc"
