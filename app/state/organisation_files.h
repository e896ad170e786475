// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QStringList>

namespace state {

/// Where the organisation's file of this name may be, whether it is there or not: "bootmend/NAME" in the
/// system's configuration folders (/etc/xdg on Linux). A user's own configuration folder is no place for it.
QStringList organisationFiles(const QString &name);

} // namespace state
