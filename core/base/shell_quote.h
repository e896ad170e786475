// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>

namespace core {

/// A word for a POSIX shell: in single quotes, in which nothing but a single quote means anything.
inline QString shellQuoted(const QString &word)
{
    return QLatin1Char('\'') + QString(word).replace(QLatin1Char('\''), QStringLiteral("'\\''"))
        + QLatin1Char('\'');
}

} // namespace core
