// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.h"

#include <QCborValue>
#include <QList>
#include <QMap>
#include <QString>
#include <QStringList>

#include <limits>
#include <optional>
#include <type_traits>

namespace smp {

enum class Presence { Required, Optional };

/// What a field takes on the command line.
struct FieldInfo {
    QString name; // as on the wire
    QString form; // "text", "number", "true|false", "hex", "number,number…", "JSON"
    Presence presence = Presence::Required;
};

/// Splits `name=value` words. NotAWord errors are of the kind Unsupported and say what is wrong in the words
/// of whoever typed it: an unknown name, one that is given twice, a required one that is missing.
core::Result<QMap<QString, QString>> readWords(const QStringList &words, const QList<FieldInfo> &known);

/// Bytes in hexadecimal, or what follows "text:", in UTF-8.
std::optional<QByteArray> bytesOfWord(const QString &word);

namespace detail {

core::Error wrongWord(const QString &name, const QString &word, const QString &form);

std::optional<qint64> numberOfWord(const QString &word, qint64 lowest, qint64 highest);
std::optional<bool> flagOfWord(const QString &word);
std::optional<QCborValue> valueOfWord(const QString &word);

} // namespace detail

template<class Value>
QString wordForm()
{
    if constexpr (std::is_same_v<Value, QString>)
        return QStringLiteral("text");
    else if constexpr (std::is_same_v<Value, QByteArray>)
        return QStringLiteral("hex");
    else if constexpr (std::is_same_v<Value, bool>)
        return QStringLiteral("true|false");
    else if constexpr (std::is_integral_v<Value>)
        return QStringLiteral("number");
    else if constexpr (
        requires { typename Value::value_type; } && !requires { typename Value::mapped_type; })
        return wordForm<typename Value::value_type>() + QStringLiteral(",…");
    else
        return QStringLiteral("JSON");
}

/// Reads one word into `value`; the error says which form it should have had.
template<class Value>
std::optional<core::Error> readWord(const QString &word, const QString &name, Value &value)
{
    const auto taken = [&](auto read) -> std::optional<core::Error> {
        if (!read)
            return detail::wrongWord(name, word, wordForm<Value>());
        value = Value(*read);
        return std::nullopt;
    };
    if constexpr (std::is_same_v<Value, QString>) {
        value = word;
        return std::nullopt;
    } else if constexpr (std::is_same_v<Value, QByteArray>) {
        return taken(bytesOfWord(word));
    } else if constexpr (std::is_same_v<Value, bool>) {
        return taken(detail::flagOfWord(word));
    } else if constexpr (std::is_integral_v<Value>) {
        using Limits = std::numeric_limits<Value>;
        return taken(detail::numberOfWord(word, qint64(Limits::min()), qint64(Limits::max())));
    } else {
        return taken(detail::valueOfWord(word));
    }
}

template<class Value>
std::optional<core::Error> readWord(const QString &word, const QString &name, std::optional<Value> &value)
{
    return readWord(word, name, value.emplace());
}

template<class Value>
std::optional<core::Error> readWord(const QString &word, const QString &name, QList<Value> &values)
{
    for (const QString &part : word.split(u','))
        if (auto fault = readWord(part, name, values.emplaceBack()))
            return fault;
    return std::nullopt;
}

} // namespace smp
