// SPDX-License-Identifier: Apache-2.0
#include "app/gui/models/job_progress.h"

#include "app/texts/foreign_text.h"

#include <algorithm>

namespace gui {

using core::JobStep;
using core::Milliseconds;
using namespace std::chrono_literals;

namespace {

constexpr Milliseconds kRateWindow = 5s;
constexpr qsizetype kMostLines = 200;
constexpr Milliseconds kRateNeeds = 500ms; // Less than this says more about buffers than about the line.

/// What a step usually takes, beside the write. A restart is a reset, the verification of an image and the
/// start of an application.
Milliseconds usualTime(JobStep step)
{
    switch (step) {
    case JobStep::Writing:
        return 60s;
    case JobStep::Restarting:
        return 4s;
    case JobStep::CheckingHealth:
        return 3s;
    case JobStep::ReadingEvidence:
    case JobStep::CheckingWritten:
    case JobStep::Confirming:
    case JobStep::Proving:
        return 1s;
    }
    Q_UNREACHABLE();
}

double usualBytesPerSecond(const core::DeviceAddress &address)
{
    // Ten bits a byte on a serial line; base64 and the framing of the SMP console leave about 70 % for data.
    constexpr double kBytesPerBaud = 0.1 * 0.7;
    constexpr double kBle = 10'000; // packets of 244 bytes at the usual connection interval
    constexpr double kOther = 100'000; // flash, not the link, is what limits these
    switch (address.link) {
    case core::DeviceAddress::Link::Serial:
        return address.baud * kBytesPerBaud;
    case core::DeviceAddress::Link::Ble:
        return kBle;
    case core::DeviceAddress::Link::Unix:
    case core::DeviceAddress::Link::Udp:
    case core::DeviceAddress::Link::Usb:
        return kOther;
    }
    Q_UNREACHABLE();
}

Milliseconds timeOfStepsAfter(const QList<JobStep> &steps, JobStep step)
{
    Milliseconds sum = 0ms;
    for (qsizetype index = steps.indexOf(step) + 1; index < steps.size(); ++index)
        sum += usualTime(steps[index]);
    return sum;
}

} // namespace

QList<JobStep> stepsOf(JobKind kind)
{
    QList<JobStep> steps{JobStep::Writing,        JobStep::CheckingWritten, JobStep::Restarting,
                         JobStep::CheckingHealth, JobStep::Confirming,      JobStep::Proving};
    switch (kind) {
    case JobKind::Update:
        return steps;
    case JobKind::Recovery:
        steps.prepend(JobStep::ReadingEvidence);
        return steps;
    case JobKind::Confirm:
        return {JobStep::Confirming, JobStep::Proving};
    case JobKind::Revert:
        return {JobStep::Restarting, JobStep::Proving};
    }
    Q_UNREACHABLE();
}

JobProgress::JobProgress(JobSnapshot start, Milliseconds now) : m_job(std::move(start))
{
    m_job.steps = stepsOf(m_job.kind);
    m_samples.append({now, 0});
}

double JobProgress::share(JobStep step) const
{
    Milliseconds sum = 0ms;
    for (const JobStep each : m_job.steps)
        sum += usualTime(each);
    return double(usualTime(step).count()) / double(sum.count());
}

double JobProgress::fractionBefore(JobStep step) const
{
    double fraction = 0;
    for (const JobStep each : m_job.steps) {
        if (each == step)
            break;
        fraction += share(each);
    }
    return fraction;
}

void JobProgress::moveTo(double fraction)
{
    m_job.fraction = std::clamp(fraction, m_job.fraction, 1.0);
}

void JobProgress::take(const core::JobEvent &event, Milliseconds now, const QDateTime &nowUtc)
{
    if (const auto *started = std::get_if<core::StepStarted>(&event))
        takeStep(*started);
    else if (const auto *written = std::get_if<core::WriteProgressed>(&event))
        takeBytes(*written, now);
    else if (const auto *printed = std::get_if<core::LinePrinted>(&event))
        takeLine(*printed);
    else
        m_job.milestones.append({nowUtc, event});
}

void JobProgress::takeLine(const core::LinePrinted &printed)
{
    m_job.log.append(texts::harmlessLine(texts::withoutColours(printed.line)));
    if (m_job.log.size() > kMostLines)
        m_job.log.removeFirst();
}

void JobProgress::takeStep(const core::StepStarted &started)
{
    m_job.isStoppable = started.isStoppable;
    const qsizetype next = m_job.steps.indexOf(started.step);
    const qsizetype current = m_job.step ? m_job.steps.indexOf(*m_job.step) : -1;
    if (next < current)
        return; // A recipe that repeats a step does not undo what was done.
    m_job.step = started.step;
    m_job.timeLeft = started.estimate;
    m_job.bytesPerSecond.reset();
    m_job.limitedBy.reset();
    m_samples.clear();
    if (next >= 0)
        moveTo(fractionBefore(started.step));
}

void JobProgress::takeBytes(const core::WriteProgressed &written, Milliseconds now)
{
    m_job.bytesDone = std::max(m_job.bytesDone, written.done);
    m_job.bytesTotal = written.total;
    m_job.limitedBy = written.limitedBy;
    if (written.total <= 0)
        return;
    const double part = double(m_job.bytesDone) / double(written.total);
    moveTo(fractionBefore(JobStep::Writing) + share(JobStep::Writing) * std::min(part, 1.0));

    m_samples.append({now, written.done});
    while (m_samples.size() > 2 && m_samples.constFirst().at < now - kRateWindow)
        m_samples.removeFirst();
    const Sample first = m_samples.constFirst();
    if (now - first.at < kRateNeeds || written.done <= first.bytes)
        return;
    const double perSecond = double(written.done - first.bytes) * 1000.0 / double((now - first.at).count());
    m_job.bytesPerSecond = perSecond;
    const Milliseconds writing(qint64(double(written.total - written.done) * 1000.0 / perSecond));
    m_job.timeLeft = writing + timeOfStepsAfter(m_job.steps, JobStep::Writing);
}

Milliseconds estimatedDuration(const core::UpdatePlan &plan)
{
    const core::DeviceSnapshot &unit = plan.order.before;
    const bool isSent = !core::slotWithImage(unit, plan.order.image.hash);
    const double seconds =
        isSent ? double(plan.order.image.file.size()) / usualBytesPerSecond(unit.address) : 0;
    const bool isRecovery = plan.order.purpose == core::InstallOrder::Purpose::Recovery;
    const QList<JobStep> steps = stepsOf(isRecovery ? JobKind::Recovery : JobKind::Update);
    return Milliseconds(qint64(seconds * 1000)) + timeOfStepsAfter(steps, JobStep::Writing);
}

} // namespace gui
