// SPDX-License-Identifier: Apache-2.0
#include "app/bench/process_identity.h"

#include <QDeadlineTimer>
#include <QFile>
#include <QThread>

#include <cerrno>
#include <csignal>

namespace bench {

namespace {

constexpr int kStopMs = 5'000;
constexpr int kLookAgainMs = 5;
constexpr qint64 kLargestStat = 4096; // One line of some 50 numbers.

struct ProcessStat {
    char state = 0;
    qint64 started = 0;
};

/// proc(5): "pid (name) state …". The name may hold blanks and brackets, so the fields count from its end.
std::optional<ProcessStat> readStat(qint64 pid)
{
    QFile file(QStringLiteral("/proc/%1/stat").arg(pid));
    if (!file.open(QIODevice::ReadOnly))
        return {};
    const QByteArray line = file.read(kLargestStat);
    const QList<QByteArray> fields = line.mid(line.lastIndexOf(')') + 2).split(' ');
    constexpr int kState = 0; // Field 3 is the first behind the name.
    constexpr int kStarted = 22 - 3;
    if (fields.size() <= kStarted || fields[kState].size() != 1)
        return {};
    return ProcessStat{fields[kState][0], fields[kStarted].toLongLong()};
}

bool hasEnded(const ProcessStat &stat)
{
    return stat.state == 'Z' || stat.state == 'X';
}

core::Result<bool> waitForEnd(const ProcessIdentity &process)
{
    const QDeadlineTimer deadline(kStopMs);
    while (!deadline.hasExpired()) {
        const core::Result<bool> running = isRunning(process);
        if (!running || !*running)
            return running ? core::Result<bool>(true) : core::passOn(running.error());
        QThread::msleep(kLookAgainMs);
    }
    return false;
}

} // namespace

core::Result<ProcessIdentity> identityOf(qint64 pid)
{
    const std::optional<ProcessStat> stat = readStat(pid);
    if (!stat || hasEnded(*stat))
        return core::fail(core::ErrorKind::FileFailed,
                          QStringLiteral("process %1 has ended already").arg(pid));
    return ProcessIdentity{pid, stat->started};
}

core::Result<bool> isRunning(const ProcessIdentity &process)
{
    if (process.pid <= 0 || (::kill(pid_t(process.pid), 0) != 0 && errno == ESRCH))
        return false;
    const std::optional<ProcessStat> stat = readStat(process.pid);
    if (stat && (hasEnded(*stat) || (process.started > 0 && stat->started != process.started)))
        return false;
    const bool hasGoneMeanwhile = !stat && ::kill(pid_t(process.pid), 0) != 0 && errno == ESRCH;
    if (hasGoneMeanwhile)
        return false;
    if (!stat || process.started <= 0)
        return core::fail(
            core::ErrorKind::Internal,
            QStringLiteral("there is a process %1, and nothing tells whether it is this unit's; end it "
                           "yourself if it is")
                .arg(process.pid));
    return true;
}

core::Result<core::Done> endProcess(const ProcessIdentity &process, int signal)
{
    for (const int next : {signal, SIGKILL}) {
        const core::Result<bool> running = isRunning(process);
        if (!running)
            return core::passOn(running.error());
        if (!*running)
            return core::Done{};
        ::kill(pid_t(process.pid), next);
        const core::Result<bool> ended = waitForEnd(process);
        if (!ended)
            return core::passOn(ended.error());
        if (*ended)
            return core::Done{};
    }
    return core::fail(core::ErrorKind::Internal,
                      QStringLiteral("process %1 cannot be ended").arg(process.pid));
}

} // namespace bench
