// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.h"

#include <QByteArray>
#include <QString>

#include <concepts>
#include <map>
#include <variant>
#include <vector>

namespace core {

/// A JSON value as signed documents may hold it: no fractions, integers up to 2^53 - 1, and the names of an
/// object in the order of RFC 8785 (UTF-16 code units, which is how QString compares). A value.
class Json
{
public:
    using Array = std::vector<Json>;
    using Object = std::map<QString, Json>;

    Json() = default; // null
    Json(QString text) : m_value(std::move(text)) { }
    Json(Array items) : m_value(std::move(items)) { }
    Json(Object members) : m_value(std::move(members)) { }
    // Templates, so that no pointer becomes a bool and no bool a number.
    template<std::same_as<bool> Truth>
    Json(Truth truth) : m_value(truth)
    {
    }
    template<std::integral Number>
    requires(!std::same_as<Number, bool> && (sizeof(Number) < sizeof(qint64) || std::signed_integral<Number>))
        Json(Number number) :
        m_value(qint64(number))
    {
    }

    bool isNull() const { return std::holds_alternative<std::monostate>(m_value); }
    const bool *boolean() const { return std::get_if<bool>(&m_value); }
    const qint64 *integer() const { return std::get_if<qint64>(&m_value); }
    const QString *text() const { return std::get_if<QString>(&m_value); }
    const Array *array() const { return std::get_if<Array>(&m_value); }
    const Object *object() const { return std::get_if<Object>(&m_value); }

    friend bool operator==(const Json &, const Json &) = default;

private:
    std::variant<std::monostate, bool, qint64, QString, Array, Object> m_value;
};

/// Beyond these a document is refused before it costs memory or stack.
struct JsonLimits {
    qsizetype size = 64 * 1024; // bytes
    int depth = 8; // arrays and objects inside one another
};

constexpr qint64 kLargestJsonInteger = (qint64(1) << 53) - 1; // RFC 7493, section 2.2

/// Reads JSON (RFC 8259) with white space and order as it likes, and refuses what two parsers may read
/// differently: duplicate names, numbers that are no integer of at most 2^53 - 1 (also "-0", "1.0" and
/// "1e3"), invalid UTF-8, lone surrogates, a byte-order mark, bytes after the value. InvalidFile with the
/// offset.
Result<Json> parseStrict(const QByteArray &bytes, JsonLimits limits = {});

/// As parseStrict(), and refuses bytes that are not already in the canonical form of RFC 8785.
Result<Json> parseCanonical(const QByteArray &bytes, JsonLimits limits = {});

/// The canonical form (RFC 8785), UTF-8. InvalidFile for a value that has none: a lone surrogate, or an
/// integer beyond 2^53 - 1.
Result<QByteArray> toCanonical(const Json &value);

} // namespace core
