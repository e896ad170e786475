// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/update/restart_estimate.h"

namespace state {

/// What this computer remembers of the units' restarts, `restart_times.json` in a state folder, so that the
/// next one can be foretold. Only for that: a file that cannot be read or written is passed over.
///
/// `unit` is state::unitName().
std::optional<core::RestartTime> lastRestart(const QString &folder, const QString &unit);
void rememberRestart(const QString &folder, const QString &unit, const core::RestartTime &time);

} // namespace state
