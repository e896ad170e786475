// SPDX-License-Identifier: Apache-2.0
#include "core/update/plan.h"

#include <algorithm>

namespace core {

const PreflightCheck *firstFailure(const UpdatePlan &plan)
{
    const auto failed =
        std::find_if(plan.checks.cbegin(), plan.checks.cend(), [](const PreflightCheck &check) {
            return check.answer == PreflightCheck::Answer::Failed;
        });
    return failed == plan.checks.cend() ? nullptr : &*failed;
}

} // namespace core
