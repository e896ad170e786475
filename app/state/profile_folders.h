// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QStringList>

namespace state {

/// Where device profiles are, the later folder counts before the earlier one: those of the program, the
/// organisation's ("bootmend/profiles" in the system's configuration folders), those in the state folder
/// (docs/formats/profiles.md).
QStringList profileFolders(const QString &stateDirectory);

} // namespace state
