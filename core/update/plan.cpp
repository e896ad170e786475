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

const PreflightCheck *hindrance(const UpdatePlan &plan)
{
    if (!plan.isAlreadyCurrent)
        return firstFailure(plan);
    const auto blocked =
        std::find_if(plan.checks.cbegin(), plan.checks.cend(), [](const PreflightCheck &check) {
            return check.subject == PreflightCheck::Subject::Catalog
                && check.answer == PreflightCheck::Answer::Failed;
        });
    return blocked == plan.checks.cend() ? nullptr : &*blocked;
}

QString subjectName(PreflightCheck::Subject subject)
{
    using Subject = PreflightCheck::Subject;
    switch (subject) {
    case Subject::Product:
        return QStringLiteral("product");
    case Subject::Hardware:
        return QStringLiteral("hardware");
    case Subject::Bootloader:
        return QStringLiteral("bootloader");
    case Subject::RollbackIndex:
        return QStringLiteral("rollback_index");
    case Subject::UnitState:
        return QStringLiteral("unit_state");
    case Subject::SlotFree:
        return QStringLiteral("slot_free");
    case Subject::SlotSize:
        return QStringLiteral("slot_size");
    case Subject::InstallWindow:
        return QStringLiteral("install_window");
    case Subject::Battery:
        return QStringLiteral("battery");
    case Subject::MainsPower:
        return QStringLiteral("mains_power");
    case Subject::Catalog:
        return QStringLiteral("catalog");
    case Subject::Configuration:
        return QStringLiteral("configuration");
    case Subject::TriedBefore:
        return QStringLiteral("tried_before");
    }
    Q_UNREACHABLE();
}

} // namespace core
