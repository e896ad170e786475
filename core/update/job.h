// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/device/driver.h"
#include "core/update/restart_estimate.h"
#include "core/update/verdict.h"

#include <QMetaType>

#include <functional>
#include <variant>

namespace core {

/// What a job works on now, in the order of a whole update. Recovery adds the first.
enum class JobStep {
    ReadingEvidence,
    Writing,
    CheckingWritten,
    Restarting,
    CheckingHealth,
    Confirming,
    Proving
};

/// The milestones that scripts follow: downloaded → verified → written → trial → confirmed, or rolled_back or
/// failed.
enum class JobState { Downloaded, Verified, Written, Trial, Confirmed, RolledBack, Failed };

QString jobStateName(JobState state); // "rolled_back"

struct StateReached {
    JobState state;
    std::optional<Reason> reason = {};
};

struct StepStarted {
    JobStep step;
    bool isStoppable = true; // false while stopping would leave the unit worse off
    std::optional<Milliseconds> estimate = {}; // how long it will take, where that can be told before
};

/// A file of the release that is fetched before anything is done with a unit.
struct DownloadProgressed {
    QString file; // its name in a whole bundle
    qint64 done = 0; // bytes that this computer has, those of an earlier run among them
    qint64 total = 0;
};

/// The unit's evidence, read before anything is changed.
struct EvidenceRead {
    QList<EvidenceEvent> events;
};

/// What the unit printed beside its answers, which may be anything.
struct LinePrinted {
    QString line;
};

using JobEvent =
    std::variant<StateReached, StepStarted, WriteProgressed, DownloadProgressed, EvidenceRead, LinePrinted>;

/// What a recipe needs beside the unit and the release.
struct JobContext {
    Clock &clock;
    std::function<void(const JobEvent &)> report = [](const JobEvent &) {};
    const StopRequest *stop = nullptr;
    std::optional<RestartTime> restartBefore = {}; // of this unit, when it is known

    bool isStopped() const { return stop && stop->isRaised(); }
};

/// Reports what the unit prints, for as long as this lives.
class ReportedLog
{
public:
    ReportedLog(Driver &driver, const JobContext &job) : m_driver(driver)
    {
        m_driver.showLogTo([report = job.report](const QString &line) { report(LinePrinted{line}); });
    }
    ~ReportedLog() { m_driver.showLogTo({}); }
    Q_DISABLE_COPY_MOVE(ReportedLog)

private:
    Driver &m_driver;
};

} // namespace core

Q_DECLARE_METATYPE(core::JobEvent)
