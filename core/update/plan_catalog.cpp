// SPDX-License-Identifier: Apache-2.0
#include "core/update/plan_catalog.h"

#include <algorithm>

namespace core {

namespace {

PreflightCheck checkOf(const std::optional<ReleaseObjection> &objection)
{
    using Check = PreflightCheck;
    if (objection)
        return {Check::Subject::Catalog, Check::Answer::Failed, objection->reason, objection->detail};
    return {Check::Subject::Catalog, Check::Answer::Passed, {}, QStringLiteral("not blocked")};
}

} // namespace

ReleaseRules rulesAgainst(const ReleaseFacts &release, const ReleaseRules &rules, const QString &forgivenUnit)
{
    const auto objects = [&](const ReleaseRules &rule) {
        return rule.objectionTo(release, forgivenUnit).has_value();
    };
    ReleaseRules against;
    std::copy_if(rules.blocks.cbegin(), rules.blocks.cend(), std::back_inserter(against.blocks),
                 [&](const ReleaseBlock &block) {
                     return objects({{block}, {}});
                 });
    std::copy_if(rules.minimums.cbegin(), rules.minimums.cend(), std::back_inserter(against.minimums),
                 [&](const MinimumVersion &minimum) {
                     return objects({{}, {minimum}});
                 });
    return against;
}

void obeyCatalog(UpdatePlan &plan, const ReleaseRules &rules, const QString &forgivenUnit)
{
    plan.checks.removeIf(
        [](const PreflightCheck &check) { return check.subject == PreflightCheck::Subject::Catalog; });
    plan.against = rulesAgainst(plan.release, rules, forgivenUnit);
    plan.checks.append(checkOf(plan.against.objectionTo(plan.release)));
}

} // namespace core
