// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/update/install.h"

namespace core {

/// Asks the running application until every required check holds. Fails with HealthFailed once a check's time
/// is over, or with the link's error when the application does not answer for as long. An application without
/// health checks is healthy when it answers, unless one is named.
Task<Done> awaitHealth(Driver &driver, HealthDemand demand, Clock &clock);

/// Whether there is nobody to ask: a cable that was pulled is no sign of bad health, and a port may be
/// anybody's until it is settled who is behind it.
bool isUnreachable(const Error &error);

} // namespace core
