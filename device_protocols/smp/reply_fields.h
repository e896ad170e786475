// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.h"

#include <QCborArray>
#include <QCborMap>
#include <QList>

#include <limits>
#include <map>
#include <optional>

namespace smp {

/// Takes the fields of a reply by name: strict about their types, blind for keys that it was not asked for.
/// Remembers the first fault, so that a reply is read top to bottom and judged once, by `result()`.
class ReplyFields
{
public:
    /// `what` names the reply in error messages, for example "image state".
    ReplyFields(QCborMap fields, QString what) : m_fields(std::move(fields)), m_what(std::move(what)) { }

    bool has(QLatin1String key) const { return m_fields.contains(key); }

    QString text(QLatin1String key);
    QString textOr(QLatin1String key, const QString &absent);
    QByteArray bytes(QLatin1String key);
    QByteArray bytesOrNone(QLatin1String key);
    bool flag(QLatin1String key);
    bool flagOr(QLatin1String key, bool absent); // style-allow(bool-parameter): the value, as in numberOr
    template<class Int>
    Int number(QLatin1String key);
    template<class Int>
    Int numberOr(QLatin1String key, Int absent);
    template<class Int>
    std::optional<Int> numberIfAny(QLatin1String key);

    /// Whatever stands there, as long as something does.
    QCborValue anything(QLatin1String key);

    /// The fields of a required map.
    ReplyFields inner(QLatin1String key);

    /// What a required array or map holds, each under the key `kItem` of fields of its own. Without a key
    /// the map is this one; of that only the entries that are maps count, because some servers add "rc".
    QList<ReplyFields> items(QLatin1String key);
    std::map<QString, ReplyFields> members(QLatin1String key);
    static constexpr QLatin1String kItem{"item"};

    /// The integers of a required array.
    QList<int> numbers(QLatin1String key);

    /// The maps of a required array, each as fields of their own.
    QList<ReplyFields> entries(QLatin1String key);

    /// Takes over the fault of an entry, and complains where the reply contradicts itself.
    void adopt(const ReplyFields &entry);
    void complain(QLatin1String key, const QString &why);

    template<class T>
    core::Result<T> result(T value) const
    {
        if (!m_fault.isEmpty())
            return core::fail(core::ErrorKind::MalformedReply, m_fault);
        return value;
    }

private:
    ReplyFields itemOf(const QCborValue &item, const QString &place) const;
    qint64 integer(QLatin1String key, qint64 lowest, qint64 highest);

    QCborMap m_fields;
    QString m_what;
    QString m_fault;
};

template<class Int>
Int ReplyFields::number(QLatin1String key)
{
    static_assert(sizeof(Int) < sizeof(qint64) || std::numeric_limits<Int>::is_signed);
    return Int(integer(key, std::numeric_limits<Int>::min(), std::numeric_limits<Int>::max()));
}

template<class Int>
Int ReplyFields::numberOr(QLatin1String key, Int absent)
{
    return has(key) ? number<Int>(key) : absent;
}

template<class Int>
std::optional<Int> ReplyFields::numberIfAny(QLatin1String key)
{
    return has(key) ? std::optional(number<Int>(key)) : std::nullopt;
}

} // namespace smp
