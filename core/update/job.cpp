// SPDX-License-Identifier: Apache-2.0
#include "core/update/job.h"

namespace core {

QString jobStateName(JobState state)
{
    switch (state) {
    case JobState::Downloaded:
        return QStringLiteral("downloaded");
    case JobState::Verified:
        return QStringLiteral("verified");
    case JobState::Written:
        return QStringLiteral("written");
    case JobState::Trial:
        return QStringLiteral("trial");
    case JobState::Confirmed:
        return QStringLiteral("confirmed");
    case JobState::RolledBack:
        return QStringLiteral("rolled_back");
    case JobState::Failed:
        return QStringLiteral("failed");
    }
    Q_UNREACHABLE();
}

} // namespace core
