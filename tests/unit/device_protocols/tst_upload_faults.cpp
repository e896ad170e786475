// SPDX-License-Identifier: Apache-2.0
#include "device_protocols/smp/console_channel.h"
#include "device_protocols/smp/image_upload.h"
#include "tests/support/faulty_line.h"
#include "tests/support/run_task.h"

#include <QMap>
#include <QTest>

using core::Done;
using core::Error;
using core::ErrorKind;
using core::Reason;
using core::Result;
using testing::FaultyLine;
using testing::UploadServer;
using namespace std::chrono_literals;

namespace {

constexpr int kSeededRuns = 12'000;
constexpr quint32 kFirstSeed = 20'260'000;
// An operator plugs the cable in again and repeats the update, but not for ever.
constexpr int kMostLinks = 6;

enum Fault : int {
    Loss = 1 << 0,
    Corruption = 1 << 1,
    Duplication = 1 << 2,
    Delay = 1 << 3,
    Noise = 1 << 4,
    Refusal = 1 << 5,
    Cut = 1 << 6,
    Restart = 1 << 7,
    HoldsBytes = 1 << 8, // with cuts and restarts: what was sent before them arrives after them
    LongErase = 1 << 9,
};
constexpr int kFaults = 10;
const char *const kNames[kFaults] = {"loss",       "corruption", "duplication", "delay",      "noise",
                                     "no buffers", "cut",        "restart",     "held bytes", "long erase"};

/// What may make packets or answers be missing for long.
constexpr int kSilencing = Loss | Corruption | Noise | Delay | Restart | Cut | HoldsBytes;

struct Scenario {
    quint32 seed = 0;
    int which = 0; // of enum Fault
    int perMille = 0;
    FaultyLine::Faults faults;
    UploadServer::Kind kind = UploadServer::Kind::Zephyr;
    qsizetype writeUnit = 1;
    smp::ServerLimits limits;
    QByteArray file;
};

QByteArray randomBytes(QRandomGenerator &random, int size)
{
    QByteArray bytes(size, '\0');
    for (char &byte : bytes)
        byte = char(random.bounded(256));
    return bytes;
}

QList<int> someOf(QRandomGenerator &random, int most, int highest)
{
    QList<int> chosen;
    for (int count = random.bounded(1, most + 1); count > 0; --count)
        chosen.append(random.bounded(1, highest + 1));
    return chosen;
}

FaultyLine::Faults faultsOf(int which, int perMille, QRandomGenerator &random)
{
    const auto chance = [which, perMille](Fault fault) { return which & fault ? perMille : 0; };
    FaultyLine::Faults faults{.loss = chance(Loss),
                              .corruption = chance(Corruption),
                              .duplication = chance(Duplication),
                              .delay = chance(Delay),
                              .noise = chance(Noise),
                              .refusal = chance(Refusal)};
    if (which & Cut)
        faults.cutAt = someOf(random, 3, 40);
    if (which & Restart)
        faults.restartAt = someOf(random, 3, 40);
    faults.holdsBytes = which & HoldsBytes;
    faults.erase = which & LongErase ? core::Milliseconds(random.bounded(38'000)) : 0ms;
    return faults;
}

/// Every second run has one fault alone, the others any of them together.
Scenario scenarioOf(quint32 seed)
{
    QRandomGenerator random(seed);
    Scenario scenario{.seed = seed};
    const bool isAlone = seed % 2 == 0;
    scenario.which = isAlone ? 1 << (seed / 2 % kFaults) : random.bounded(1, 1 << kFaults);
    if (scenario.which == HoldsBytes)
        scenario.which |= random.bounded(2) ? Cut : Restart;
    scenario.perMille = QList<int>{10, 50, 150}.at(random.bounded(3));
    scenario.faults = faultsOf(scenario.which, scenario.perMille, random);
    scenario.kind = UploadServer::Kind(random.bounded(3));
    if (scenario.kind == UploadServer::Kind::McubootRecovery)
        scenario.writeUnit = 1 << random.bounded(8);
    scenario.limits = {QList<int>{256, 384, 1024}.at(random.bounded(3)), random.bounded(1, 6)};
    scenario.file = randomBytes(random, random.bounded(1, 8'000));
    return scenario;
}

QString namesOf(int which)
{
    QStringList names;
    for (int fault = 0; fault < kFaults; ++fault)
        if (which & 1 << fault)
            names.append(QLatin1String(kNames[fault]));
    return names.join(QStringLiteral(" + "));
}

/// A device, its line, and an operator who starts again when the cable was pulled: with the same program or
/// with a new one.
class Attempt
{
public:
    explicit Attempt(Scenario scenario) :
        m_scenario(std::move(scenario)), m_line(m_server, m_clock, m_scenario.faults, m_scenario.seed)
    {
        m_server.kind = m_scenario.kind;
        m_server.writeUnit = m_scenario.writeUnit;
        m_server.bufferSize = m_scenario.limits.bufferSize - 4;
    }

    Result<Done> run()
    {
        Result<Done> outcome = runOnce();
        for (int links = 1; !outcome && outcome.error().kind == ErrorKind::Disconnected && links < kMostLinks;
             ++links)
            outcome = runOnce();
        return outcome;
    }

    bool isWritten() const { return m_server.received == m_scenario.file; }
    int mostInDevice() const { return m_line.mostInDevice(); }
    core::Milliseconds elapsed() const { return m_clock.now(); }

private:
    Result<Done> runOnce()
    {
        if (!m_client || m_scenario.seed % 3 == 0)
            m_client.emplace(std::make_unique<smp::ConsoleChannel>(m_line.connectLink()), m_clock);
        const Result<Done> opened = testing::finish(m_client->open(), m_clock);
        if (!opened)
            return opened;
        smp::ImageUpload upload(*m_client, {.file = m_scenario.file, .limits = m_scenario.limits});
        return testing::finish(upload.run(), m_clock);
    }

    Scenario m_scenario;
    testing::ManualClock m_clock;
    UploadServer m_server;
    FaultyLine m_line;
    std::optional<smp::Client> m_client;
};

/// Empty when the upload may end with this error under these faults.
QString objectionTo(const Error &error, int which)
{
    const auto unless = [&error](bool isRight) {
        return isRight ? QString() : QStringLiteral("wrong reason: %1").arg(error.detail);
    };
    if (error.detail == QLatin1String("never"))
        return QStringLiteral("hangs");
    switch (error.kind) {
    case ErrorKind::TimedOut:
        return unless(which & kSilencing);
    case ErrorKind::Disconnected:
        return unless(which & Cut);
    case ErrorKind::RefusedByDevice:
        if (error.deviceCode)
            return unless(which & Refusal);
        return unless(error.reason == Reason::WriteFailed && which & (kSilencing | Duplication));
    default:
        return unless(false);
    }
}

QString outcomeName(const Result<Done> &outcome)
{
    if (outcome)
        return QStringLiteral("complete");
    switch (outcome.error().kind) {
    case ErrorKind::TimedOut:
        return QStringLiteral("timed out");
    case ErrorKind::Disconnected:
        return QStringLiteral("disconnected");
    default:
        return outcome.error().deviceCode ? QStringLiteral("refused") : QStringLiteral("no progress");
    }
}

/// How often each fault, alone or with others, ended how.
class Table
{
public:
    void count(const QString &row, const QString &outcome)
    {
        ++m_counts[row][outcome];
        ++m_counts[row][QStringLiteral("runs")];
    }
    int at(const QString &row, const QString &outcome) const { return m_counts[row][outcome]; }

    void print() const
    {
        const QStringList columns{QStringLiteral("runs"),        QStringLiteral("complete"),
                                  QStringLiteral("timed out"),   QStringLiteral("disconnected"),
                                  QStringLiteral("no progress"), QStringLiteral("refused")};
        QString header = QStringLiteral("%1").arg(QString(), -24);
        for (const QString &column : columns)
            header += QStringLiteral("%1").arg(column, 14);
        qInfo("%s", qPrintable(header));
        for (auto row = m_counts.begin(); row != m_counts.end(); ++row) {
            QString line = QStringLiteral("%1").arg(row.key(), -24);
            for (const QString &column : columns)
                line += QStringLiteral("%1").arg(row->value(column), 14);
            qInfo("%s", qPrintable(line));
        }
    }

private:
    QMap<QString, QMap<QString, int>> m_counts;
};

/// Empty when all is right; otherwise what is wrong, with the seed that shows it.
QString objectionTo(const Scenario &scenario, const Attempt &attempt, const Result<Done> &outcome)
{
    QString objection;
    if (outcome && !attempt.isWritten())
        objection = QStringLiteral("success, but the device holds something else");
    if (!outcome)
        objection = objectionTo(outcome.error(), scenario.which);
    // A device that is slow or restarts may still hold what was given up; all others never hold too much.
    const int most = std::max(1, scenario.limits.bufferCount - 1);
    if (!(scenario.which & (Delay | Duplication | Cut | Restart | LongErase))
        && attempt.mostInDevice() > most)
        objection = QStringLiteral("%1 packets in a device with %2 buffers")
                        .arg(attempt.mostInDevice())
                        .arg(scenario.limits.bufferCount);
    if (objection.isEmpty())
        return {};
    return QStringLiteral("seed %1 (%2, %3 per mille, kind %4, buffers %5 x %6, %7 bytes): %8")
        .arg(scenario.seed)
        .arg(namesOf(scenario.which))
        .arg(scenario.perMille)
        .arg(int(scenario.kind))
        .arg(scenario.limits.bufferCount)
        .arg(scenario.limits.bufferSize)
        .arg(scenario.file.size())
        .arg(objection);
}

} // namespace

/// Everything that happens to a line, in simulated time. To look at one run:
/// BOOTMEND_SEED=20260007 tst_upload_faults endsRightWhateverHappens
class TestUploadFaults : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void endsRightWhateverHappens()
    {
        const int only = qEnvironmentVariableIntValue("BOOTMEND_SEED");
        const quint32 first = only ? quint32(only) : kFirstSeed;
        const quint32 end = only ? first + 1 : first + kSeededRuns;
        Table table;
        QStringList objections;
        for (quint32 seed = first; seed < end && objections.size() < 10; ++seed) {
            const Scenario scenario = scenarioOf(seed);
            Attempt attempt(scenario);
            const Result<Done> outcome = attempt.run();
            const QString objection = objectionTo(scenario, attempt, outcome);
            if (!objection.isEmpty())
                objections.append(objection);
            const bool isAlone = seed % 2 == 0;
            table.count(isAlone ? namesOf(scenario.which) : QStringLiteral("~ several"),
                        outcomeName(outcome));
            table.count(QStringLiteral("~ at %1 per mille").arg(scenario.perMille, 3), outcomeName(outcome));
        }
        table.print();
        QVERIFY2(objections.isEmpty(), qPrintable(objections.join(u'\n')));
        if (!only)
            judge(table);
    }

    /// A pulled cable and a restart, in front of each packet of an upload.
    void comesThroughACutOrARestartAtEveryPacket()
    {
        QRandomGenerator random(1);
        const QByteArray file = randomBytes(random, 9'000);
        int runs = 0;
        for (int kind = 0; kind < 3; ++kind)
            for (int packet = 1; packet <= 30; ++packet)
                for (const int which : {int(Cut), int(Restart), Cut | HoldsBytes, Restart | HoldsBytes}) {
                    Scenario scenario{.seed = quint32(packet), .which = which};
                    scenario.faults.holdsBytes = which & HoldsBytes;
                    (which & Cut ? scenario.faults.cutAt : scenario.faults.restartAt) = {packet};
                    scenario.kind = UploadServer::Kind(kind);
                    scenario.limits = {384, 4};
                    scenario.file = file;
                    Attempt attempt(scenario);
                    const Result<Done> outcome = attempt.run();
                    const QString objection = objectionTo(scenario, attempt, outcome);
                    QVERIFY2(objection.isEmpty(), qPrintable(objection));
                    QVERIFY2(outcome.has_value(),
                             qPrintable(QStringLiteral("%1 %2: %3")
                                            .arg(namesOf(which))
                                            .arg(packet)
                                            .arg(outcome ? QString() : outcome.error().detail)));
                    ++runs;
                }
        qInfo("%d runs, all complete", runs);
    }

private:
    /// The faults are such that hardly one stops an upload: that nothing but errors comes out is no success.
    static void judge(const Table &table)
    {
        const QString complete = QStringLiteral("complete");
        const QString runs = QStringLiteral("runs");
        const QString rare = QStringLiteral("~ at  10 per mille");
        QVERIFY(table.at(rare, complete) >= table.at(rare, runs) * 99 / 100);
        const QString several = QStringLiteral("~ several");
        QVERIFY(table.at(several, complete) >= table.at(several, runs) * 80 / 100);
        for (const Fault fault : {Duplication, Cut, LongErase})
            QCOMPARE(table.at(namesOf(fault), complete), table.at(namesOf(fault), runs));
        for (const Fault fault : {Delay, Restart})
            QVERIFY(table.at(namesOf(fault), complete) >= table.at(namesOf(fault), runs) * 99 / 100);
    }
};

QTEST_GUILESS_MAIN(TestUploadFaults)
#include "tst_upload_faults.moc"
