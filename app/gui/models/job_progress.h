// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/gui/device_thread/values.h"

namespace gui {

/// Turns the events of one job into a progress that never goes backwards, a rate, and the time that is left.
///
/// Each step has a weight by what it usually takes. The rate is that of the last few seconds, so that a link
/// that slows down is seen soon. Time comes in with each event: `now` is Clock::now().
class JobProgress
{
public:
    JobProgress(JobSnapshot start, core::Milliseconds now);

    void take(const core::JobEvent &event, core::Milliseconds now, const QDateTime &nowUtc);
    void askToStop() { m_job.isStopping = true; }
    const JobSnapshot &snapshot() const { return m_job; }

private:
    struct Sample {
        core::Milliseconds at;
        qint64 bytes;
    };

    void takeStep(const core::StepStarted &started);
    void takeBytes(const core::WriteProgressed &written, core::Milliseconds now);
    void takeLine(const core::LinePrinted &printed);
    void moveTo(double fraction);
    double fractionBefore(core::JobStep step) const;
    double share(core::JobStep step) const;

    JobSnapshot m_job;
    QList<Sample> m_samples;
};

/// How long a plan will take over its link, roughly: the write at the speed of the line, and the restart and
/// the checks after it.
core::Milliseconds estimatedDuration(const core::UpdatePlan &plan);

/// The steps of each kind of job, in their order.
QList<core::JobStep> stepsOf(JobKind kind);

} // namespace gui
