// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/update/install.h"

namespace core {

/// Asks the running application until every required check holds. Fails with HealthFailed once a check's time
/// is over, or with the link's error when the application no longer answers. An application without health
/// checks is healthy when it answers, unless the release requires one.
Task<Done> awaitHealth(Driver &driver, QList<HealthRequirement> required, Clock &clock);

} // namespace core
