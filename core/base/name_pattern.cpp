// SPDX-License-Identifier: Apache-2.0
#include "core/base/name_pattern.h"

#include <algorithm>

namespace core {

bool matchesAny(const QStringList &patterns, const QString &name)
{
    return std::any_of(patterns.cbegin(), patterns.cend(), [&name](const QString &pattern) {
        return pattern.endsWith(QLatin1Char('*')) ? name.startsWith(pattern.chopped(1)) : name == pattern;
    });
}

} // namespace core
