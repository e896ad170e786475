// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>

#include <algorithm>

namespace core {

/// One word for a POSIX shell: as it is where nothing in it means anything to a shell, and otherwise in
/// single quotes, in which nothing but a single quote does.
inline QString shellQuoted(const QString &word)
{
    const auto isPlain = [](QChar letter) {
        return letter.unicode() < 128
            && (letter.isLetterOrNumber() || QStringLiteral("_./@:+-").contains(letter));
    };
    if (!word.isEmpty() && std::all_of(word.cbegin(), word.cend(), isPlain))
        return word;
    return QLatin1Char('\'') + QString(word).replace(QLatin1Char('\''), QStringLiteral("'\\''"))
        + QLatin1Char('\'');
}

} // namespace core
