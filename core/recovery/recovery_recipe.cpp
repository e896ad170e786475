// SPDX-License-Identifier: Apache-2.0
#include "core/recovery/recovery_recipe.h"

#include "core/update/update_recipe.h"

namespace core {

namespace {

bool isAnswer(const Error &error)
{
    return error.kind == ErrorKind::Unsupported || error.kind == ErrorKind::RefusedByDevice;
}

/// Why the unit failed must be known before it is repaired. One that keeps no record is repaired all the
/// same; one that did not answer is not.
Task<Done> keepEvidence(Driver &driver, JobContext job)
{
    job.report(StepStarted{JobStep::ReadingEvidence});
    const Result<QList<EvidenceEvent>> evidence = co_await attempt(driver.readEvidence());
    if (!evidence && !isAnswer(evidence.error()))
        co_return passOn(evidence.error(), QStringLiteral("reading the evidence"));
    if (evidence)
        job.report(EvidenceRead{*evidence});
    co_return Done{};
}

} // namespace

Task<Verdict> runRecovery(Driver &driver, UpdatePlan plan, JobContext job)
{
    if (!firstFailure(plan))
        co_await keepEvidence(driver, job);
    co_return co_await runUpdate(driver, plan, job);
}

} // namespace core
