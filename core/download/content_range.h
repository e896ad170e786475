// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QByteArrayView>

#include <optional>

namespace core {

/// Which part of a file an answer holds (RFC 9110, section 14.4): 0 <= first <= last < total.
struct ContentRange {
    qint64 first = 0;
    qint64 last = 0;
    std::optional<qint64> total = {}; // nothing where the server does not know

    friend bool operator==(const ContentRange &, const ContentRange &) = default;
};

/// Reads "bytes 0-99/200" or "bytes 0-99/*". Nothing for everything else: another unit, a range that is not
/// satisfied, numbers beyond 2^53, first behind last, last behind the end.
std::optional<ContentRange> parseContentRange(QByteArrayView header);

/// A strong entity tag as it may be sent back in If-Range (RFC 9110, section 8.8.3); empty for a weak one,
/// for one of more than 256 bytes, and for what is none.
QByteArray strongTag(const QByteArray &header);

} // namespace core
