// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

namespace testing {

/// What one run of the program gave: its exit code, its JSON lines, and what it told people.
struct Ran {
    int exitCode = -1;
    QList<QJsonObject> lines;
    QString standardError;

    QJsonObject result() const { return lines.isEmpty() ? QJsonObject() : lines.last(); }
    QString outcome() const { return result()[QStringLiteral("outcome")].toString(); }
    QString reason() const { return result()[QStringLiteral("reason")].toString(); }
    QStringList states() const
    {
        QStringList states;
        for (const QJsonObject &line : lines)
            if (line[QStringLiteral("event")] == QStringLiteral("state"))
                states.append(line[QStringLiteral("state")].toString());
        return states;
    }
    /// For QVERIFY2: everything that helps to understand a failure.
    QByteArray story() const
    {
        return QByteArray::number(exitCode) + ' ' + QJsonDocument(result()).toJson(QJsonDocument::Compact)
            + ' ' + standardError.toUtf8();
    }
};

constexpr int kLongestCommandMs = 60'000;

inline QList<QJsonObject> jsonLines(const QByteArray &output)
{
    QList<QJsonObject> lines;
    for (const QByteArray &line : output.split('\n'))
        if (!line.isEmpty())
            lines.append(QJsonDocument::fromJson(line).object());
    return lines;
}

inline Ran runProgram(const QString &program, const QStringList &arguments)
{
    QProcess process;
    process.start(program, arguments);
    process.waitForFinished(kLongestCommandMs);
    const bool hasEnded =
        process.state() == QProcess::NotRunning && process.exitStatus() == QProcess::NormalExit;
    return {hasEnded ? process.exitCode() : -1, jsonLines(process.readAllStandardOutput()),
            QString::fromUtf8(process.readAllStandardError())};
}

/// A process that has ended may stand in the table until its parent looks; it has no command line then.
inline bool isAlive(qint64 process)
{
    QFile commandLine(QStringLiteral("/proc/%1/cmdline").arg(process));
    return commandLine.open(QIODevice::ReadOnly) && !commandLine.readAll().isEmpty();
}

/// A bench of its own for one test; it is brought down with the test.
class ScratchBench
{
public:
    explicit ScratchBench(QStringList options) : m_directory(QDir::tempPath() + QStringLiteral("/bm-XXXXXX"))
    {
        up = runProgram(
            bootmend(),
            QStringList{QStringLiteral("bench"), QStringLiteral("up"), path(), QStringLiteral("--json")}
                + std::move(options));
    }
    ~ScratchBench() { runProgram(bootmend(), {QStringLiteral("bench"), QStringLiteral("down"), path()}); }
    Q_DISABLE_COPY_MOVE(ScratchBench)

    static QString bootmend() { return QStringLiteral(BOOTMEND_PROGRAM); }
    QString path() const { return m_directory.path() + QStringLiteral("/b"); }
    QString release(const QString &name) const
    {
        return path() + QStringLiteral("/releases/%1.bmb").arg(name);
    }
    QString flash(const QString &unit) const { return path() + QStringLiteral("/%1/flash.img").arg(unit); }

    QStringList arguments(const QStringList &command) const
    {
        return command + QStringList{QStringLiteral("--json"), QStringLiteral("--bench"), path()};
    }
    Ran run(const QStringList &command) const { return runProgram(bootmend(), arguments(command)); }
    Ran update(const QString &unit, const QString &releaseName) const
    {
        return run({QStringLiteral("update"), unit, release(releaseName)});
    }

    Ran up;

private:
    QTemporaryDir m_directory;
};

} // namespace testing
