// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QStringList>

namespace core {

/// Whether a name is one of the patterns: "*" and a star at the end stand for anything, every other character
/// for itself.
bool matchesAny(const QStringList &patterns, const QString &name);

} // namespace core
