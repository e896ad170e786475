// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/update/plan.h"

namespace core {

/// Those of the rules that object to the release. What `forgivenUnit` itself rolled back is passed over.
ReleaseRules rulesAgainst(const ReleaseFacts &release, const ReleaseRules &rules,
                          const QString &forgivenUnit = {});

/// Gives the plan the check of what this computer's catalog has against the release, or that it has nothing;
/// in the place of an older one.
void obeyCatalog(UpdatePlan &plan, const ReleaseRules &rules, const QString &forgivenUnit = {});

} // namespace core
