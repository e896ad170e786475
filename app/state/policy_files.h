// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QStringList>

namespace state {

/// Where the organisation's policy may be, the first that exists counts: "bootmend/policy.json" in the
/// system's configuration folders (/etc/xdg on Linux), then "policy.json" in the state folder. A user's own
/// configuration folder is no place for it, and where the system has one, --state names no other.
QStringList policyFiles(const QString &stateDirectory);

} // namespace state
