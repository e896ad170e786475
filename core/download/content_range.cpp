// SPDX-License-Identifier: Apache-2.0
#include "core/download/content_range.h"

#include <algorithm>

namespace core {

namespace {

constexpr qint64 kLargest = qint64(1) << 53;
constexpr qsizetype kLongestTag = 256;

/// Digits and nothing else: QByteArray::toLongLong() would take signs and spaces.
std::optional<qint64> number(QByteArrayView digits)
{
    if (digits.isEmpty() || digits.size() > 16)
        return std::nullopt;
    qint64 value = 0;
    for (const char digit : digits) {
        if (digit < '0' || digit > '9')
            return std::nullopt;
        value = value * 10 + (digit - '0');
    }
    return value <= kLargest ? std::optional(value) : std::nullopt;
}

bool isTagCharacter(char c)
{
    return c == '!' || (c >= '#' && c <= '~');
}

} // namespace

std::optional<ContentRange> parseContentRange(QByteArrayView header)
{
    constexpr QByteArrayView unit("bytes ");
    if (!header.startsWith(unit))
        return std::nullopt;
    const QByteArrayView rest = header.sliced(unit.size());
    const qsizetype slash = rest.indexOf('/');
    const qsizetype dash = rest.indexOf('-');
    if (dash < 0 || slash < dash)
        return std::nullopt;
    const auto first = number(rest.first(dash));
    const auto last = number(rest.sliced(dash + 1, slash - dash - 1));
    const QByteArrayView end = rest.sliced(slash + 1);
    const auto total = end == QByteArrayView("*") ? std::nullopt : number(end);
    const bool isWhole = first && last && *first <= *last && (total || end == QByteArrayView("*"));
    if (!isWhole || (total && *last >= *total))
        return std::nullopt;
    return ContentRange{*first, *last, total};
}

QByteArray strongTag(const QByteArray &header)
{
    const bool isQuoted = header.size() >= 2 && header.size() <= kLongestTag && header.startsWith('"')
        && header.endsWith('"') && std::all_of(header.cbegin() + 1, header.cend() - 1, isTagCharacter);
    return isQuoted ? header : QByteArray();
}

} // namespace core
