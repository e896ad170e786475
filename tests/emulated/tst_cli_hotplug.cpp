// SPDX-License-Identifier: Apache-2.0
#include "tests/emulated/command_line.h"
#include "tests/support/usb_bench.h"

#include <csignal>

using testing::PlugFacts;
using testing::ScratchBench;
using testing::UsbBus;
using testing::UsbUnit;

namespace {

constexpr int kPatienceMs = 60'000;

QString text(const QJsonObject &line, const char *member)
{
    return line[QLatin1String(member)].toString();
}

/// A program that sees the bus and runs while the test goes on, as the units' lines do.
class Program
{
public:
    Program(UsbBus &bus, const QString &program, const QStringList &arguments)
    {
        bus.show(m_process, program, arguments);
        QObject::connect(&m_process, &QProcess::readyReadStandardOutput, &m_process,
                         [this] { m_output += m_process.readAllStandardOutput(); });
        m_process.start();
    }
    ~Program()
    {
        m_process.kill();
        m_process.waitForFinished();
    }

    QList<QJsonObject> lines() const
    {
        return testing::jsonLines(m_output.left(m_output.lastIndexOf('\n') + 1));
    }

    template<class Predicate>
    bool says(Predicate isWanted)
    {
        return QTest::qWaitFor(
            [&] {
                const QList<QJsonObject> all = lines();
                return std::any_of(all.cbegin(), all.cend(), isWanted);
            },
            kPatienceMs);
    }

    /// {"event":"device","change":…} about a unit of this name.
    bool tells(const QString &change, const QString &name)
    {
        return says([&](const QJsonObject &line) {
            return text(line, "change") == change
                && text(line[QStringLiteral("device")].toObject(), "name") == name;
        });
    }

    bool reaches(const QString &state)
    {
        return says([&](const QJsonObject &line) { return text(line, "state") == state; });
    }

    testing::Ran end()
    {
        const bool isOver =
            QTest::qWaitFor([this] { return m_process.state() == QProcess::NotRunning; }, kPatienceMs);
        m_output += m_process.readAllStandardOutput();
        const bool isNormal = isOver && m_process.exitStatus() == QProcess::NormalExit;
        return {isNormal ? m_process.exitCode() : -1, testing::jsonLines(m_output),
                QString::fromUtf8(m_process.readAllStandardError())};
    }

    void interrupt() { ::kill(pid_t(m_process.processId()), SIGINT); }
    qint64 pid() const { return m_process.processId(); }

private:
    QProcess m_process;
    QByteArray m_output;
};

QString serialOf(const testing::Ran &ran)
{
    return text(ran.result()[QStringLiteral("device")].toObject(), "serial");
}

QString socketOf(const ScratchBench &bench, int index)
{
    const QJsonArray units = bench.up.result()[QStringLiteral("units")].toArray();
    return text(units.at(index).toObject(), "address").section(u':', 1);
}

const PlugFacts kFirst{
    .name = QStringLiteral("ttyACM0"), .topology = QStringLiteral("1-4"), .serial = QStringLiteral("USB-A")};
const PlugFacts kSecond{
    .name = QStringLiteral("ttyACM1"), .topology = QStringLiteral("1-5"), .serial = QStringLiteral("USB-B")};

PlugFacts under(PlugFacts facts, const char *name)
{
    facts.name = QLatin1String(name);
    return facts;
}

} // namespace

