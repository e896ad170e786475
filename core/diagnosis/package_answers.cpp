// SPDX-License-Identifier: Apache-2.0
#include "core/diagnosis/diagnosis.h"
#include "core/update/plan_catalog.h"
#include "core/update/plan_configuration.h"
#include "core/update/update_recipe.h"

namespace core::diagnosis {

namespace {

using Subject = PreflightCheck::Subject;
using Answer = PreflightCheck::Answer;

/// The checks that are about the release and this unit, and not about the moment.
bool isAboutFit(const PreflightCheck &check)
{
    return check.subject == Subject::Product || check.subject == Subject::Hardware
        || check.subject == Subject::Bootloader || check.subject == Subject::RollbackIndex
        || check.subject == Subject::TriedBefore || check.subject == Subject::Catalog;
}

const VerifiedRelease *trustedRelease(const Examination &seen)
{
    return seen.release && *seen.release ? &**seen.release : nullptr;
}

DiagnosisAnswer judgedFit(const UpdatePlan &plan, QList<Fact> facts)
{
    DiagnosisAnswer answer{Question::Package, Finding::PackageFits};
    for (const PreflightCheck &check : plan.checks) {
        if (!isAboutFit(check))
            continue;
        const bool isTold = check.answer != Answer::NotReported;
        facts.append({subjectName(check.subject), isTold ? check.detail : QStringLiteral("not reported")});
        if (check.answer == Answer::Failed && !answer.reason) {
            answer.finding =
                check.subject == Subject::Catalog ? Finding::PackageBlocked : Finding::PackageDoesNotFit;
            answer.reason = check.reason;
        }
        if (!isTold && answer.finding == Finding::PackageFits)
            answer.finding = Finding::PackageFitsAsFarAsTold;
    }
    if (plan.isAlreadyCurrent && !plan.against.objectionTo(plan.release))
        answer = {Question::Package, Finding::PackageRuns};
    answer.facts = std::move(facts);
    return answer;
}

/// What can be said of a release whose unit does not say what it is.
DiagnosisAnswer judgedAlone(const ReleaseFacts &release, const ReleaseRules &rules, QList<Fact> facts)
{
    const auto objection = rules.objectionTo(release);
    if (!objection)
        return {Question::Package, Finding::PackageTrustedOnly, {}, facts};
    facts.append({subjectName(Subject::Catalog), objection->detail});
    return {Question::Package, Finding::PackageBlocked, objection->reason, facts};
}

} // namespace

DiagnosisAnswer aboutPackage(const Examination &seen)
{
    if (!seen.release)
        return {Question::Package, Finding::NoPackage};
    if (!*seen.release) {
        const Error &error = seen.release->error();
        return {Question::Package,
                Finding::PackageUntrusted,
                reasonOf(error),
                {{QStringLiteral("objection"), error.detail}}};
    }
    const VerifiedRelease &release = **seen.release;
    QList<Fact> facts{{QStringLiteral("version"), toText(release.manifest().version)},
                      {QStringLiteral("trust"), releaseTrustName(release.trust())},
                      {QStringLiteral("signed_by"), release.signedBy().join(QStringLiteral(", "))}};
    if (seen.unit.identity.product.isEmpty())
        return judgedAlone(factsOf(release), seen.rules, std::move(facts));
    Result<UpdatePlan> plan = planUpdate(release, seen.unit, seen.nowUtc);
    if (!plan) {
        facts.append({QStringLiteral("objection"), plan.error().detail});
        return {Question::Package, Finding::PackageDoesNotFit, reasonOf(plan.error()), facts};
    }
    obeyCatalog(*plan, seen.rules);
    return judgedFit(*plan, std::move(facts));
}

DiagnosisAnswer aboutTarget(const Examination &seen)
{
    const DeviceSnapshot &unit = seen.unit;
    if (unit.stage == BootStage::Silent || unit.slots.isEmpty())
        return {Question::WriteTarget, Finding::TargetNotTold};
    const Slot *trial = unit.stage == BootStage::OnTrial ? runningSlot(unit) : pendingSlot(unit);
    if (trial)
        return {Question::WriteTarget,
                Finding::TargetBusy,
                {},
                {{QStringLiteral("trial_of"), slotName(trial->index)}}};
    const Slot *target = writableSlot(unit);
    if (!target)
        return {Question::WriteTarget, Finding::NoTarget};
    QList<Fact> facts{{QStringLiteral("slot"), slotName(target->index)}};
    if (target->size > 0)
        facts.append({QStringLiteral("room_bytes"), QString::number(target->size)});
    const VerifiedRelease *release = trustedRelease(seen);
    const qint64 needed = release ? release->payloads().constFirst().file.size() : 0;
    if (release)
        facts.append({QStringLiteral("needed_bytes"), QString::number(needed)});
    const bool isTooSmall = target->size > 0 && needed > target->size;
    return {Question::WriteTarget, isTooSmall ? Finding::TargetTooSmall : Finding::TargetFree,
            isTooSmall ? std::optional(Reason::ImageTooLarge) : std::nullopt, facts};
}

DiagnosisAnswer aboutConfiguration(const Examination &seen)
{
    if (!seen.tellsConfiguration)
        return {Question::Configuration, Finding::ConfigurationNotTold};
    if (!seen.configuration)
        return {Question::Configuration, Finding::ConfigurationNone};
    const quint32 schema = seen.configuration->schema;
    QList<Fact> facts{{QStringLiteral("unit_schema"), QString::number(schema)},
                      {QStringLiteral("bytes"), QString::number(seen.configuration->size)}};
    const VerifiedRelease *release = trustedRelease(seen);
    if (!release || !release->manifest().configSchema)
        return {Question::Configuration, Finding::ConfigurationNotCompared, {}, facts};
    const qint64 readable = *release->manifest().configSchema;
    facts.append({QStringLiteral("release_schema"), QString::number(readable)});
    if (!readsConfiguration(readable, schema))
        return {Question::Configuration, Finding::ConfigurationTooNew, Reason::ConfigIncompatible, facts};
    return {Question::Configuration, Finding::ConfigurationFits, {}, facts};
}

} // namespace core::diagnosis