/// Real firmware behind ports that come, go and exchange their names.
class TestCliHotplug : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_bus = std::make_unique<UsbBus>();
        const QString missing = m_bus->start();
        if (!missing.isEmpty())
            QSKIP(qPrintable(missing));
        const auto healthy = QStringLiteral("healthy");
        m_bench = std::make_unique<ScratchBench>(
            QStringList{QStringLiteral("--unit"), healthy, QStringLiteral("--unit"), healthy});
        QVERIFY2(m_bench->up.exitCode == 0, m_bench->up.story());
        m_one = std::make_unique<UsbUnit>(*m_bus, socketOf(*m_bench, 0));
        m_other = std::make_unique<UsbUnit>(*m_bus, socketOf(*m_bench, 1));
    }

    void cleanup()
    {
        m_one.reset();
        m_other.reset();
        m_bench.reset();
        m_bus.reset();
    }

    void tellsOfUnitsThatComeAndGo()
    {
        QVERIFY(m_one->plug(kFirst));
        Program watch(*m_bus, ScratchBench::bootmend(),
                      own({QStringLiteral("devices"), QStringLiteral("--watch")}));
        QVERIFY(watch.tells(QStringLiteral("present"), QStringLiteral("USB-A")));
        QVERIFY(watch.tells(QStringLiteral("inspected"), QStringLiteral("USB-A")));
        QVERIFY(m_other->plug(kSecond));
        QVERIFY(watch.tells(QStringLiteral("arrived"), QStringLiteral("USB-B")));
        QVERIFY(watch.tells(QStringLiteral("inspected"), QStringLiteral("USB-B")));
        const QJsonObject device = watch.lines().last()[QStringLiteral("device")].toObject();
        QCOMPARE(text(device, "stage"), QStringLiteral("running"));
        const QJsonObject port = device[QStringLiteral("port")].toObject();
        QCOMPARE(text(port, "usb"), QStringLiteral("2fe3:0100"));
        QCOMPARE(text(port, "topology"), QStringLiteral("1-5"));
        QCOMPARE(text(port, "profile"), QStringLiteral("zephyr_cdc_acm"));

        m_one->unplug();
        QVERIFY(watch.tells(QStringLiteral("left"), QStringLiteral("USB-A")));
        watch.interrupt();
        const testing::Ran ran = watch.end();
        QVERIFY2(ran.exitCode == 0, ran.story());
        QCOMPARE(ran.result()[QStringLiteral("count")].toInt(), 1);
    }

    void asksOnlyWhomAProfileKnows()
    {
        PlugFacts unknown = kFirst;
        unknown.product = QStringLiteral("0777");
        QVERIFY(m_one->plug(unknown));
        const testing::Ran listed = run({QStringLiteral("devices")});
        const QJsonObject device = listed.lines.first()[QStringLiteral("device")].toObject();
        QCOMPARE(text(device, "stage"), QStringLiteral("silent"));
        QVERIFY(text(device, "silence").contains(QStringLiteral("no profile")));
        const testing::Ran probed = run({QStringLiteral("devices"), QStringLiteral("--probe")});
        QCOMPARE(text(probed.lines.first()[QStringLiteral("device")].toObject(), "stage"),
                 QStringLiteral("running"));
    }

    void aSitesProfileReplacesABuiltInOne()
    {
        QTemporaryDir state;
        QVERIFY(QDir(state.path()).mkdir(QStringLiteral("profiles")));
        QFile profile(state.filePath(QStringLiteral("profiles/zephyr_cdc_acm.json")));
        QVERIFY(profile.open(QIODevice::WriteOnly));
        profile.write(R"({"schema":1,"name":"Lamp","usb":[{"vid":"2fe3","pid":"0778"}]})");
        profile.close();
        QVERIFY(m_one->plug(kFirst));
        const testing::Ran listed = run({QStringLiteral("devices"), QStringLiteral("--state"), state.path()});
        QCOMPARE(text(listed.lines.first()[QStringLiteral("device")].toObject(), "stage"),
                 QStringLiteral("silent"));
    }

    void namesTheProgramThatHasThePort()
    {
        QVERIFY(m_one->plug(kFirst));
        QProcess holder;
        holder.start(QStringLiteral("python3"),
                     {QStringLiteral("-c"),
                      QStringLiteral("import os,sys; os.open(sys.argv[1], os.O_RDWR | os.O_NOCTTY); "
                                     "print('held', flush=True); sys.stdin.read()"),
                      m_one->terminal()});
        QVERIFY(holder.waitForReadyRead());
        const testing::Ran ran = run({QStringLiteral("inspect"), QStringLiteral("USB-A")});
        QCOMPARE(ran.outcome(), QStringLiteral("failed"));
        QCOMPARE(text(ran.result(), "reason"), QStringLiteral("DEVICE_IN_USE"));
        const QString owner = QStringLiteral("python3 (pid %1)").arg(holder.processId());
        QVERIFY2(ran.result()[QStringLiteral("detail")].toString().contains(owner), ran.story());
        const testing::Ran listed = run({QStringLiteral("devices")});
        QVERIFY(text(listed.lines.first()[QStringLiteral("device")].toObject(), "silence").contains(owner));
        holder.closeWriteChannel();
        QVERIFY(holder.waitForFinished());
    }

    void twoUnitsThatExchangeTheirNamesKeepTheirVerdicts_data()
    {
        QTest::addColumn<QString>("one");
        QTest::addColumn<QString>("other");
        QTest::newRow("with serial numbers") << "USB-A"
                                             << "USB-B";
        QTest::newRow("without") << ""
                                 << "";
        QTest::newRow("with the same ones") << "0001"
                                            << "0001";
    }
    void twoUnitsThatExchangeTheirNamesKeepTheirVerdicts()
    {
        QFETCH(QString, one);
        QFETCH(QString, other);
        PlugFacts first = kFirst;
        PlugFacts second = kSecond;
        first.serial = one;
        second.serial = other;
        QVERIFY(m_one->plug(first));
        QVERIFY(m_other->plug(second));
        const QString firstSerial =
            serialOf(run({QStringLiteral("inspect"), QStringLiteral("serial:/dev/ttyACM0")}));
        const QString secondSerial =
            serialOf(run({QStringLiteral("inspect"), QStringLiteral("serial:/dev/ttyACM1")}));
        QVERIFY2(!firstSerial.isEmpty() && firstSerial != secondSerial,
                 qPrintable(firstSerial + secondSerial));

        Program firstUpdate(*m_bus, ScratchBench::bootmend(), update("serial:/dev/ttyACM0"));
        Program secondUpdate(*m_bus, ScratchBench::bootmend(), update("serial:/dev/ttyACM1"));
        QVERIFY(firstUpdate.reaches(QStringLiteral("trial")));
        QVERIFY(secondUpdate.reaches(QStringLiteral("trial")));
        m_one->unplug();
        m_other->unplug();
        QVERIFY(m_other->plug(under(second, "ttyACM0")));
        QVERIFY(m_one->plug(under(first, "ttyACM1")));

        const testing::Ran firstRan = firstUpdate.end();
        const testing::Ran secondRan = secondUpdate.end();
        QVERIFY2(firstRan.outcome() == QStringLiteral("updated"), firstRan.story());
        QVERIFY2(secondRan.outcome() == QStringLiteral("updated"), secondRan.story());
        QCOMPARE(serialOf(firstRan), firstSerial);
        QCOMPARE(serialOf(secondRan), secondSerial);
        QCOMPARE(text(firstRan.result()[QStringLiteral("device")].toObject(), "address"),
                 QStringLiteral("serial:/dev/ttyACM1"));
    }

    void aUnitIsFollowedIntoItsBootloadersProductId()
    {
        QVERIFY(m_one->plug(kFirst));
        Program program(*m_bus, ScratchBench::bootmend(), update("USB-A"));
        QVERIFY(program.reaches(QStringLiteral("trial")));
        m_one->unplug();
        PlugFacts bootloader = under(kFirst, "ttyACM3");
        bootloader.product = QStringLiteral("0005");
        QVERIFY(m_one->plug(bootloader));
        const testing::Ran ran = program.end();
        QVERIFY2(ran.outcome() == QStringLiteral("updated"), ran.story());
    }

    void aCablePulledInAnyStepLeavesANamedState_data()
    {
        QTest::addColumn<QString>("step");
        QTest::addColumn<QString>("outcome");
        const auto row = [](const char *step, const char *outcome) {
            QTest::newRow(step) << QString::fromLatin1(step) << QString::fromLatin1(outcome);
        };
        // Before the trial a lost link ends the job, and nothing has changed; from then on it is waited for.
        row("Writing", "failed");
        row("Checking", "failed");
        row("Restarting", "updated");
        row("health", "updated");
        row("Confirming", "updated");
        row("Proving", "updated");
    }
    void aCablePulledInAnyStepLeavesANamedState()
    {
        QFETCH(QString, step);
        QFETCH(QString, outcome);
        QVERIFY(m_one->plug(kFirst));
        Program program(*m_bus, ScratchBench::bootmend(), update("USB-A"));
        QVERIFY(program.says([&step](const QJsonObject &line) {
            return text(line, "note").contains(step, Qt::CaseInsensitive);
        }));
        m_one->unplug();
        QVERIFY(m_one->plug(under(kFirst, "ttyACM2"))); // The system gives it the next name.
        const testing::Ran ran = program.end();
        QVERIFY2(ran.outcome() == outcome, ran.story());
        const auto again = run(update("USB-A"), Options::AsTheyAre);
        const bool isGood = again.outcome() == QStringLiteral("updated")
            || again.outcome() == QStringLiteral("already_current");
        QVERIFY2(isGood, again.story());
    }

private:
    enum class Options { Own, AsTheyAre };

    /// With a state folder of its own.
    QStringList own(const QStringList &command) const
    {
        const QStringList options{QStringLiteral("--json")};
        if (command.contains(QStringLiteral("--state")))
            return command + options;
        return command + options
            + QStringList{QStringLiteral("--state"), m_bench->path() + QStringLiteral("/own-state")};
    }

    /// By the trust and the releases of the bench.
    QStringList update(const char *device) const
    {
        return m_bench->arguments(
            {QStringLiteral("update"), QLatin1String(device), m_bench->release(QStringLiteral("1.1.0"))});
    }

    testing::Ran run(const QStringList &command, Options options = Options::Own) const
    {
        Program program(*m_bus, ScratchBench::bootmend(), options == Options::Own ? own(command) : command);
        return program.end();
    }

    std::unique_ptr<UsbBus> m_bus;
    std::unique_ptr<ScratchBench> m_bench;
    std::unique_ptr<UsbUnit> m_one;
    std::unique_ptr<UsbUnit> m_other;
};

QTEST_GUILESS_MAIN(TestCliHotplug)
#include "tst_cli_hotplug.moc"
